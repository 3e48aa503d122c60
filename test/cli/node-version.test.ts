import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import manifest from '../../cli/package.json' with { type: 'json' };
import { inRoot } from '../../scripts/support/root.ts';

const BIN = inRoot('cli', 'bin.cjs');
const required = manifest.engines.node.replace('>=', '');

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudbrain-node-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the entry in a Node that claims another version. */
function runAs(version: string): { code: number | null; stderr: string } {
  const preload = join(folder, 'version.cjs');
  const versions = `{ ...process.versions, node: '${version}' }`;
  writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  const args = ['--require', preload, BIN, '--version'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { code: status, stderr };
}

/** Nothing where it isn't there. */
function versionOf(node: string): string {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^v/, '') : '';
}

/** A Node of this machine that is too old, as many have one. */
const old = (process.env.PATH ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'node'))
  .find((node) => Number(versionOf(node).split('.')[0] || Infinity) < 22);

describe('the entry of the command', () => {
  test('names the Node that it needs, and the one that runs', () => {
    for (const version of ['0.12.18', '12.0.0', '20.20.2', '22.2.0', '22.17.9']) {
      const { code, stderr } = runAs(version);
      assert.equal(code, 1, version);
      assert.ok(
        stderr.startsWith(
          `cloudbrain: Node.js ${required} or newer is required, and this is ${version} (${process.execPath}).\n`,
        ),
        stderr,
      );
    }
  });

  test('accepts that version and newer ones', () => {
    for (const version of [`${required}.0`, '22.100.0', '23.0.0', '100.0.0']) {
      assert.doesNotMatch(runAs(version).stderr, /is required/, version);
    }
  });

  test(
    'prints this in a really old Node',
    { skip: old === undefined && 'There is none here.' },
    () => {
      const { status, stdout, stderr } = spawnSync(old ?? '', [BIN, '--help'], {
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(
        stderr,
        /^cloudbrain: Node\.js [\d.]+ or newer is required, and this is [\d.]+ \(.*\)\.\n/,
      );
    },
  );
});
