/** Two replicas on one database: what ends on one ends on the other within the documented time. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { Listener } from '../support/listener.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type IssuedKey = Schemas['IssuedKey'];

const SECOND = 1_000;
/** For how long a replica may remember a key, and a stream go on. */
const REQUESTS = 5 * SECOND;
const STREAMS = 15 * SECOND;

let near: TestServer;
let far: TestServer;
let admin: string;
before(async () => {
  const env = { CLOUDBRAIN_SECRET: 'a secret of more than thirty-two characters' };
  near = await TestServer.start({ env });
  far = await TestServer.start({ env, store: near.store });
  admin = await near.apiKey('admin');
});
after(async () => {
  // They share it: the last one closes it.
  const { close } = near.store;
  near.store.close = async () => {};
  await far.close();
  near.store.close = close;
  await near.close();
});

async function create(): Promise<IssuedKey> {
  const body = { kind: 'api', name: 'replicated', role: 'viewer' };
  const answer = await near.call<IssuedKey>('/api/keys', { token: admin, body });
  assert.equal(answer.status, 201);
  return answer.body;
}
const statusOf = async (token: string, origin?: string): Promise<number> =>
  (await far.call('/api/auth/me', { token, ...(origin && { origin }) })).status;

test('a key that was created on one replica works on the other at once', async () => {
  const { secret } = await create();
  assert.equal(await statusOf(secret), 200);
});

test('a key that was ended on one replica ends on the other', async (t) => {
  const { id, secret } = await create();
  const minted = await far.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    token: secret,
    body: { domains: ['app.example.com'], origins: [PORTAL] },
  });
  const page = minted.body.token;
  assert.deepEqual([await statusOf(secret), await statusOf(page, PORTAL)], [200, 200]);
  const stream = await Listener.stream(`${far.url}/api/live`, { token: secret });
  t.after(() => stream.close());
  await stream.until((events) => events.length > 0);
  await near.call(`/api/keys/${id}`, { method: 'DELETE', token: admin });
  far.advance(REQUESTS);
  assert.deepEqual([await statusOf(secret), await statusOf(page, PORTAL)], [401, 401]);
  far.advance(STREAMS - REQUESTS);
  await stream.until((events) => events.some(({ event }) => event === 'expired'));
});

test('the last use of a key is written once a minute, by all replicas together', async () => {
  const { id, secret } = await create();
  const lastUse = async (server: TestServer): Promise<string | null> => {
    const path = `/api/keys/${id}`;
    return (await server.call<Schemas['Key']>(path, { token: admin })).body.lastUsedAt;
  };
  await near.call('/api/auth/me', { token: secret });
  const first = await lastUse(near);
  assert.notEqual(first, null);
  // The far clock is ahead of the near one by now.
  await statusOf(secret);
  assert.equal(await lastUse(far), first);
  far.advance(60 * SECOND);
  await statusOf(secret);
  assert.ok(Date.parse((await lastUse(far)) ?? '') >= Date.parse(first ?? '') + 60 * SECOND);
});

test('a secret that was rotated out on one replica ends on the other', async () => {
  const { id, secret } = await create();
  assert.equal(await statusOf(secret), 200);
  const rotated = await near.call<IssuedKey>(`/api/keys/${id}/rotate`, {
    token: admin,
    body: { overlapSeconds: 0 },
  });
  assert.equal(await statusOf(rotated.body.secret), 200);
  far.advance(REQUESTS);
  assert.equal(await statusOf(secret), 401);
});
