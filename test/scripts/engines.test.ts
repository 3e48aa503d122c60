import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { inRoot, root } from '../../scripts/support/root.ts';

interface Manifest {
  engines?: { node: string };
  devEngines?: { runtime: { version: string } };
}

const read = (file: string): string => readFileSync(inRoot(file), 'utf8');
const manifest = (folder: string): Manifest =>
  JSON.parse(read(`${folder}/package.json`)) as Manifest;

/** The Node that a text asks for, such as `20` or `22.18`. */
function oldestIn(file: string): string[] {
  return [...read(file).matchAll(/Node (\d+(?:\.\d+)?) or newer/g)].map(([, it = '']) => it);
}

test('what works on the repository needs the Node that the documents name', () => {
  const oldest = manifest('.').devEngines?.runtime.version.replace('>=', '');
  assert.ok(oldest);
  for (const file of ['README.md', 'CONTRIBUTING.md', '.ci/run']) {
    assert.deepEqual(oldestIn(file), [oldest], file);
  }
});

test('what is published needs the Node that its documents name', () => {
  const published = ['.', 'sdk', 'cli', 'server'].map((folder) => manifest(folder).engines?.node);
  assert.deepEqual(new Set(published).size, 1, String(published));
  for (const file of ['docs/cli.md', 'docs/quick-start/script.md']) {
    assert.deepEqual(oldestIn(file), [published[0]?.replace('>=', '')], file);
  }
});

test('installing warns of no package that the machine’s own Node is too old for', () => {
  const own = inRoot('node_modules', '.bin');
  const folders = (process.env.PATH ?? '').split(delimiter).filter((it) => it !== own);
  // Nor of settings that the npm around this test hands down.
  const env = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const { status, stdout, stderr } = spawnSync('npm', ['ci', '--dry-run', '--offline'], {
    cwd: root,
    env: { ...Object.fromEntries(env), PATH: folders.join(delimiter) },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /EBADENGINE/);
});
