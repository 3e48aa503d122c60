/** The secrets of a key that is rotated, and when what stands on each of them ends. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { Listener } from '../support/listener.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type IssuedKey = Schemas['IssuedKey'];
type Key = Schemas['Key'];

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const SETTING = 'the key that the setting gives';

let server: TestServer;
let admin: string;
before(async () => {
  server = await TestServer.start({ env: { CLOUDBRAIN_INGEST_KEY: SETTING } });
  admin = await server.apiKey('admin');
});
after(() => server.close());

/** The service's clock is ahead after some tests. */
let ahead = 0;
const advance = (ms: number): void => {
  ahead += ms;
  server.advance(ms);
};
const inMs = (ms: number): string => new Date(Date.now() + ahead + ms).toISOString();
async function create(changes: object = {}): Promise<IssuedKey> {
  const body = { kind: 'api', name: randomUUID(), role: 'admin', ...changes };
  const answer = await server.call<IssuedKey>('/api/keys', { token: admin, body });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const tryRotation = (id: string, body: object = {}, token = admin, headers = {}) =>
  server.call<IssuedKey>(`/api/keys/${id}/rotate`, { token, body, headers });
async function rotate(...given: Parameters<typeof tryRotation>): Promise<IssuedKey> {
  const answer = await tryRotation(...given);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
const get = async (id: string): Promise<Key> =>
  (await server.call<Key>(`/api/keys/${id}`, { token: admin })).body;
const statusOf = async (token: string, origin?: string): Promise<number> =>
  (await server.call('/api/auth/me', { token, ...(origin && { origin }) })).status;
const mint = async (token: string): Promise<string> => {
  const body = { domains: ['app.example.com'], origins: [PORTAL], expiresIn: 3600 };
  const answer = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    ...{ token, body },
  });
  assert.equal(answer.status, 201);
  return answer.body.token;
};
const isOver = ({ events }: Listener): boolean => events.some(({ event }) => event === 'expired');

