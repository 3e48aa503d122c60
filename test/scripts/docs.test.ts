import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { settings } from '../../server/config/config.ts';
import { run } from '../../scripts/support/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function pages(): Promise<string[]> {
  const files = ['README.md', 'CONTRIBUTING.md'];
  for await (const file of glob(['docs/**/*.md', '{sdk,cli,server}/*.md'], { cwd: root })) {
    if (!/(^|\/)(reference|node_modules)\//.test(file)) files.push(file);
  }
  return files;
}

test('every link between the docs leads somewhere', async () => {
  const broken: string[] = [];
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      if (!existsSync(join(root, dirname(page), link))) broken.push(`${page}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('every npm script that the docs name exists', async () => {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
  const missing: string[] = [];
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8');
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) {
      if (!(name in scripts)) missing.push(`${page}: ${name}`);
    }
    // Whoever reads it may have an older Node on the path than the scripts need.
    for (const [script] of text.matchAll(/node scripts\/\S+/g)) missing.push(`${page}: ${script}`);
  }
  assert.deepEqual(missing, []);
});

test('the operator reads of every setting', async () => {
  const text = await readFile(join(root, 'docs', 'operate.md'), 'utf8');
  const told = [...text.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name);
  assert.deepEqual(
    settings.map(({ name }) => name).filter((name) => !told.includes(name)),
    [],
  );
});

test('the API reference is made without a warning', async () => {
  const out = await mkdtemp(join(tmpdir(), 'cloudbrain-docs-'));
  try {
    for (const part of ['sdk', 'elements']) {
      const options = join(root, 'docs', `typedoc.${part}.json`);
      const { code, output } = await run('typedoc', [
        '--options',
        options,
        '--out',
        join(out, part),
        '--skipErrorChecking',
      ]);
      assert.equal(code, 0, output);
    }
    assert.ok(existsSync(join(out, 'elements', 'index.html')));
  } finally {
    await rm(out, { recursive: true });
  }
});
