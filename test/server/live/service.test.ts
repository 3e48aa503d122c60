import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { readConfig } from '../../../server/config/config.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { createLogger } from '../../../server/monitoring/logger.ts';
import { startServer, type RunningServer } from '../../../server/start.ts';
import { PORTAL, TestServer } from '../../support/server.ts';
import { EventReader, type LiveEvent } from './event-reader.ts';
import { sendRun } from './run.ts';
import { handshake, SocketClient } from './socket-client.ts';

const DOMAIN = 'app.example.com';

let server: TestServer;
let port: number;
let ingestKey: string;
before(async () => {
  server = await TestServer.start();
  port = Number(new URL(server.url).port);
  ingestKey = await server.ingestKey({ domain: DOMAIN });
});
after(() => server.close());

async function open(
  t: TestContext,
  options: Omit<Parameters<typeof EventReader.open>[0], 'port'>,
): Promise<EventReader> {
  const reader = await EventReader.open({ port, ...options });
  t.after(() => reader.close());
  return reader;
}

async function untilOf<Name extends LiveEvent['event']>(
  name: Name,
  next: () => Promise<LiveEvent>,
): Promise<Extract<LiveEvent, { event: Name }>> {
  for (;;) {
    const event = await next();
    if (event.event === name) return event as Extract<LiveEvent, { event: Name }>;
  }
}

const embedToken = async (domains: string[]): Promise<string> => {
  const { status, body } = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    token: await server.apiKey('admin'),
    body: { domains, origins: [PORTAL], expiresIn: 900 },
  });
  assert.equal(status, 201);
  return body.token;
};

describe('what telemetry brings', () => {
  test('shows a run as it starts and as it ends, on both kinds of streams', async (t) => {
    const { accessToken } = await server.account('viewer');
    const reader = await open(t, { token: accessToken });
    const socket = await SocketClient.open(port, '', accessToken);
    const streams = [() => reader.next(), () => socket.next()];
    for (const next of streams) {
      const { data } = await untilOf('hello', next);
      assert.deepEqual(data.topics, ['executions', 'stats', 'conversations']);
    }
    const traceId = await sendRun(server.url, ingestKey, { finished: false });
    const started: string[] = [];
    for (const next of streams) {
      const { data } = await untilOf('execution', next);
      assert.equal(data.execution.status, 'running');
      assert.equal(data.execution.domain, DOMAIN);
      started.push(data.execution.id);
    }
    await sendRun(server.url, ingestKey, { finished: true, traceId });
    for (const next of streams) {
      const { data } = await untilOf('execution', next);
      assert.equal(data.execution.status, 'completed');
      started.push(data.execution.id);
    }
    assert.equal(new Set(started).size, 1, 'It is one and the same run.');
    socket.socket.close();
  });

  test('adds to the sums of its domain', async (t) => {
    const reader = await open(t, { token: await server.apiKey('executive') });
    await untilOf('hello', () => reader.next());
    await sendRun(server.url, ingestKey, { finished: true });
    const { data } = await untilOf('stats', () => reader.next());
    assert.equal(data.domain, DOMAIN);
    assert.equal(data.deltas[0]?.delta.executions.completed, 1);
  });
});

