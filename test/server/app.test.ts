import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConfig } from '../../server/config/config.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { createLogger } from '../../server/monitoring/logger.ts';
import { startServer } from '../../server/start.ts';
import { databaseIn } from '../support/data-directory.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type Health = Schemas['Health'];
type EmbedToken = Schemas['EmbedToken'];

describe('every answer', () => {
  const log: string[] = [];
  let server: TestServer;
  before(async () => {
    server = await TestServer.start({
      logger: createLogger('trace', { write: (line) => log.push(line) }),
      pages: (app) => {
        app.get('/page', (c) => {
          c.header('Content-Security-Policy', "default-src 'self'");
          c.header('Cache-Control', 'max-age=60');
          return c.html('<p>Hello</p>');
        });
        app.get('/broken', () => {
          throw new Error('select password from accounts');
        });
        app.get('/refused', async (c) => {
          const number = c.req.query('number') ?? '';
          const { rows } = await server.store.query('select $1::integer as number', [number]);
          return c.json(rows);
        });
      },
    });
  });
  after(() => server.close());

  test('has a request id: the client’s where it is a sane one', async () => {
    const { headers, body } = await server.call('/api/nothing');
    assert.match(headers.get('x-request-id') ?? '', /^req_[\w-]{16}$/);
    assert.equal(body.requestId, headers.get('x-request-id'));
    const own = await server.call('/api/nothing', { headers: { 'x-request-id': 'trace-1:2.3' } });
    assert.equal(own.body.requestId, 'trace-1:2.3');
    for (const id of ['a b', '<script>', 'x'.repeat(65)]) {
      const { body: other } = await server.call('/api/nothing', {
        headers: { 'x-request-id': id },
      });
      assert.match(other.requestId, /^req_/);
    }
  });

  test('is a problem where it is no success, whatever was asked', async () => {
    for (const [path, status, call] of [
      ['/', 404, {}],
      ['/api', 404, {}],
      ['/api/stats/overview/', 404, {}],
      ['/api/executions/%00', 401, {}],
      ['/api/stats/overview', 405, { method: 'DELETE' }],
      ['/v1/traces', 405, { method: 'PATCH' }],
      ['/api/auth/login', 415, { body: 'x' }],
    ] as const) {
      const answer = await server.call(path, call);
      assert.equal(answer.status, status, path);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json', path);
      assert.equal(answer.body.status, status);
    }
  });

  test('has headers that keep browsers from misusing it', async () => {
    for (const path of ['/api/health', '/api/nothing', '/metrics']) {
      const { headers } = await server.call(path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
    }
    const { headers } = await server.call('/page');
    assert.equal(headers.get('content-security-policy'), "default-src 'self'");
    assert.equal(headers.get('cache-control'), 'max-age=60');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  test('is logged by what it was, without a secret', async () => {
    const session = await server.login();
    const key = await server.apiKey('admin');
    const { body: embed } = await server.call<EmbedToken>('/api/auth/embed-tokens', {
      headers: { 'x-api-key': key },
      body: { domains: ['a'], origins: [PORTAL] },
    });
    await server.call('/api/auth/me?token=from-the-query', { token: session.accessToken });
    await server.call('/api/auth/me', { token: embed.token, origin: PORTAL });
    await server.call('/api/auth/refresh', { body: { refreshToken: session.refreshToken } });
    await server.call('/api/auth/refresh', { body: { refreshToken: session.refreshToken } });
    const text = log.join('');
    const secrets = [
      session.accessToken,
      session.refreshToken,
      embed.token,
      key,
      'correct horse battery staple',
      'from-the-query',
    ];
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const me = lines.find(({ operation, status }) => operation === 'auth.me' && status === 200);
    assert.equal(me?.path, '/api/auth/me');
    assert.equal(me.method, 'GET');
    assert.equal(me.level, 'info');
    assert.match(String(me.requestId), /^req_/);
    assert.ok(lines.some(({ msg }) => msg === 'A refresh token was used twice'));
  });

  test('to what is no HTTP at all is a refusal', async () => {
    const { hostname, port } = new URL(server.url);
    const send = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.end(text));
        let answer = '';
        socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
        socket.on('end', () => resolve(answer)).on('error', reject);
      });
    assert.match(await send('nonsense\r\n\r\n'), /^HTTP\/1\.1 400/);
    const badHost = 'GET /api/health HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n';
    const refused = await send(badHost);
    assert.match(refused, /^HTTP\/1\.1 400/);
    const [, requestId = ''] = /"requestId":"(req_[\w-]+)"/.exec(refused) ?? [];
    assert.match(refused.toLowerCase(), new RegExp(`x-request-id: ${requestId.toLowerCase()}`));
    assert.match(refused, /x-content-type-options: nosniff/i);
    assert.ok(log.some((line) => line.includes(requestId)));
    assert.equal((await server.call('/api/health')).status, 200);
  });

  test('that fails by a fault of ours tells nothing but its request id', async () => {
    const { status, body } = await server.call('/broken');
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(body), /select/);
    assert.ok(log.some((line) => line.includes(body.requestId) && line.includes('select')));
    assert.equal(server.faults.splice(0).length, 1);
  });

  test('of a value that the database refuses names it, and is noted as a fault', async () => {
    for (const number of ['99999999999', 'many']) {
      const { status, body } = await server.call(`/refused?number=${number}&other=1`);
      assert.equal(status, 400);
      assert.deepEqual(
        body.errors.map(({ in: place, path }) => [place, path]),
        [['query', 'number']],
      );
      assert.doesNotMatch(JSON.stringify(body), /integer|select/);
      assert.equal(server.faults.splice(0).length, 1);
    }
  });
});

