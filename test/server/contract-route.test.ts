import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { Hono } from 'hono';
import {
  conflict,
  Contract,
  Problem,
  route,
  unauthorized,
  type AnyHandlers,
  type ContractEnv,
} from '../../server/contract/index.ts';
import { listen, type Listening } from '../../server/http/listen.ts';
import { patience } from '../support/patience.ts';

const contract = new Contract();
const ME = {
  id: '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11',
  kind: 'account',
  name: 'Ada',
  email: null,
  role: 'viewer',
  workspace: { id: '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b10', name: 'Default', operator: true },
  domains: null,
  expiresAt: null,
};

/** The contract served with these handlers alone; faults of ours are collected. */
class Served {
  readonly faults: unknown[] = [];
  readonly closing = new AbortController();
  #listening!: Listening;

  static async start(
    handlers: AnyHandlers,
    { checkResponses = true, timeoutMs = patience(10_000) } = {},
  ): Promise<Served> {
    const served = new Served();
    const app = new Hono<ContractEnv>();
    app.use(async (c, next) => {
      c.set('requestId', 'req_test');
      c.set('ip', '127.0.0.1');
      await next();
    });
    route(app, {
      contract,
      handlers,
      checkResponses,
      closing: served.closing.signal,
      timeoutMs,
      admit: async ({ request }) => {
        if (request.headers.has('x-refuse')) throw unauthorized('Not you.', 'token_invalid');
        return null;
      },
      perform: (_, __, run) => run(),
      fail: (error) => {
        served.faults.push(error);
        return new Problem(
          'internal_error',
          error instanceof Error ? error.message : String(error),
        );
      },
    });
    served.#listening = await listen(app, { host: '127.0.0.1', port: 0 }, (it) =>
      it.toResponse('req_test'),
    );
    running.push(served);
    return served;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.#listening.url + path, init);
  }

  close(): Promise<void> {
    this.closing.abort();
    return this.#listening.close();
  }
}

const running: Served[] = [];
const closeAll = async () => {
  for (const served of running.splice(0)) await served.close();
};
beforeEach(closeAll);
after(closeAll);

describe('an operation', () => {
  test('answers what its handler returns', async () => {
    const served = await Served.start({
      'auth.me': () => ({ status: 200, body: ME, headers: { 'x-extra': 'yes' } }),
      'auth.logout': () => ({ status: 204 }),
      'health.metrics': () => ({ status: 200, type: 'text/plain', body: 'up 1\n' }),
    });
    const me = await served.fetch('/api/auth/me');
    assert.equal(me.status, 200);
    assert.equal(me.headers.get('content-type'), 'application/json');
    assert.equal(me.headers.get('x-extra'), 'yes');
    assert.deepEqual(await me.json(), ME);
    const head = await served.fetch('/api/auth/me', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
    const metrics = await served.fetch('/metrics');
    assert.equal(await metrics.text(), 'up 1\n');
    const logout = await served.fetch('/api/auth/logout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"refreshToken":"x"}',
    });
    assert.equal(logout.status, 204);
    assert.deepEqual(served.faults, []);
  });

  test('gets its request read and in its types', async () => {
    let got: unknown;
    const served = await Served.start({
      'executions.get': ({ params, body, requestId, ip }: never) => {
        got = { params, body, requestId, ip };
        throw new Problem('not_found', 'There is no such execution.');
      },
    });
    const response = await served.fetch(`/api/executions/${ME.id}`);
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(await response.json(), {
      type: '/api/docs/errors/not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'There is no such execution.',
      requestId: 'req_test',
      errors: [],
    });
    const params = { path: { id: ME.id }, query: {}, header: {} };
    assert.deepEqual(got, { params, body: undefined, requestId: 'req_test', ip: '127.0.0.1' });
  });

  test('is refused before anything of it is checked', async () => {
    const served = await Served.start({ 'auth.me': () => ({ status: 200, body: ME }) });
    const headers = { 'x-refuse': 'yes' };
    assert.equal((await served.fetch('/api/auth/me?unknown=1', { headers })).status, 401);
    assert.equal((await served.fetch('/api/auth/me?unknown=1')).status, 400);
  });

  test('answers its own methods only, and says which', async () => {
    const served = await Served.start({});
    const wrong = await served.fetch('/api/auth/login');
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'POST, OPTIONS');
    assert.equal(wrong.headers.get('content-type'), 'application/problem+json');
    const options = await served.fetch('/api/executions/x', { method: 'OPTIONS' });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), 'GET, OPTIONS');
    const head = await served.fetch('/api/live', { method: 'HEAD' });
    assert.equal(head.status, 405, 'a stream has no end to wait for');
  });

  test('that takes too long is answered, and told to stop', async () => {
    const stopped = Promise.withResolvers<true>();
    const handlers: AnyHandlers = {
      'auth.me': ({ signal }: { signal: AbortSignal }) =>
        new Promise(() => signal.addEventListener('abort', () => stopped.resolve(true))),
    };
    const served = await Served.start(handlers, { timeoutMs: 50 });
    const response = await served.fetch('/api/auth/me');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '5');
    await stopped.promise;
    assert.deepEqual(served.faults, []);
  });

  test('that nobody waits for any more is told to stop', async () => {
    const asked = Promise.withResolvers<true>();
    const stopped = Promise.withResolvers<true>();
    const served = await Served.start({
      'live.stream': ({ signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => stopped.resolve(true));
        asked.resolve(true);
        return new Promise(() => {});
      },
    });
    const leaving = new AbortController();
    const left = assert.rejects(served.fetch('/api/live', { signal: leaving.signal }));
    await asked.promise;
    leaving.abort();
    await left;
    await stopped.promise;
  });

  test('that speaks WebSocket only says so', async () => {
    const served = await Served.start({ 'live.socket': () => ({ status: 101, accept: () => {} }) });
    const response = await served.fetch('/api/ws/metrics');
    assert.equal(response.status, 426);
    assert.equal(response.headers.get('upgrade'), 'websocket');
  });
});

