import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAway, isUnavailable } from '../../../server/store/database/errors.ts';

const withCode = (code: unknown): Error => Object.assign(new Error('It failed'), { code });

test('a database that is away or busy is told from a fault, whatever the error says of itself', () => {
  for (const code of ['ECONNREFUSED', '08006', '57P01', '40P01']) {
    assert.ok(isUnavailable(withCode(code)), code);
    assert.ok(isUnavailable(new Error('It failed', { cause: withCode(code) })), code);
  }
  // Numbered errors are the platform's, such as a value that can't be cloned.
  for (const code of ['23505', '', undefined, null, 8, 25]) {
    assert.ok(!isUnavailable(withCode(code)), String(code));
  }
  assert.ok(!isUnavailable('ECONNREFUSED'));
  // What one statement could not do, another may.
  for (const code of ['ECONNREFUSED', '08006', '57P01', '53300']) assert.ok(isAway(withCode(code)));
  for (const code of ['57014', '40P01', '23505']) assert.ok(!isAway(withCode(code)), code);
  const lost = 'Client has encountered a connection error and is not queryable';
  assert.ok(isUnavailable(new Error(lost)));
});