describe('who may listen', () => {
  test('an embed token hears of its domains, from its own origins', async (t) => {
    const own = await embedToken([DOMAIN]);
    const other = await embedToken(['other.example.com']);
    const reader = await open(t, { token: own, origin: PORTAL });
    const deaf = await open(t, { token: other, origin: PORTAL });
    await untilOf('hello', () => reader.next());
    await untilOf('hello', () => deaf.next());
    await sendRun(server.url, ingestKey, { finished: true });
    await untilOf('execution', () => reader.next());
    const otherKey = await server.ingestKey({ domain: 'other.example.com' });
    await sendRun(server.url, otherKey, { finished: true });
    const { data } = await untilOf('execution', () => deaf.next());
    assert.equal(data.execution.domain, 'other.example.com');

    const foreign = await open(t, { token: own, origin: 'https://evil.example' });
    assert.equal(foreign.response.status, 403);
    const scripted = await open(t, { token: own });
    assert.equal(scripted.response.status, 403);
  });

  test('a WebSocket of a foreign origin is refused, whatever its token', async () => {
    const { accessToken } = await server.login();
    const headers = { authorization: `Bearer ${accessToken}`, origin: 'https://evil.example' };
    const { response, body } = await handshake(port, headers);
    assert.equal(response.statusCode, 403);
    assert.equal((JSON.parse(body) as Schemas['Problem']).status, 403);
    const own = await handshake(port, { ...headers, origin: server.url });
    assert.equal(own.response.statusCode, 101);
    own.socket.destroy();
  });

  test('an embed token opens a WebSocket from its origin only', async () => {
    const protocol = `cloudbrain.v1, bearer.${await embedToken([DOMAIN])}`;
    const offer = { 'sec-websocket-protocol': protocol };
    const welcome = await handshake(port, { ...offer, origin: PORTAL });
    assert.equal(welcome.response.statusCode, 101);
    assert.equal(welcome.response.headers['sec-websocket-protocol'], 'cloudbrain.v1');
    welcome.socket.destroy();
    const elsewhere = await handshake(port, { ...offer, origin: server.url });
    assert.equal(elsewhere.response.statusCode, 403);
  });

  test('another workspace hears nothing of this one', async (t) => {
    const workspaceId = await server.tenancy.createWorkspace(`Other ${Date.now()}`);
    const token = await server.apiKey('admin', { workspaceId });
    const key = await server.ingestKey({ workspaceId, domain: DOMAIN });
    const reader = await open(t, { token });
    // Cleanup belongs to the installation, not to each workspace's admin.
    const { data: hello } = await untilOf('hello', () => reader.next());
    assert.deepEqual(hello.topics, [
      'executions',
      'stats',
      'conversations',
      'sessions',
      'errors',
      'executive',
    ]);
    const theirs = await sendRun(server.url, ingestKey, { finished: true });
    await sendRun(server.url, key, { finished: true });
    const { data } = await untilOf('execution', () => reader.next());
    const own = await server.call<Schemas['ExecutionPage']>('/api/executions', { token });
    assert.deepEqual(
      own.body.data.map(({ id }) => id),
      [data.execution.id],
      `and not ${theirs}`,
    );
  });

  test('a cleanup run is told to those who look after the installation', async (t) => {
    const { accessToken } = await server.login();
    const sysops = await open(t, { token: await server.apiKey('sysops') });
    const { data: hello } = await untilOf('hello', () => sysops.next());
    assert.deepEqual(hello.topics, ['cleanup']);
    const asked = await server.call<Schemas['CleanupRun']>('/api/cleanup/runs', {
      token: accessToken,
      body: { dryRun: true },
    });
    assert.ok(asked.status < 300, JSON.stringify(asked.body));
    let state = '';
    while (state !== 'completed') {
      const { data } = await untilOf('cleanup', () => sysops.next());
      assert.equal(data.run.id, asked.body.id);
      ({ state } = data.run);
    }
  });
});

