import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

test('every dependency is pinned and has its reason in the docs, and no other has', async () => {
  const packages = await Promise.all(
    ['', 'sdk/', 'server/', 'cli/', 'test/tools/'].map(
      async (folder) =>
        JSON.parse(await read(`${folder}package.json`)) as Partial<
          Record<'dependencies' | 'devDependencies', Record<string, string>>
        >,
    ),
  );
  const versions = packages.flatMap((each) =>
    Object.entries({ ...each.dependencies, ...each.devDependencies }),
  );
  assert.deepEqual(
    versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
  const rows = (await read('docs/dependencies.md'))
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]),
  );
  assert.deepEqual([...new Set(told)].sort(), [...new Set(versions.map(([name]) => name))].sort());
});
