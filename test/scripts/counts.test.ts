import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOfPages, countsOfTap, settle, sum } from '../../scripts/support/counts.ts';

const tap = `TAP version 13
# tests 12
# suites 0
# pass 7
# fail 2
# cancelled 1
# skipped 1
# todo 1
# duration_ms 1234.5
`;

test('reads the counts of the tap reporter; a cancelled test has failed', () => {
  assert.deepEqual(countsOfTap(tap), { passed: 7, failed: 3, skipped: 2 });
  assert.equal(countsOfTap('TAP version 13\n'), undefined);
});

test('reads the last counts of @web/test-runner', () => {
  const output =
    '1/2 test files | 3 passed, 0 failed\n2/2 test files | 9 passed, 1 failed, 2 skipped';
  assert.deepEqual(countsOfPages(output), { passed: 9, failed: 1, skipped: 2 });
  assert.equal(countsOfPages('Error: could not start'), undefined);
});

test('a suite that breaks off counts as failed', () => {
  assert.deepEqual(settle(undefined, 1), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(settle({ passed: 4, failed: 0, skipped: 0 }, 1).failed, 1);
  assert.deepEqual(settle({ passed: 4, failed: 2, skipped: 0 }, 1).failed, 2);
  assert.deepEqual(settle({ passed: 4, failed: 0, skipped: 0 }, 0).failed, 0);
});

test('sums over suites', () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  assert.deepEqual(sum([one, one]), { passed: 2, failed: 4, skipped: 6 });
});
