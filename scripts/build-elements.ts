/**
 * The CDN bundle in dist/cdn: `cloudbrain.js` with every element, what it fetches later in
 * `cloudbrain/`, and the hash for `<script integrity>`. Built only when a source changed.
 */
import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { rollup } from 'rollup';
import { cdn } from '../rollup.config.mjs';
import { inRoot, root } from './support/root.ts';

const directory = inRoot('dist', 'cdn');
/** Tells what the bundle there was built from. */
const stamp = inRoot('dist', 'cdn', '.sources');

/** All that decides what the bundle is. */
const sources = [
  '{components,src,sdk}/**/*.ts',
  'src/theme/theme.css',
  'rollup.config.mjs',
  'scripts/support/minify-templates.mjs',
  'tsconfig*.json',
  'package-lock.json',
];

async function sourceHash(): Promise<string> {
  const files: string[] = [];
  for await (const file of glob(sources, { cwd: root, exclude: ignored })) files.push(file);
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\0`).update(await readFile(inRoot(file)));
  return hash.digest('hex');
}

const ignored = ['**/node_modules/**', '**/dist/**'];

/** Writes the hash beside the bundle: for the server, and as JSON for whoever hosts it elsewhere. */
async function writeIntegrity(): Promise<void> {
  const script = await readFile(inRoot('dist', 'cdn', 'cloudbrain.js'));
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
  const json = JSON.stringify({ 'cloudbrain.js': integrity }, null, 2);
  await writeFile(inRoot('dist', 'cdn', 'integrity.json'), `${json}\n`);
}

/** Builds the bundle unless it is there already, built from the same sources. */
export async function buildElements(): Promise<void> {
  const now = await sourceHash();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === now) return;
  await rm(directory, { recursive: true, force: true });
  const bundle = await rollup(cdn);
  await bundle.write({ ...cdn.output, dir: directory });
  await bundle.close();
  await writeIntegrity();
  await mkdir(directory, { recursive: true });
  await writeFile(stamp, now);
}

if (import.meta.main) await buildElements();
