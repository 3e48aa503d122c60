/**
 * All that is published: `npm run build`.
 *
 * - sdk/dist, sdk/dist/cjs: the SDK, compiled, as ES modules and for `require()`
 * - dist/esm, dist/types, dist/cdn, dist/custom-elements.json: the elements
 * - cli/dist: the command line, compiled
 * - server/dist, server/openapi.yaml: the server, compiled, with the contract and its compiled
 *   checks, its pages and the CDN bundle that it serves
 */
import { cp, glob, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rollup } from 'rollup';
import { elements, modules } from '../rollup.config.mjs';
import { buildElements } from './build-elements.ts';
import { seconds } from './support/print.ts';
import { run } from './support/processes.ts';
import { inRoot, root } from './support/root.ts';

async function tool(command: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${output}`);
}

/** What every package carries. */
async function copyLicence(folder: string): Promise<void> {
  await cp(inRoot('LICENSE'), inRoot(folder, 'LICENSE'));
}

async function buildSdk(): Promise<void> {
  await copyLicence('sdk');
  await rm(inRoot('sdk', 'dist'), { recursive: true, force: true });
  await tool('tsc', '-p', 'sdk/tsconfig.build.json');
  await tool('tsc', '-p', 'sdk/tsconfig.cjs.json');
  await writeFile(inRoot('sdk', 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
}

async function buildCli(): Promise<void> {
  await copyLicence('cli');
  await rm(inRoot('cli', 'dist'), { recursive: true, force: true });
  await tool('tsc', '-p', 'cli/tsconfig.build.json');
  // What tsc leaves behind.
  await cp(inRoot('cli', 'shells'), inRoot('cli', 'dist', 'shells'), { recursive: true });
}

async function buildModules(): Promise<void> {
  await rm(inRoot('dist', 'esm'), { recursive: true, force: true });
  const bundle = await rollup(modules);
  await bundle.write({ ...modules.output, dir: inRoot('dist', 'esm') });
  await bundle.close();
}

async function buildTypes(): Promise<void> {
  await rm(inRoot('dist', 'types'), { recursive: true, force: true });
  await tool('tsc', '-p', 'tsconfig.build.json');
  const exports = [...elements.map(({ entry }) => entry), 'src/i18n/messages.ts'].map(
    (file) => `export * from './${file}';\n`,
  );
  await writeFile(inRoot('dist', 'types', 'index.d.ts'), exports.join(''));
}

/** The custom elements manifest, in dist. */
export async function buildManifest(): Promise<void> {
  await tool('cem', 'analyze', '--quiet');
}

async function buildServer(): Promise<void> {
  await copyLicence('server');
  await rm(inRoot('server', 'dist'), { recursive: true, force: true });
  await tool('tsc', '-p', 'server/tsconfig.build.json');
  await cp(inRoot('openapi.yaml'), inRoot('server', 'openapi.yaml'));
  await compileContract();
  await cp(inRoot('dist', 'cdn'), inRoot('server', 'dist', 'cdn'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map') && !file.endsWith('.sources'),
  });
  // What tsc leaves behind.
  for await (const file of glob('server/pages/*', { cwd: root })) {
    const target = join('server', 'dist', file.slice('server/'.length));
    await cp(inRoot(file), inRoot(target), { recursive: true });
  }
}

/** What was compiled belongs to the code that did it: here, that which is published. */
async function compileContract(): Promise<void> {
  const module = pathToFileURL(inRoot('server', 'dist', 'contract', 'compiled.js'));
  await tool(
    'node',
    '--input-type=module',
    '--eval',
    `(await import('${module.href}')).compiled()`,
  );
}

const steps: [string, () => Promise<void>][] = [
  ['sdk', buildSdk],
  ['cli', buildCli],
  ['elements, for bundlers', buildModules],
  ['elements, for pages', buildElements],
  ['elements, types', buildTypes],
  ['elements, manifest', buildManifest],
  ['server', buildServer],
];

if (import.meta.main) {
  for (const [name, build] of steps) {
    const began = performance.now();
    await build();
    console.log(`✔ ${name}, ${seconds(performance.now() - began)}`);
  }
}
