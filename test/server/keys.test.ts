/** Keys that are created and ended through the API; see keys-rotation and keys-list as well. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { createLogger } from '../../server/monitoring/logger.ts';
import { everything } from '../support/everything.ts';
import { Listener } from '../support/listener.ts';
import { PORTAL, TestServer } from '../support/server.ts';
import { traceOf } from './api/traces.ts';

type IssuedKey = Schemas['IssuedKey'];
type Key = Schemas['Key'];
type Page = Schemas['KeyPage'];

const HOUR = 3_600_000;

let server: TestServer;
let admin: string;
let log = '';
before(async () => {
  const destination = { write: (line: string) => void (log += line) };
  server = await TestServer.start({ logger: createLogger('trace', destination) });
  admin = await server.apiKey('admin');
});
after(() => server.close());

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const ask = (body: object, token = admin, headers = {}) =>
  server.call<IssuedKey>('/api/keys', { token, body, headers });
const refusal = async (body: object) => {
  const answer = await server.call('/api/keys', { token: admin, body });
  return { status: answer.status, paths: answer.body.errors.map(({ path }) => path) };
};
async function create(changes: object = {}, token = admin): Promise<IssuedKey> {
  const body = { kind: 'api', name: randomUUID(), role: 'viewer', ...changes };
  const answer = await ask(body, token);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const get = async (id: string): Promise<Key> =>
  (await server.call<Key>(`/api/keys/${id}`, { token: admin })).body;
const end = (id: string, token = admin) =>
  server.call(`/api/keys/${id}`, { method: 'DELETE', token });
const me = (token: string, origin?: string) =>
  server.call<Schemas['Me']>('/api/auth/me', { token, ...(origin && { origin }) });
const mint = async (token: string): Promise<string> => {
  const body = { domains: ['app.example.com'], origins: [PORTAL], expiresIn: 3600 };
  const answer = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    ...{ token, body },
  });
  assert.equal(answer.status, 201);
  return answer.body.token;
};

describe('a key that is created', () => {
  test('works as its role in its domains, and has its secret in this answer alone', async () => {
    const { secret, ...key } = await create({ domains: ['app.example.com'] });
    assert.match(secret, /^cbk_api_[\w-]{43}$/);
    const { body } = await me(secret);
    assert.deepEqual(
      [body.id, body.kind, body.role, body.domains, body.expiresAt],
      [key.id, 'key', 'viewer', ['app.example.com'], null],
    );
    const { createdAt, createdBy: _by, ...told } = key;
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    assert.deepEqual(told, {
      ...{ id: key.id, kind: 'api', name: key.name, role: 'viewer', domains: ['app.example.com'] },
      ...{ domain: null, team: null, prefix: 'cbk_api_', lastFour: secret.slice(-4) },
      ...{ state: 'active', lastUsedAt: null, lastAddress: null, expiresAt: null },
      ...{ rotatedAt: null, previousSecret: null, endedAt: null },
    });
    const again = await get(key.id);
    assert.equal('secret' in again, false);
    assert.notEqual(again.lastUsedAt, null, 'its use is listed at once');
  });

  test('sends telemetry to its domain and team, where it is an ingest key', async () => {
    const { secret, ...key } = await create({
      ...{ kind: 'ingest', role: undefined, domain: 'shop.example.com', team: 'shop' },
    });
    assert.deepEqual(
      [key.prefix, key.role, key.domains, key.domain, key.team],
      ['cbk_ingest_', null, null, 'shop.example.com', 'shop'],
    );
    const body = traceOf({ startedAt: Date.now() - 60_000, user: 'sent-by-the-key' });
    assert.equal((await server.call('/v1/traces', { token: secret, body })).status, 200);
    const { body: sent } = await server.call<Schemas['ExecutionPage']>(
      '/api/executions?user=sent-by-the-key&domain=shop.example.com',
      { token: admin },
    );
    assert.equal(sent.data.length, 1);
    assert.equal((await me(secret)).status, 403);
  });

  test('is the same one for the same Idempotency-Key, secret and all', async () => {
    const body = { kind: 'api', name: 'once', role: 'viewer' };
    const headers = { 'idempotency-key': randomUUID() };
    const first = await ask(body, admin, headers);
    const second = await ask(body, admin, headers);
    assert.deepEqual(second.body, first.body);
    const { body: all } = await server.call<Page>('/api/keys?limit=200', { token: admin });
    assert.equal(all.data.filter(({ name }) => name === 'once').length, 1);
  });

  test('is refused with the field that does not fit', async () => {
    const api = { kind: 'api', name: 'x', role: 'viewer' };
    const ingest = { kind: 'ingest', name: 'x' };
    const cases: [body: object, status: number, path: string][] = [
      [{ kind: 'api', name: 'x' }, 400, '/role'],
      [{ ...api, domain: 'a' }, 400, '/domain'],
      [{ ...api, team: 'a' }, 400, '/team'],
      [{ ...api, domains: [] }, 400, '/domains'],
      [{ ...api, name: '  ' }, 400, '/name'],
      [{ ...api, role: 'owner' }, 400, '/role'],
      [{ ...ingest, role: 'viewer' }, 400, '/role'],
      [{ ...ingest, domains: ['a'] }, 400, '/domains'],
      [{ ...api, expiresAt: inMs(-1000) }, 400, '/expiresAt'],
      [{ ...api, expiresAt: '0001-01-01T00:00:00Z' }, 400, '/expiresAt'],
      // The next start would end a key of this name.
      [{ ...ingest, name: ' CLOUDBRAIN_INGEST_KEY ' }, 400, '/name'],
      [{ ...api, name: 'x'.repeat(101) }, 400, '/name'],
      [{ ...api, name: 'a\0b' }, 400, '/name'],
      [{ ...api, domains: ['a', 'a'] }, 400, '/domains'],
    ];
    for (const [body, status, path] of cases) {
      const told = await refusal(body);
      assert.deepEqual([told.status, told.paths], [status, [path]], JSON.stringify(body));
    }
  });
});

describe('who manages keys', () => {
  test('are admins of the whole workspace: accounts and API keys', async () => {
    const account = await server.account('admin');
    const byKey = await create({ role: 'admin' }, account.accessToken);
    const { id: accountId, email } = account.me;
    assert.deepEqual(byKey.createdBy, { kind: 'account', id: accountId, name: email });
    const made = await create({}, byKey.secret);
    assert.deepEqual(made.createdBy, { kind: 'key', id: byKey.id, name: byKey.name });
    const limited = await create({ role: 'admin', domains: ['app.example.com'] });
    const support = await create({ role: 'support' });
    const page = await mint(byKey.secret);
    for (const [token, origin] of [[limited.secret], [support.secret], [page, PORTAL]] as const) {
      const call = { token, ...(origin && { origin }) };
      const body = { kind: 'api', name: 'x', role: 'viewer' };
      const { id } = made;
      const attempts = [
        server.call('/api/keys', call),
        server.call('/api/keys', { ...call, body }),
        server.call(`/api/keys/${id}`, call),
        server.call(`/api/keys/${id}/rotate`, { ...call, body: {} }),
        server.call(`/api/keys/${id}`, { ...call, method: 'DELETE' }),
      ];
      for (const { status } of await Promise.all(attempts)) assert.equal(status, 403);
    }
    assert.equal((await get(made.id)).state, 'active');
  });

  test('give no key a longer life than their own', async () => {
    const expiresAt = inMs(HOUR);
    const guest = await create({ role: 'admin', expiresAt });
    const endless = await create({ role: 'admin' });
    const body = { kind: 'api', name: 'x', role: 'viewer' };
    for (const wanted of [{}, { expiresAt: inMs(2 * HOUR) }]) {
      const refused = await server.call('/api/keys', {
        ...{ token: guest.secret, body: { ...body, ...wanted } },
      });
      assert.deepEqual([refused.status, refused.body.code], [403, 'outlives_caller']);
      const { detail } = refused.body;
      assert.ok(detail.includes(guest.expiresAt ?? '?'), detail);
    }
    // A new secret of a key that lasts longer would be as good.
    const rotated = await server.call(`/api/keys/${endless.id}/rotate`, {
      ...{ token: guest.secret, body: {} },
    });
    assert.deepEqual([rotated.status, rotated.body.code], [403, 'outlives_caller']);
    assert.equal((await me(endless.secret)).status, 200);
    await create({ expiresAt }, guest.secret);
    // Ending another key grants nothing.
    assert.equal((await end(endless.id, guest.secret)).status, 204);
  });

  test('see no other workspace’s keys', async () => {
    const workspaceId = await server.tenancy.createWorkspace(randomUUID());
    const stranger = await server.apiKey('admin', { workspaceId });
    const { id, secret } = await create();
    for (const [path, method] of [
      [`/api/keys/${id}`, 'GET'],
      [`/api/keys/${id}`, 'DELETE'],
      [`/api/keys/${id}/rotate`, 'POST'],
    ] as const) {
      const call = { method, token: stranger, ...(method === 'POST' && { body: {} }) };
      assert.equal((await server.call(path, call)).status, 404, path);
    }
    const { body } = await server.call<Page>('/api/keys', { token: stranger });
    assert.equal(body.data.length, 1);
    assert.equal((await me(secret)).status, 200);
  });
});

describe('a key ends', () => {
  test('at once, with the tokens that it minted and the streams that were opened', async (t) => {
    const { id, secret } = await create();
    const other = await create();
    const token = await mint(secret);
    assert.equal((await me(token, PORTAL)).status, 200);
    const listeners = [
      await Listener.stream(`${server.url}/api/live`, { token: secret }),
      await Listener.stream(`${server.url}/api/live`, { token, origin: PORTAL }),
      await Listener.socket(`${server.url}/api/ws/metrics`, { token: secret }),
    ];
    const untouched = await Listener.stream(`${server.url}/api/live`, { token: other.secret });
    t.after(() => [...listeners, untouched].forEach((listener) => listener.close()));
    await Promise.all(listeners.map((one) => one.until((events) => events.length > 0)));
    assert.equal((await end(id)).status, 204);
    // No clock was advanced: nothing that is remembered lets it in.
    assert.equal((await me(secret)).status, 401);
    assert.equal((await me(token, PORTAL)).status, 401);
    await Promise.all(
      listeners.map((one) => one.until((all) => all.some(({ event }) => event === 'expired'))),
    );
    assert.ok(!untouched.events.some(({ event }) => event === 'expired'));
    const key = await get(id);
    assert.equal(key.state, 'ended');
    assert.ok(key.endedAt !== null);
    // Again it changes nothing.
    assert.equal((await end(id)).status, 204);
    assert.equal((await get(id)).endedAt, key.endedAt);
    assert.equal((await end(randomUUID())).status, 404);
  });

  test('by itself at its time, to the second, with what stands on it', async (t) => {
    const { id, secret, expiresAt } = await create({ expiresAt: inMs(HOUR) });
    const token = await mint(secret);
    assert.equal((await me(secret)).body.expiresAt, expiresAt);
    const stream = await Listener.stream(`${server.url}/api/live`, { token: secret });
    t.after(() => stream.close());
    await stream.until((events) => events.length > 0);
    server.advance(HOUR - 10_000);
    assert.equal((await me(secret)).status, 200);
    // What was looked up just now is remembered, but not for longer than the key lives.
    server.advance(10_001);
    const { status, body } = await server.call('/api/auth/me', { token: secret });
    assert.deepEqual([status, body.detail], [401, 'The key has expired.']);
    assert.equal((await me(token, PORTAL)).status, 401);
    await stream.until((events) => events.some(({ event }) => event === 'expired'));
    assert.equal((await get(id)).state, 'expired');
  });
});

test('no secret is in the database, the audit log or the service’s log', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const { body: key } = await ask({ kind: 'api', name: 'secret', role: 'admin' }, admin, headers);
  const rotated = await server.call<IssuedKey>(`/api/keys/${key.id}/rotate`, {
    ...{ token: key.secret, body: {}, headers },
  });
  assert.equal(rotated.status, 200);
  await end(key.id);
  const secrets = [key.secret, rotated.body.secret];
  for (const [table, text] of await everything(server.store)) {
    for (const secret of secrets) assert.ok(!text.includes(secret), table);
  }
  const { body } = await server.call<Schemas['AuditPage']>('/api/admin/audit?limit=200', {
    token: admin,
  });
  const told = body.data.filter(
    ({ target, action }) => target === 'secret' && action !== 'key.use',
  );
  assert.deepEqual(
    told.map(({ action, actor }) => [action, actor.name]),
    [
      ['key.end', 'admin'],
      ['key.rotate', 'secret'],
      ['key.create', 'admin'],
    ],
  );
  for (const { details } of told) assert.equal(details.id, key.id);
  assert.ok(log.includes('keys.create'), 'requests are logged');
  for (const secret of secrets) assert.ok(!log.includes(secret));
});
