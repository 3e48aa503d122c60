import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type EmbedToken = Schemas['EmbedToken'];

const HOUR = 3_600_000;

let server: TestServer;
let key: string;
before(async () => {
  server = await TestServer.start();
  key = await server.apiKey('admin');
});
after(() => server.close());

const mint = (idempotencyKey: string, changes: object = {}, token = key) =>
  server.call<EmbedToken>('/api/auth/embed-tokens', {
    token,
    headers: { 'idempotency-key': idempotencyKey },
    body: { domains: ['app.example.com'], origins: [PORTAL], ...changes },
  });

describe('a write with an Idempotency-Key', () => {
  test('gives the same answer again for a day', async () => {
    const name = randomUUID();
    const first = await mint(name);
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    server.advance(23 * HOUR);
    const second = await mint(name);
    assert.equal(second.status, 201);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    server.advance(2 * HOUR);
    assert.notEqual((await mint(name)).body.token, first.body.token);
  });

  test('is done once for many that come at the same time', async () => {
    const name = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => mint(name)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.token)).size, 1);
  });

  test('is refused for another body', async () => {
    const name = randomUUID();
    await mint(name);
    const { status, body } = await server.call('/api/auth/embed-tokens', {
      token: key,
      headers: { 'idempotency-key': name },
      body: { domains: ['other.example.com'], origins: [PORTAL] },
    });
    assert.equal(status, 422);
    assert.deepEqual(body.errors, [
      {
        in: 'header',
        path: 'Idempotency-Key',
        code: 'already_used',
        message: '`Idempotency-Key` was used for a different request.',
      },
    ]);
  });

  test('is the caller’s own', async () => {
    const name = randomUUID();
    const { body } = await mint(name);
    const other = await mint(
      name,
      { domains: ['other.example.com'] },
      await server.apiKey('admin'),
    );
    assert.equal(other.status, 201);
    assert.notEqual(other.body.token, body.token);
  });

  test('may be tried again where it was refused', async () => {
    const name = randomUUID();
    const { status } = await mint(name, { origins: ['https://evil.example'] });
    assert.equal(status, 422);
    assert.equal((await mint(name)).status, 201);
  });

  test('is kept in a way that nobody else can read', async () => {
    const name = randomUUID();
    const { body } = await mint(name);
    const row = await server.store.asSystem((tx) =>
      tx.selectFrom('idempotency_keys').selectAll().where('key', '=', name).executeTakeFirst(),
    );
    assert.ok(row?.answer);
    const [, payload = ''] = body.token.split('.');
    for (const secret of [body.token, payload, 'app.example.com']) {
      assert.ok(!row.answer.includes(secret));
      assert.ok(!Buffer.from(row.answer, 'base64url').toString('latin1').includes(secret));
    }
  });

  test('has a key of a sane length', async () => {
    assert.equal((await mint('x'.repeat(255))).status, 201);
    const { status } = await mint('x'.repeat(256));
    assert.equal(status, 400);
  });
});

test('without a key, each write is done', async () => {
  const ask = () =>
    server.call<EmbedToken>('/api/auth/embed-tokens', {
      token: key,
      body: { domains: ['app.example.com'], origins: [PORTAL] },
    });
  const [one, other] = [await ask(), await ask()];
  assert.notEqual(one.body.token, other.body.token);
});
