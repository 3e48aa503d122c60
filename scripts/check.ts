/**
 * What must hold for every commit, tests apart: `npm run check`, or some of it by name:
 * `npm run check -- code format`.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runPool } from './support/pool.ts';
import { seconds, styled, table } from './support/print.ts';
import { run, stopAllOnSignal } from './support/processes.ts';
import { inRoot } from './support/root.ts';

interface Part {
  name: string;
  /** What it holds, in a few words. */
  holds: string;
  command: string[];
}

const folders = ['sdk', 'src', 'components', 'cli', 'stories', 'server', 'scripts', 'test'];

/** The longest first, so that the short ones fill the other core. */
const parts: Part[] = [
  {
    name: 'code',
    holds: 'types and ESLint of what runs in Node',
    command: ['node', 'scripts/check-code.ts', 'node'],
  },
  {
    name: 'code-page',
    holds: 'types and ESLint of what runs in a page',
    command: ['node', 'scripts/check-code.ts', 'page'],
  },
  {
    name: 'format',
    holds: 'Prettier',
    command: ['prettier', '--check', '.', '--cache', '--cache-location=.cache/prettier'],
  },
  {
    name: 'imports',
    holds: 'import directions, no circles',
    command: ['depcruise', ...folders.filter((folder) => existsSync(inRoot(folder)))],
  },
  {
    name: 'unused',
    holds: 'no unused file, export or dependency',
    command: ['knip', '--no-progress'],
  },
  {
    name: 'generated',
    holds: 'generated files are up to date',
    command: ['node', 'scripts/generate.ts', '--check'],
  },
  {
    name: 'words',
    holds: 'plain English in strings, contract and docs',
    command: ['node', 'scripts/check-words.ts'],
  },
  {
    name: 'languages',
    holds: 'every text in every language',
    command: ['node', '--conditions=@cloudbrain/source', 'scripts/check-languages.ts'],
  },
  {
    name: 'contract',
    holds: 'openapi.yaml',
    command: ['redocly', 'lint', 'openapi.yaml', '--config=redocly.lint.yaml'],
  },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(
    `No such part: ${unknown.join(', ')}. Parts: ${parts.map((p) => p.name).join(' ')}`,
  );
  process.exit(2);
}

stopAllOnSignal();
const env = { REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' };
const chosen = parts.filter((part) => wanted.length === 0 || wanted.includes(part.name));
const began = performance.now();
const results = await runPool(
  chosen.map(({ name, command: [command = '', ...args] }) => async () => {
    const result = await run(command, args, { env });
    if (result.code !== 0) console.log(`\n${styled('bold', name)}\n${result.output.trim()}`);
    return result;
  }),
  Math.max(2, availableParallelism()),
);

const rows = chosen.map(({ name, holds }, index) => {
  const { code = 1, ms = 0 } = results[index] ?? {};
  return [`${code === 0 ? '✔' : '✘'} ${name.padEnd(11)} ${holds}`, seconds(ms)];
});
console.log(`\n${table(rows)}`);
const failed = results.filter(({ code }) => code !== 0).length;
const total = seconds(performance.now() - began);
console.log(
  failed === 0
    ? styled('green', `\nAll checks hold (${total}).`)
    : styled('red', `\n${failed} of ${chosen.length} failed (${total}).`),
);
process.exitCode = failed === 0 ? 0 : 1;