describe('an answer that the contract does not document', () => {
  const violations: [string, AnyHandlers, string, RegExp][] = [
    [
      'a status',
      { 'auth.me': () => ({ status: 202, body: ME }) },
      '/api/auth/me',
      /auth\.me answers 202, which is not documented/,
    ],
    [
      'a refusal',
      { 'auth.me': () => Promise.reject(conflict('No.', 'cleanup_refused')) },
      '/api/auth/me',
      /answers 409, which is not documented/,
    ],
    [
      'a field',
      { 'auth.me': () => ({ status: 200, body: { ...ME, password: 'x' } }) },
      '/api/auth/me',
      /\/password is not a known field/,
    ],
    [
      'a value',
      { 'auth.me': () => ({ status: 200, body: { ...ME, role: 'king' } }) },
      '/api/auth/me',
      /\/role must be one of/,
    ],
    [
      'a media type',
      { 'auth.me': () => ({ status: 200, type: 'text/html', body: '<p>' }) },
      '/api/auth/me',
      /as 'text\/html', which is not documented/,
    ],
  ];
  for (const [what, handlers, path, message] of violations) {
    test(`is a fault: ${what}`, async () => {
      const served = await Served.start(handlers);
      const response = await served.fetch(path);
      assert.equal(response.status, 500);
      assert.match(String(served.faults), message);
    });
  }

  test('is a fault in a stream too', async () => {
    const item = (data: object) => `id: 7\nevent: hello\ndata: ${JSON.stringify(data)}\n\n`;
    const good = item({ topics: ['stats'], serverTime: '2026-11-21T10:00:00Z' });
    const stream = (text: string): AnyHandlers => ({
      'live.stream': () => {
        const chunks = [...Buffer.from(text)].map((byte) => new Uint8Array([byte]));
        const headers = { 'content-type': 'text/event-stream' };
        const body = new ReadableStream({
          pull: (controller) => {
            const chunk = chunks.shift();
            if (chunk) controller.enqueue(chunk);
            else controller.close();
          },
        });
        return new Response(body, { headers });
      },
    });
    const fine = await Served.start(stream(`: hello\n\n${good}${good}`));
    assert.equal(await (await fine.fetch('/api/live')).text(), `: hello\n\n${good}${good}`);

    const bad = await Served.start(stream(good + item({ topics: ['stats'] })));
    await assert.rejects(async () => (await bad.fetch('/api/live')).text(), 'it breaks off');
    assert.match(String(bad.faults), /live event 'hello': \/data\/serverTime is required/);
  });

  test('passes where nobody checks', async () => {
    const handlers = { 'auth.me': () => ({ status: 202, body: { anything: true } }) };
    const served = await Served.start(handlers, { checkResponses: false });
    assert.equal((await served.fetch('/api/auth/me')).status, 202);
  });
});
