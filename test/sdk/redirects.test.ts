/** Credentials stay at the origin they were given for, whatever a server answers. */
import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import {
  apiKey,
  type Auth,
  bearer,
  CloudBrain,
  type ClientOptions,
  InvalidResponseError,
  passwordAuth,
} from '@cloudbrain/sdk';
import { type Handler, type Loopback, startLoopback } from '../support/loopback.ts';
import { me, overview, session } from './samples.ts';

const SECRET = 'cbk_api_SECRET';

/** A server that redirects everything to the same path of another origin. */
async function start(t: TestContext, status = 307, to = (other: string) => other) {
  const other = await startLoopback(t, () => ({ json: overview }));
  // Another port is another origin.
  const server = await startLoopback(t, ({ path }) => ({
    status,
    headers: { location: to(other.url) + path },
  }));
  const client = (options: ClientOptions = {}) =>
    new CloudBrain({ baseUrl: server.url, auth: apiKey(SECRET), logLevel: 'off', ...options });
  return { other, server, client };
}

const nothingAt = (other: Loopback) => assert.deepEqual(other.seen, []);

describe('a redirect to another origin', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`by ${status} is not followed`, async (t) => {
      const { client, other, server } = await start(t, status);
      const headers = { 'x-secret': SECRET };
      for (const auth of [apiKey(SECRET), bearer(SECRET), bearer(async () => SECRET)]) {
        await assert.rejects(client({ auth, headers }).stats.overview(), (error) => {
          assert.ok(error instanceof InvalidResponseError);
          assert.equal(error.response.status, status);
          assert.ok(error.message.includes(`${new URL(other.url).origin}/api/stats/overview`));
          assert.match(error.message, /GET \/api\/stats\/overview/);
          assert.match(error.message, /`baseUrl`/);
          assert.doesNotMatch(error.message, /SECRET/);
          return true;
        });
      }
      nothingAt(other);
      assert.equal(server.seen.length, 3, 'it is not sent again');
    });
  }

  const others: Record<string, (url: string) => string> = {
    'another host': (url) => url.replace('127.0.0.1', 'localhost'),
    'an address without a scheme': (url) => url.replace('http:', ''),
    'another scheme': (url) => url.replace('http:', 'https:'),
  };
  for (const [name, to] of Object.entries(others)) {
    test(`is one to ${name}`, async (t) => {
      const { client, other } = await start(t, 302, to);
      await assert.rejects(client().stats.overview(), InvalidResponseError);
      nothingAt(other);
    });
  }

  test('leads no write, no password and no refresh token there', async (t) => {
    const { client, other, server } = await start(t, 308);
    const cb = client();
    await assert.rejects(cb.conversations.delete('x'), InvalidResponseError);
    await assert.rejects(cb.cleanup.run({ dryRun: true }), InvalidResponseError);
    const login = { email: 'ada@example.com', password: SECRET };
    const fresh = client({ auth: passwordAuth() });
    await assert.rejects(fresh.auth.login(login), InvalidResponseError);
    const redirects = server.handle;
    server.handle = () => ({ json: session(1, { expiresIn: 0 }) });
    await fresh.auth.login(login);
    server.handle = redirects;
    // Its token has ended: it is renewed first.
    await assert.rejects(fresh.stats.overview(), InvalidResponseError);
    assert.equal(server.seen.at(-1)?.path, '/api/auth/refresh');
    await assert.rejects(fresh.auth.logout(), InvalidResponseError);
    nothingAt(other);
  });

  test('leads no file, no stream and no socket there, and ends them at once', async (t) => {
    const { client, other, server } = await start(t);
    const cb = client();
    await assert.rejects(cb.conversations.export('x'), InvalidResponseError);
    await assert.rejects(cb.conversations.exportEach().next(), InvalidResponseError);
    const streams = [
      cb.conversations.stream('x'),
      ...(['sse', 'ws', 'auto'] as const).map((transport) => cb.live.subscribe({ transport })),
    ];
    for (const stream of streams) {
      t.after(() => stream.close());
      await assert.rejects(stream[Symbol.asyncIterator]().next(), (error) => {
        assert.ok(error instanceof Error);
        return true;
      });
      assert.equal(stream.state, 'closed');
    }
    nothingAt(other);
    assert.equal(server.to('/api/live').length, 3);
  });

  test('of a WebSocket is not followed', async (t) => {
    const { client, other, server } = await start(t);
    other.socket = (socket) => socket.send('{}');
    const location = `${other.url.replace('http', 'ws')}/api/ws/metrics`;
    server.refuse = `HTTP/1.1 307 Temporary Redirect\r\nlocation: ${location}\r\nconnection: close\r\n\r\n`;
    const stream = client().live.subscribe({ transport: 'ws' });
    t.after(() => stream.close());
    await assert.rejects(stream[Symbol.asyncIterator]().next());
    nothingAt(other);
  });

  test('is followed neither by cb.api nor for a middleware that asks to', async (t) => {
    const { client, other } = await start(t);
    const follow = { redirect: 'follow' } as const;
    await assert.rejects(client().api.GET('/api/auth/me', follow), InvalidResponseError);
    const cb = client({ middleware: [(request, next) => next(new Request(request, follow))] });
    await assert.rejects(cb.auth.me(), InvalidResponseError);
    nothingAt(other);
  });

  test('is refused after one within the origin', async (t) => {
    const { client, other, server } = await start(t);
    server.handle = ({ path }) => ({
      status: 307,
      headers: { location: path === '/there' ? `${other.url}/there` : '/there' },
    });
    await assert.rejects(client().auth.me(), InvalidResponseError);
    nothingAt(other);
    assert.equal(server.seen.length, 2);
  });
});