describe('a stream ends with', () => {
  test('its session, within seconds of the logout', async (t) => {
    const { accessToken, refreshToken } = await server.account('viewer');
    const reader = await open(t, { token: accessToken });
    await untilOf('hello', () => reader.next());
    await server.call('/api/auth/logout', { body: { refreshToken } });
    server.advance(11_000);
    const { data } = await untilOf('expired', () => reader.next());
    assert.equal(data.reason, 'session_ended');
    assert.deepEqual(await reader.rest(), []);
    const refused = await open(t, { token: accessToken });
    assert.equal(refused.response.status, 401);
  });

  test('the rights that it began with, whoever lost them', async (t) => {
    const account = await server.account('admin');
    const key = await server.apiKey('admin');
    const { body: holder } = await server.call<Schemas['Me']>('/api/auth/me', { token: key });
    const minted = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
      token: key,
      body: { domains: [DOMAIN], origins: [PORTAL], expiresIn: 900 },
    });
    const untouched = await server.account('viewer');
    const readers = {
      account: await open(t, { token: account.accessToken }),
      key: await open(t, { token: key }),
      page: await open(t, { token: minted.body.token, origin: PORTAL }),
      untouched: await open(t, { token: untouched.accessToken }),
    };
    const socket = await SocketClient.open(port, '', account.accessToken);
    for (const reader of Object.values(readers)) await untilOf('hello', () => reader.next());
    await untilOf('hello', () => socket.next());

    const domains = ['elsewhere.example.com'];
    await server.store.asSystem(async (tx) => {
      const { id } = account.me;
      await tx.updateTable('accounts').set({ role: 'viewer' }).where('id', '=', id).execute();
      await tx.updateTable('api_keys').set({ domains }).where('id', '=', holder.id).execute();
    });
    server.advance(11_000);
    const { account: one, key: two, page: three } = readers;
    for (const next of [one, two, three].map((it) => () => it.next())) {
      const { data } = await untilOf('expired', next);
      assert.equal(data.reason, 'session_ended');
    }
    await untilOf('expired', () => socket.next());
    assert.equal((await socket.end()).code, 4401);
    // Those who may come again do so with what they may see now.
    const again = await open(t, { token: account.accessToken });
    const { data } = await untilOf('hello', () => again.next());
    assert.deepEqual(data.topics, ['executions', 'stats', 'conversations']);
    await sendRun(server.url, ingestKey, { finished: true });
    await untilOf('execution', () => readers.untouched.next());
  });

  test('its token; a new one resumes without a gap', async (t) => {
    const session = await server.account('viewer');
    const reader = await open(t, { token: session.accessToken });
    await untilOf('hello', () => reader.next());
    server.advance(session.expiresIn * 1000 + 1000);
    const expired = await untilOf('expired', () => reader.next());
    assert.equal(expired.data.reason, 'token_expired');
    await sendRun(server.url, ingestKey, { finished: true });
    const renewed = await server.call<Schemas['Session']>('/api/auth/refresh', {
      body: { refreshToken: session.refreshToken },
    });
    const token = renewed.body.accessToken;
    const again = await open(t, { token, lastEventId: expired.id });
    await untilOf('hello', () => again.next());
    const { data } = await untilOf('execution', () => again.next());
    assert.equal(data.execution.status, 'completed');
  });
});

test('the service started anew: a stream resumes and has missed nothing', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-live-'));
  const key = 'an ingest key for tests';
  const environment = {
    PORT: '0',
    CLOUDBRAIN_DATA: dataDir,
    CLOUDBRAIN_ADMIN_PASSWORD: 'correct horse battery staple',
    CLOUDBRAIN_INGEST_KEY: key,
  };
  const running: RunningServer[] = [];
  const start = async (): Promise<{ url: string; port: number }> => {
    const started = await startServer(readConfig(environment), {
      logger: createLogger('silent'),
      checkResponses: true,
    });
    running.push(started);
    return { url: started.url, port: Number(new URL(started.url).port) };
  };
  t.after(async () => {
    await running.at(-1)?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const first = await start();
  const login = await fetch(`${first.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'admin@localhost',
      password: environment.CLOUDBRAIN_ADMIN_PASSWORD,
    }),
  });
  const { accessToken: token } = (await login.json()) as Schemas['Session'];
  const reader = await EventReader.open({ port: first.port, token });
  const traceId = await sendRun(first.url, key, { finished: false });
  const started = await untilOf('execution', () => reader.next());
  const closed = running[0]?.close();
  const last = [started, ...(await reader.rest())].at(-1)?.id ?? '';
  assert.match(reader.text, /\nretry: \d+\n/);
  await closed;

  const second = await start();
  await sendRun(second.url, key, { finished: true, traceId });
  const again = await EventReader.open({ port: second.port, token, lastEventId: last });
  t.after(() => again.close());
  await untilOf('hello', () => again.next());
  const { data } = await untilOf('execution', () => again.next());
  assert.equal(data.execution.id, started.data.execution.id);
  assert.equal(data.execution.status, 'completed');
});
