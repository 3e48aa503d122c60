import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAway, isUnavailable, refusedAmong } from '../../../server/store/database/errors.ts';

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

test('a value that the database refuses is the caller’s only where the caller sent it', () => {
  const sent = [
    { name: 'limit', value: '99999999999' },
    { name: 'user', value: 'ada' },
    { name: 'tag', value: '' },
  ];
  const refused = (code: string, message: string) =>
    refusedAmong(Object.assign(new Error(message), { code }), sent)?.map(({ name }) => name);
  const range = 'is out of range for type integer';
  assert.deepEqual(refused('22003', `value "99999999999" ${range}`), ['limit']);
  assert.equal(refused('22003', `value "88888888888" ${range}`), undefined);
  assert.equal(refused('22003', 'integer out of range'), undefined);
  assert.equal(refused('22P02', 'invalid input syntax for type uuid: ""'), undefined);
  assert.equal(refused('22012', 'division by zero "ada"'), undefined);
  assert.equal(refused('23505', 'duplicate key "ada"'), undefined);
  assert.deepEqual(refused('54001', 'stack depth limit exceeded'), []);
  assert.deepEqual(refused('22021', 'invalid byte sequence for encoding "UTF8": 0x00'), []);
  assert.equal(refusedAmong(Object.assign(new Error('x'), { code: '54001' }), []), null);
  const outer = new Error('It failed', {
    cause: Object.assign(new Error('invalid input syntax: "ada"'), { code: '22P02' }),
  });
  assert.deepEqual(
    refusedAmong(outer, sent)?.map(({ name }) => name),
    ['user'],
  );
});