describe('a redirect within the origin', () => {
  const moved =
    (status: number): Handler =>
    ({ path, query }) =>
      path.startsWith('/new/')
        ? { json: me }
        : { status, headers: { location: `/new${path}?${query}` } };

  async function at(t: TestContext, handle: Handler, auth: Auth = apiKey(SECRET)) {
    const server = await startLoopback(t, handle);
    return { server, cb: new CloudBrain({ baseUrl: server.url, auth, maxRetries: 0 }) };
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`by ${status} is followed by what reads`, async (t) => {
      const { server, cb } = await at(t, moved(status));
      assert.equal((await cb.auth.me()).name, 'Ada');
      assert.equal(server.seen[1]?.path, '/new/api/auth/me');
      assert.equal(server.seen[1].headers.authorization, `Bearer ${SECRET}`);
    });
  }

  for (const status of [307, 308]) {
    test(`by ${status} is followed by what writes, with its body and its key`, async (t) => {
      const { server, cb } = await at(t, moved(status));
      await cb.cleanup.run({ dryRun: true }, { idempotencyKey: 'k' });
      const [, second] = server.seen;
      assert.equal(second?.method, 'POST');
      assert.deepEqual(second.body, { dryRun: true });
      assert.equal(second.headers['idempotency-key'], 'k');
      assert.equal(second.headers.authorization, `Bearer ${SECRET}`);
    });
  }

  for (const status of [301, 302, 303]) {
    test(`by ${status} fails what writes: it would be sent as a GET`, async (t) => {
      const { server, cb } = await at(t, moved(status));
      await assert.rejects(cb.cleanup.run({ dryRun: true }), InvalidResponseError);
      await assert.rejects(cb.conversations.delete('x'), InvalidResponseError);
      assert.equal(server.seen.length, 2);
    });
  }

  test('that never ends fails', async (t) => {
    const { server, cb } = await at(t, ({ path }) => ({
      status: 302,
      headers: { location: `${path}x` },
    }));
    await assert.rejects(cb.auth.me(), InvalidResponseError);
    assert.ok(server.seen.length < 10);
  });

  test('leads a stream and a file as well', async (t) => {
    const { server, cb } = await at(t, ({ path }) => {
      if (!path.startsWith('/new/')) return { status: 307, headers: { location: `/new${path}` } };
      return path.endsWith('/export')
        ? { text: '{}', headers: { 'content-type': 'application/json' } }
        : {
            text: 'event: hello\nid: 1\ndata: {}\n\n',
            headers: { 'content-type': 'text/event-stream' },
          };
    });
    assert.equal(await (await cb.conversations.export('x', { format: 'json' })).text(), '{}');
    const stream = cb.conversations.stream('x');
    t.after(() => stream.close());
    assert.equal((await stream[Symbol.asyncIterator]().next()).done, false);
    assert.equal(server.seen.length, 4);
  });

  test('without an address is an error answer', async (t) => {
    const { cb } = await at(t, () => ({ status: 304 }));
    await assert.rejects(cb.auth.me(), { status: 304 });
  });

  test('that is no address is refused', async (t) => {
    const { cb } = await at(t, () => ({ status: 302, headers: { location: 'http://[' } }));
    await assert.rejects(cb.auth.me(), InvalidResponseError);
  });
});

test('where the platform hides where a redirect leads, as browsers do, it is refused', async () => {
  const hidden = new Response(null);
  Object.defineProperty(hidden, 'type', { value: 'opaqueredirect' });
  Object.defineProperty(hidden, 'status', { value: 0 });
  const inits: (RequestInit | undefined)[] = [];
  const cb = new CloudBrain({
    baseUrl: 'https://cloudbrain.example.com',
    fetch: async (_, init) => {
      inits.push(init);
      return hidden;
    },
  });
  await assert.rejects(cb.auth.me(), (error) => {
    assert.ok(error instanceof InvalidResponseError);
    assert.match(error.message, /cloudbrain\.example\.com.*redirect.*`baseUrl`/);
    return true;
  });
  assert.equal(inits.length, 1);
  assert.equal(inits[0]?.redirect, 'manual');
});
