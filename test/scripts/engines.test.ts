import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { satisfies } from 'semver';
import { inRoot } from '../../scripts/support/root.ts';

interface Manifest {
  engines?: { node: string };
}

const read = (file: string): string => readFileSync(inRoot(file), 'utf8');
const manifest = (folder: string): Manifest =>
  JSON.parse(read(`${folder}/package.json`)) as Manifest;

/** The Node that a text asks for, such as `20` or `22.18`. */
function oldestIn(file: string): string[] {
  return [...read(file).matchAll(/Node (\d+(?:\.\d+)?) or newer/g)].map(([, it = '']) => it);
}

test('the repository needs the Node that its documents name, and that it publishes for', () => {
  const oldest = manifest('.').engines?.node.replace('>=', '');
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

test('no package that is installed warns on that Node', () => {
  const oldest = manifest('.').engines?.node.replace('>=', '') ?? '';
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { engines?: { node?: string }; optional?: boolean }>;
  };
  // What is optional is left out in silence where it doesn't fit.
  const warning = Object.entries(packages).filter(
    ([, { engines, optional }]) =>
      engines?.node !== undefined && !optional && !satisfies(`${oldest}.0`, engines.node),
  );
  assert.deepEqual(
    warning.map(([name]) => name),
    [],
  );
});
