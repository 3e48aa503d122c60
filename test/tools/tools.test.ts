/** The contract in the generators and linters that its users have, each as its own docs set it up. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { inRoot } from '../../scripts/support/root.ts';
import { patience } from '../support/patience.ts';

let project: string;

/** Runs a program of the project to its end; its output. @throws with all that it wrote */
async function execute(command: string, ...args: string[]): Promise<string> {
  try {
    const run = promisify(execFile)(command, args, { cwd: project, maxBuffer: 64 * 1024 * 1024 });
    return (await run).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const tool = (name: string, ...args: string[]): Promise<string> =>
  execute(join(project, 'node_modules', '.bin', name), ...args);

/** What is generated is strict TypeScript. */
const compiles = (file: string): Promise<string> =>
  tool(
    'tsc',
    ...['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext'],
    ...['--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable', file],
  );

before(
  async () => {
    project = await mkdtemp(join(tmpdir(), 'cloudbrain-tools-'));
    for (const file of ['package.json', 'package-lock.json', 'check-examples.mjs']) {
      await cp(inRoot('test', 'tools', file), join(project, file));
    }
    await cp(inRoot('openapi.yaml'), join(project, 'openapi.yaml'));
    await execute('npm', 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
  },
  { timeout: patience(300_000) },
);

after(() => rm(project, { recursive: true, force: true }));

test('@hey-api/openapi-ts makes a client that compiles', async () => {
  await tool('openapi-ts', '-i', 'openapi.yaml', '-o', 'hey-api');
  await compiles('hey-api/index.ts');
});

test('orval makes a client that compiles', async () => {
  const config = {
    cloudbrain: {
      input: './openapi.yaml',
      output: { target: './orval/cloudbrain.ts', client: 'fetch', baseUrl: 'http://localhost' },
    },
  };
  await writeFile(join(project, 'orval.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  await tool('orval', '--config', 'orval.config.mjs');
  await compiles('orval/cloudbrain.ts');
});

test('openapi-zod-client makes schemas that compile', async () => {
  await tool('openapi-zod-client', 'openapi.yaml', '-o', 'zod.ts');
  await compiles('zod.ts');
});

test('ajv compiles every schema, and every example fits its own', async () => {
  const output = await execute(process.execPath, 'check-examples.mjs', 'openapi.yaml');
  assert.match(output, /^[1-9]\d* examples, 0 of which/m);
});

test('Spectral has nothing to say by its recommended rules, not even a hint', async () => {
  await writeFile(join(project, '.spectral.yaml'), "extends: ['spectral:oas']\n");
  await tool('spectral', 'lint', '--fail-severity', 'hint', 'openapi.yaml');
});
