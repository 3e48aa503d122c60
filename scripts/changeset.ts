/**
 * Changesets: `npm run changeset` asks what a change means and writes it down; with `version` it
 * turns what was written into versions and CHANGELOG entries.
 *
 * Changesets see the package at the root only where it is listed among the workspaces, which npm
 * would make a link into itself: so it is listed for as long as they run.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { run } from './support/processes.ts';
import { inRoot } from './support/root.ts';

const file = inRoot('package.json');

async function listRoot(isListed: boolean): Promise<void> {
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { workspaces: string[] };
  const others = manifest.workspaces.filter((path) => path !== '.');
  manifest.workspaces = isListed ? ['.', ...others] : others;
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

const args = process.argv.slice(2);
await listRoot(true);
try {
  const { code } = await run('changeset', args, { stream: true, interactive: true });
  process.exitCode = code;
} finally {
  await listRoot(false);
}
if (args[0] === 'version') {
  await run('node', ['scripts/generate.ts'], { stream: true });
  await run('npm', ['install', '--package-lock-only'], { stream: true });
}