describe('a key that is rotated', () => {
  test('has two secrets for a day, and then the new one', async () => {
    const key = await create();
    const rotated = await rotate(key.id);
    assert.notEqual(rotated.secret, key.secret);
    assert.match(rotated.secret, /^cbk_api_[\w-]{43}$/);
    const { secret: _secret, ...told } = rotated;
    const { rotatedAt, previousSecret } = told;
    assert.equal(told.lastFour, rotated.secret.slice(-4));
    assert.equal(previousSecret?.lastFour, key.secret.slice(-4));
    assert.equal(Date.parse(previousSecret.endsAt) - Date.parse(rotatedAt ?? ''), DAY);
    assert.deepEqual([told.id, told.role, told.expiresAt], [key.id, 'admin', null]);
    assert.deepEqual([await statusOf(key.secret), await statusOf(rotated.secret)], [200, 200]);
    advance(DAY - 30 * SECOND);
    assert.equal(await statusOf(key.secret), 200);
    // What was looked up just now is remembered, but no longer than it holds.
    advance(30 * SECOND);
    assert.deepEqual([await statusOf(key.secret), await statusOf(rotated.secret)], [401, 200]);
    assert.equal((await get(key.id)).previousSecret, null);
  });

  test('is told when the secret that it shows ends', async () => {
    const key = await create();
    const { previousSecret, secret } = await rotate(key.id, { overlapSeconds: 600 });
    const endOf = async (token: string) =>
      (await server.call<Schemas['Me']>('/api/auth/me', { token })).body.expiresAt;
    assert.equal(await endOf(key.secret), previousSecret?.endsAt);
    assert.equal(await endOf(secret), null);
  });

  test('ends what was minted and opened with the old secret, and nothing else', async (t) => {
    const key = await create();
    const page = await mint(key.secret);
    const old = [
      await Listener.stream(`${server.url}/api/live`, { token: key.secret }),
      await Listener.stream(`${server.url}/api/live`, { token: page, origin: PORTAL }),
    ];
    const rotated = await rotate(key.id, { overlapSeconds: 60 });
    const newPage = await mint(rotated.secret);
    const fresh = await Listener.stream(`${server.url}/api/live`, { token: rotated.secret });
    t.after(() => [...old, fresh].forEach((listener) => listener.close()));
    await Promise.all([...old, fresh].map((one) => one.until((all) => all.length > 0)));
    assert.equal(await statusOf(page, PORTAL), 200);
    advance(60 * SECOND);
    assert.equal(await statusOf(page, PORTAL), 401);
    assert.equal(await statusOf(newPage, PORTAL), 200);
    await Promise.all(old.map((one) => one.until(() => isOver(one))));
    assert.ok(!isOver(fresh));
  });

  test('loses the old secret at once where nothing overlaps', async (t) => {
    const key = await create();
    const page = await mint(key.secret);
    const stream = await Listener.stream(`${server.url}/api/live`, { token: key.secret });
    t.after(() => stream.close());
    await stream.until((events) => events.length > 0);
    assert.equal(await statusOf(key.secret), 200);
    const rotated = await rotate(key.id, { overlapSeconds: 0 });
    assert.equal(rotated.previousSecret, null);
    assert.deepEqual(
      [await statusOf(key.secret), await statusOf(page, PORTAL), await statusOf(rotated.secret)],
      [401, 401, 200],
    );
    await stream.until(() => isOver(stream));
  });

  test('twice during the overlap, keeps the two latest secrets', async () => {
    const first = await create();
    const second = await rotate(first.id, { overlapSeconds: 3600 });
    const third = await rotate(first.id, { overlapSeconds: 60 });
    const statuses = () =>
      Promise.all([first, second, third].map(({ secret }) => statusOf(secret)));
    assert.deepEqual(await statuses(), [401, 200, 200]);
    advance(61 * SECOND);
    assert.deepEqual(await statuses(), [401, 401, 200]);
  });

  test('at once by several, ends up with the secret of one and of the one before', async () => {
    const key = await create();
    const answers = await Promise.all(Array.from({ length: 4 }, () => rotate(key.id)));
    const all = [key, ...answers].map(({ secret }) => secret);
    assert.equal(new Set(all).size, 5);
    const statuses = await Promise.all(all.map((secret) => statusOf(secret)));
    assert.equal(statuses.filter((status) => status === 200).length, 2);
    assert.equal(statuses[0], 401);
  });

  test('rotates itself, and the same request again has the same secret', async () => {
    const key = await create();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await rotate(key.id, {}, key.secret, headers);
    const again = await rotate(key.id, {}, key.secret, headers);
    assert.deepEqual(again, first);
    assert.equal(await statusOf(key.secret), 200);
  });

  test('leaves the old secret no way to outlast its overlap', async () => {
    const key = await create({ role: 'admin' });
    const { secret } = await rotate(key.id);
    const call = { token: key.secret };
    const body = { kind: 'api', name: 'x', role: 'admin' };
    const created = await server.call('/api/keys', { ...call, body });
    assert.deepEqual([created.status, created.body.code], [403, 'outlives_caller']);
    const taken = { ...call, body: { overlapSeconds: 0 } };
    const rotated = await server.call(`/api/keys/${key.id}/rotate`, taken);
    assert.deepEqual([rotated.status, rotated.body.code], [403, 'outlives_caller']);
    assert.equal(await statusOf(secret), 200);
  });

  test('ends with its key, both secrets of it', async () => {
    const key = await create();
    const { secret } = await rotate(key.id);
    await server.call(`/api/keys/${key.id}`, { method: 'DELETE', token: admin });
    assert.deepEqual([await statusOf(key.secret), await statusOf(secret)], [401, 401]);
    assert.equal((await get(key.id)).previousSecret, null);
    const refused = await tryRotation(key.id);
    assert.equal(refused.status, 409);
  });

  test('keeps its end, which no secret outlasts', async () => {
    const key = await create({ expiresAt: inMs(HOUR) });
    const rotated = await rotate(key.id);
    assert.equal(rotated.expiresAt, key.expiresAt);
    assert.equal(rotated.previousSecret?.endsAt, key.expiresAt);
    advance(HOUR + SECOND);
    assert.deepEqual([await statusOf(key.secret), await statusOf(rotated.secret)], [401, 401]);
    assert.equal((await tryRotation(key.id)).status, 409);
  });
});

test('an overlap is a whole number of seconds, a week at most', async () => {
  const { id } = await create();
  for (const overlapSeconds of [-1, 604_801, 1.5, '60', null]) {
    const { status, body } = await server.call(`/api/keys/${id}/rotate`, {
      ...{ token: admin, body: { overlapSeconds } },
    });
    assert.deepEqual([status, body.errors[0]?.path], [400, '/overlapSeconds']);
  }
  assert.equal((await tryRotation(id, { overlapSeconds: 604_800 })).status, 200);
  assert.equal((await tryRotation(randomUUID())).status, 404);
});

test('the key that a setting gives is changed by the setting', async () => {
  const { body } = await server.call<Schemas['KeyPage']>('/api/keys?limit=200', { token: admin });
  const key = body.data.find(({ name }) => name === 'CLOUDBRAIN_INGEST_KEY');
  assert.deepEqual([key?.prefix, key?.lastFour], [null, null], 'of a chosen one nothing is shown');
  const { status, body: refused } = await server.call(`/api/keys/${key?.id}/rotate`, {
    ...{ token: admin, body: {} },
  });
  assert.equal(status, 409);
  assert.match(refused.detail, /CLOUDBRAIN_INGEST_KEY/);
});

test('a refusal of a secret that was rotated out is noted for its key', async () => {
  const key = await create();
  await rotate(key.id, { overlapSeconds: 0 });
  assert.equal(await statusOf(key.secret), 401);
  const { body } = await server.call<Schemas['AdminSecurity']>('/api/admin/security', {
    token: admin,
  });
  const found = body.refusedTokens.bySubject.find(({ subject }) => subject?.id === key.id);
  assert.equal(found?.subject?.name, key.name);
});