describe('health', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.start();
  });
  after(() => server.close());

  test('says up or not to everybody, and each part to the installation’s roles', async () => {
    const anybody = await server.call<Health>('/api/health');
    assert.deepEqual([anybody.status, anybody.body], [200, { status: 'healthy' }]);
    const viewer = await server.call<Health>('/api/health', {
      token: await server.apiKey('viewer'),
    });
    assert.deepEqual(viewer.body, { status: 'healthy' });
    const workspaceId = await server.tenancy.createWorkspace('Other');
    const outside = await server.apiKey('admin', { workspaceId });
    const foreign = await server.call<Health>('/api/health', { token: outside });
    assert.deepEqual(foreign.body, { status: 'healthy' });
    assert.equal((await server.call('/api/health', { token: 'wrong' })).status, 401);

    for (const role of ['admin', 'sysops'] as const) {
      const { status, body } = await server.call<Health>('/api/health', {
        token: await server.apiKey(role),
      });
      assert.equal(status, 200);
      assert.equal(body.status, 'healthy', JSON.stringify(body));
      const names = body.parts?.map(({ name }) => name);
      assert.deepEqual(names, ['database', 'bus', 'queue', 'storage', 'ingest']);
      assert.ok(body.version);
    }
  });

  test('gives Prometheus its metrics by a key alone', async () => {
    const token = await server.apiKey('sysops');
    const local = await server.call<string>('/metrics', { token });
    assert.equal(local.status, 200);
    assert.match(local.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(
      local.body,
      /cloudbrain_http_requests_total\{operation="health\.get",status="200"\}/,
    );
    assert.equal((await server.call('/metrics')).status, 401);
    assert.equal(
      (await server.call('/metrics', { token: await server.apiKey('viewer') })).status,
      403,
    );
  });
});

test('a database that is away is a 503 that says when to come again', async () => {
  const server = await TestServer.start();
  const token = await server.apiKey('admin');
  assert.equal((await server.call('/api/auth/me', { token })).status, 200);
  await server.store.close();
  server.advance(10_000);
  const health = await server.call<Health>('/api/health');
  assert.deepEqual([health.status, health.body], [503, { status: 'down' }]);
  const { status, body, headers } = await server.call('/api/auth/me', { token });
  assert.equal(status, 503);
  assert.equal(body.detail, 'The database is unavailable or busy.');
  assert.ok(headers.get('retry-after'));
  await server.close().catch(() => {});
});

describe('a service that goes down', () => {
  test('answers those who wait, refuses those who come, and closes', async () => {
    const asked = Promise.withResolvers<true>();
    const answer = Promise.withResolvers<string>();
    const server = await TestServer.start({
      pages: (app) => {
        app.get('/slow', async (c) => {
          asked.resolve(true);
          return c.text(await answer.promise);
        });
      },
    });
    const slow = server.call<string>('/slow');
    await asked.promise;
    // A connection that is open already, and asks when it is too late.
    const { hostname, port } = new URL(server.url);
    const late = connect(Number(port), hostname);
    let heard = '';
    late.setEncoding('utf8').on('data', (data: string) => (heard += data));
    const ended = new Promise((resolve) => late.on('close', resolve));
    late.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\n');
    await new Promise((resolve) => late.once('connect', resolve));
    await server.call('/api/health');

    const closed = server.close();
    late.write('\r\n');
    await ended;
    assert.match(heard, /^HTTP\/1\.1 503/);
    assert.match(heard, /going down/);
    answer.resolve('here it is');
    assert.equal((await slow).body, 'here it is');
    await closed;
    await assert.rejects(server.call('/api/health'));
  });

  test('can be closed twice', async () => {
    const server = await TestServer.start();
    await Promise.all([server.close(), server.running.close()]);
  });
});

test('sessions outlive a restart, by the secret that the directory keeps', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
  const { databaseUrl, drop } = await databaseIn(dataDir);
  const config = readConfig({ PORT: '0', CLOUDBRAIN_DATA: dataDir, DATABASE_URL: databaseUrl });
  const logger = createLogger('silent');
  const first = await startServer(config, { logger });
  t.after(() => first.close());
  const { password = '' } = first.generated;
  const body = JSON.stringify({ email: 'admin@localhost', password });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${first.url}/api/auth/login`, { method: 'POST', headers, body });
  const { accessToken } = (await response.json()) as Schemas['Session'];
  await first.close();
  assert.equal((await stat(join(dataDir, 'secret'))).mode & 0o777, 0o600);

  const again = await startServer(config, { logger });
  t.after(async () => {
    await again.close();
    await drop();
    await rm(dataDir, { recursive: true });
  });
  assert.deepEqual(again.generated, {}, 'nothing is made twice');
  const authorization = `Bearer ${accessToken}`;
  const me = await fetch(`${again.url}/api/auth/me`, { headers: { authorization } });
  assert.equal(me.status, 200);
});
