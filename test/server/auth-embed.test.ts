import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Schemas } from '../../server/contract/index.ts';
import { eventually } from '../support/eventually.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type EmbedToken = Schemas['EmbedToken'];
type Me = Schemas['Me'];

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

const request = (changes: object = {}) => ({
  domains: ['app.example.com'],
  origins: [PORTAL],
  ...changes,
});
const mint = (token: string, changes: object = {}) =>
  server.call<EmbedToken>('/api/auth/embed-tokens', { token, body: request(changes) });
const refusedMint = (token: string, changes: object = {}) =>
  server.call('/api/auth/embed-tokens', { token, body: request(changes) });
const me = (token: string, origin?: string) =>
  server.call<Me>('/api/auth/me', { token, ...(origin !== undefined && { origin }) });

describe('minting an embed token', () => {
  test('gives one that sees its domains from its origins and ends soon', async () => {
    const key = await server.apiKey('admin');
    const { status, body } = await mint(key);
    assert.equal(status, 201);
    assert.equal(body.role, 'viewer');
    assert.equal(body.expiresIn, 900);
    const { body: caller } = await me(body.token, PORTAL);
    assert.equal(caller.kind, 'embed');
    assert.equal(caller.role, 'viewer');
    assert.equal(caller.email, null);
    assert.deepEqual(caller.domains, ['app.example.com']);
    assert.equal(caller.expiresAt, body.expiresAt);
    server.advance(901_000);
    assert.equal((await me(body.token, PORTAL)).status, 401);
  });

  test('is for admins and API keys, which give no more than they have', async () => {
    const { accessToken: admin } = await server.account('admin');
    assert.equal((await mint(admin, { role: 'sysops' })).status, 201);
    const { accessToken: viewer } = await server.account('viewer');
    const refused = await refusedMint(viewer);
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.body.requiredRoles, ['admin']);

    const support = await server.apiKey('support', { domains: ['app.example.com'] });
    assert.equal((await mint(support)).status, 201);
    assert.equal((await mint(support, { role: 'support' })).status, 201);
    const above = await refusedMint(support, { role: 'sysops' });
    assert.equal(above.status, 403);
    assert.deepEqual(above.body.requiredRoles, ['admin', 'sysops']);
    const beyond = await refusedMint(support, {
      domains: ['app.example.com', 'other.example.com'],
    });
    assert.equal(beyond.status, 403);
    assert.match(beyond.body.detail, /other\.example\.com/);

    const { status: byIngest } = await mint(await server.ingestKey());
    assert.equal(byIngest, 403);
    const { body: embed } = await mint(admin);
    const again = await server.call('/api/auth/embed-tokens', {
      token: embed.token,
      origin: PORTAL,
      body: request(),
    });
    assert.equal(again.status, 403);
  });

  test('names the origins that are not registered', async () => {
    const key = await server.apiKey('viewer');
    const origins = [PORTAL, 'https://evil.example', `${PORTAL}/path`];
    const { status, body } = await refusedMint(key, { origins });
    assert.equal(status, 422);
    assert.deepEqual(
      body.errors.map(({ path }) => path),
      ['/origins/1', '/origins/2'],
    );
  });
});

describe('an embed token', () => {
  test('works from its own origins only, and never without one', async () => {
    const { body } = await mint(await server.apiKey('viewer'));
    assert.equal((await me(body.token, PORTAL)).status, 200);
    for (const origin of ['https://evil.example', 'null', 'http://portal.example.com', undefined]) {
      assert.equal((await me(body.token, origin)).status, 403, origin);
    }
  });

  test('only reads', async () => {
    const { body } = await mint(await server.apiKey('admin'), { role: 'sysops' });
    const read = await server.call('/api/cleanup', { token: body.token, origin: PORTAL });
    assert.equal(read.status, 200);
    const write = await server.call('/api/cleanup/runs', {
      token: body.token,
      origin: PORTAL,
      body: { dryRun: true },
    });
    assert.equal(write.status, 403);
  });

  test('ends with the key that minted it', async () => {
    const key = await server.apiKey('viewer');
    const { body: keyAsCaller } = await me(key);
    const { body } = await mint(key);
    assert.equal((await me(body.token, PORTAL)).status, 200);
    await server.tenancy.endKey(keyAsCaller.id);
    server.advance(10_000);
    assert.equal((await me(body.token, PORTAL)).status, 401);
    assert.equal((await me(key)).status, 401);
  });
});

