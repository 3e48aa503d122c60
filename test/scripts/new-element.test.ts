import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { namesOf } from '../../scripts/support/element-names.ts';
import { inRoot } from '../../scripts/support/root.ts';

const execute = promisify(execFile);
const tag = 'cb-fleet-overview';

let copy: string;

/** A copy of all that an element needs, so that the repository stays as it is. */
before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'cloudbrain-element-'));
  const parts = [
    ...['src', 'components', 'sdk', 'server', 'scripts', 'stories', 'test/support', 'openapi.yaml'],
    ...['describe-element', 'leftovers', 'server', 'support'].map((name) => `test/components/${name}.ts`),
    ...['test/server/cleanup/files.ts', 'web-test-runner.config.mjs'],
    ...['tsconfig.base.json', 'tsconfig.json', 'tsconfig.node.json', 'package.json'],
    ...['eslint.config.mjs', '.prettierrc.json'],
  ];
  const filter = (path: string) => !/\/(?:node_modules|dist)$/.test(path);
  for (const part of parts) await cp(inRoot(part), join(copy, part), { recursive: true, filter });
  await symlink(inRoot('node_modules'), join(copy, 'node_modules'));
  for (const workspace of ['sdk', 'server']) {
    const modules = inRoot(workspace, 'node_modules');
    if (existsSync(modules)) await symlink(modules, join(copy, workspace, 'node_modules'));
  }
});

after(() => rm(copy, { recursive: true, force: true }));

/** Runs a tool in the copy. @throws with all that it wrote, where it fails */
async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { cwd: copy })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const newElement = (name: string) => run('node', 'scripts/new-element.ts', name);

test('names follow from the tag', () => {
  assert.deepEqual(namesOf('cb-usage-timeline'), {
    className: 'CbUsageTimeline',
    messageType: 'UsageTimelineMessage',
    title: 'Usage timeline',
  });
  for (const wrong of ['usage', 'cb-', 'cb-Usage', 'cb-1st', '../cb-x', 'cb-x/y']) {
    assert.throws(() => namesOf(wrong), /is no tag/);
  }
});

test('a new element is typed, linted, formatted, and passes its own tests', async () => {
  const output = await newElement(tag);
  const files = [...output.matchAll(/^ {2}(\S+)$/gm)].map(([, file]) => file!);
  assert.ok(files.includes(`components/${tag}/define.ts`));
  assert.ok(files.includes(`stories/${tag}.stories.ts`));
  assert.ok(files.includes(`src/i18n/ja/${tag}.ts`));
  await run('prettier', '--check', ...files);
  await run('eslint', ...files.filter((file) => file.endsWith('.ts')));
  await run('tsc', '-p', 'tsconfig.json');
  assert.match(await run('wtr', `test/components/${tag}.test.ts`), /\b0 failed/);
});

test('refuses a tag that is there, and one that is none', async () => {
  await assert.rejects(newElement('cb-stat-card'), /cb-stat-card.* is there already/);
  await assert.rejects(newElement('stat-card'), /is no tag/);
});
