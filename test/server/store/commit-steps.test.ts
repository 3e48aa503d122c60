import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commitSteps } from '../../../server/store/write/commit.ts';

test('the documentation lists the steps of a commit as they run', () => {
  const page = new URL('../../../docs/architecture/README.md', import.meta.url);
  const [, list = ''] =
    /## A commit, step by step\n([\s\S]*?)\n## /.exec(readFileSync(page, 'utf8')) ?? [];
  const documented = [...list.matchAll(/^\d+\. ([^:.\n]+)/gm)].map(([, name]) => name?.trim());
  assert.deepEqual(documented, commitSteps);
});
