import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { inRoot, root } from '../../scripts/support/root.ts';
import { suites } from '../../scripts/support/suites.ts';

/** All that a file imports of the tests' own, itself too. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(inRoot(file), 'utf8');
  for (const [, path = ''] of source.matchAll(/from '(\.[^']+)'/g)) {
    const imported = join(dirname(file), path);
    if (imported.startsWith('test/')) importsOf(imported, found);
  }
  return found;
}

test('what the suite on PostgreSQL leaves out asks no database', () => {
  const patterns = suites.flatMap(({ except = [] }) => except);
  assert.ok(patterns.length > 0);
  assert.ok(importsOf('test/server/api/conversations.test.ts').has('test/support/database.ts'));
  for (const pattern of patterns) {
    const files = globSync(pattern, { cwd: root });
    assert.ok(files.length > 0, `${pattern} is nothing`);
    for (const file of files) assert.ok(!importsOf(file).has('test/support/database.ts'), file);
  }
});