describe('a key', () => {
  test('comes as a bearer or as x-api-key', async () => {
    const key = await server.apiKey('executive', { domains: ['a.example.com'] });
    const bearer = await me(key);
    const header = await server.call<Me>('/api/auth/me', { headers: { 'x-api-key': key } });
    for (const { status, body } of [bearer, header]) {
      assert.equal(status, 200);
      assert.equal(body.kind, 'key');
      assert.equal(body.role, 'executive');
      assert.equal(body.expiresAt, null);
      assert.deepEqual(body.domains, ['a.example.com']);
    }
    const unknown = await server.call('/api/auth/me', { headers: { 'x-api-key': `${key}x` } });
    assert.equal(unknown.status, 401);
  });

  test('to send telemetry does nothing else, and no other key sends any', async () => {
    const ingest = await server.ingestKey();
    for (const path of ['/api/auth/me', '/api/stats/overview', '/api/health', '/api/live']) {
      const { status, body } = await server.call(path, { token: ingest });
      assert.equal(status, 403, path);
      assert.equal(body.detail, 'An ingest key can only send data.');
    }
    const { status, body } = await server.call('/v1/traces', {
      token: await server.apiKey('admin'),
      body: { resourceSpans: [] },
    });
    assert.equal(status, 403);
    assert.equal(body.detail, 'Requires an ingest key.');
  });

  test('is kept as a hash, with the time of its last use', async () => {
    const key = await server.apiKey('viewer');
    const { body } = await me(key);
    const row = () =>
      server.store.asSystem((tx) =>
        tx.selectFrom('api_keys').selectAll().where('id', '=', body.id).executeTakeFirstOrThrow(),
      );
    assert.ok(!JSON.stringify(await row()).includes(key));
    // Nobody who asks waits for it to be noted.
    await eventually('its use is noted', async () => (await row()).last_used_at);
  });
});

describe('a page of another origin', () => {
  const preflight = (path: string, origin: string) =>
    server.call(path, {
      method: 'OPTIONS',
      origin,
      headers: {
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });

  test('may ask where it is registered', async () => {
    for (const origin of [PORTAL, server.url]) {
      const { status, headers } = await preflight('/api/stats/overview', origin);
      assert.equal(status, 204);
      assert.equal(headers.get('access-control-allow-origin'), origin);
      assert.match(headers.get('access-control-allow-headers') ?? '', /Authorization/);
      assert.match(headers.get('vary') ?? '', /Origin/);
      assert.equal(headers.get('access-control-allow-credentials'), null);
    }
    const { headers } = await server.call('/api/health', { origin: PORTAL });
    assert.equal(headers.get('access-control-allow-origin'), PORTAL);
    assert.match(headers.get('access-control-expose-headers') ?? '', /X-Request-Id/);
    assert.match(headers.get('access-control-expose-headers') ?? '', /Retry-After/);
  });

  test('may read why it was refused', async () => {
    const { status, headers } = await server.call('/api/auth/me', { origin: PORTAL });
    assert.equal(status, 401);
    assert.equal(headers.get('access-control-allow-origin'), PORTAL);
  });

  test('gets nothing where it is not', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const { status, headers } = await preflight('/api/stats/overview', origin);
      assert.equal(status, 403);
      assert.equal(headers.get('access-control-allow-origin'), null);
      const real = await server.call('/api/health', { origin });
      assert.equal(real.headers.get('access-control-allow-origin'), null);
      assert.match(real.headers.get('vary') ?? '', /Origin/);
    }
  });
});

describe('a WebSocket', () => {
  /** 101 where it opens, else the status of the refusal. */
  const dial = (token: string | null, origin?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const url = `${server.url.replace('http', 'ws')}/api/ws/metrics`;
      const protocols = ['cloudbrain.v1', ...(token === null ? [] : [`bearer.${token}`])];
      const socket = new WebSocket(url, protocols, origin === undefined ? {} : { origin });
      socket.once('open', () => {
        socket.close();
        resolve(101);
      });
      socket.once('unexpected-response', (_, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', reject);
    });

  test('opens for a token among its subprotocols', async () => {
    const { accessToken } = await server.login();
    assert.equal(await dial(accessToken), 101);
    assert.equal(await dial(accessToken, PORTAL), 101);
    assert.equal(await dial(accessToken, server.url), 101);
    assert.equal(await dial(null), 401);
    assert.equal(await dial(`${accessToken}x`), 401);
    assert.equal(await dial(await server.ingestKey()), 403);
  });

  test('opens for pages of registered origins only', async () => {
    const { accessToken } = await server.login();
    assert.equal(await dial(accessToken, 'https://evil.example'), 403);
    const { body } = await mint(await server.apiKey('viewer'));
    assert.equal(await dial(body.token, PORTAL), 101);
    assert.equal(await dial(body.token, server.url), 403);
    assert.equal(await dial(body.token), 403);
  });
});
