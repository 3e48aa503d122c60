import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CloudBrain,
  CloudBrainError,
  type LogLevel,
  type Middleware,
  UserAbortError,
} from '@cloudbrain/sdk';
import { inTurn, problem, startLoopback, until } from '../support/loopback.ts';
import { execution, me, overview } from './samples.ts';

describe('a client', () => {
  test('sends what the contract has, and nothing for what is left out', async (t) => {
    const server = await startLoopback(t, () => ({ json: overview }));
    const cb = new CloudBrain({ baseUrl: `${server.url}/`, headers: { 'x-team': 'a' } });
    await cb.stats.overview({ domain: 'a b.example', timeframe: '7d' });
    await cb.stats.overview();
    assert.equal(server.seen[0]?.path, '/api/stats/overview');
    assert.equal(server.seen[0].query.toString(), 'domain=a+b.example&timeframe=7d');
    assert.equal(server.seen[0].headers['x-team'], 'a');
    assert.equal(server.seen[1]?.query.toString(), '');
  });

  test('sends what is empty as it is, for an answer of everything is not what was asked for', async (t) => {
    const server = await startLoopback(t, () => ({ json: overview }));
    const cb = new CloudBrain({ baseUrl: server.url });
    await cb.stats.overview({ domain: '' });
    await cb.stats.compareModels({ models: [] });
    await cb.api.GET('/api/stats/models/compare', {
      params: { query: { models: [], domain: '' } },
    });
    await cb.stats.overview({ domain: undefined as never, timeframe: null as never });
    assert.deepEqual(
      server.seen.map(({ query }) => query.toString()),
      ['domain=', 'models=', 'models=&domain=', ''],
    );
  });

  test('asks for one conversation, of a domain, as long as the caller waits', async (t) => {
    const server = await startLoopback(t, () => () => {});
    const cb = new CloudBrain({ baseUrl: server.url });
    const controller = new AbortController();
    const { signal } = controller;
    const call = cb.conversations.get('conv 1', { domain: 'a.example', signal });
    await until(() => server.seen.length === 1);
    controller.abort();
    await assert.rejects(call, UserAbortError);
    assert.equal(server.seen[0]?.path, '/api/conversations/conv%201');
    assert.equal(server.seen[0].query.toString(), 'domain=a.example');
  });

  test('may stand below a path', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    await new CloudBrain({ baseUrl: `${server.url}/brain/` }).auth.me();
    await new CloudBrain({ baseUrl: `${server.url}/brain/?x=1#top` }).auth.me();
    assert.deepEqual(
      server.seen.map(({ path }) => path),
      ['/brain/api/auth/me', '/brain/api/auth/me'],
    );
  });

  test('needs an address where there is no page', () => {
    for (const baseUrl of [undefined, '/', 'cloudbrain.example.com', '']) {
      assert.throws(() => new CloudBrain({ baseUrl }), CloudBrainError);
    }
  });

  test('takes the address of its page for its own', (t) => {
    const page = { href: 'https://portal.example.com/team/figures?a=1' };
    Object.defineProperty(globalThis, 'location', { value: page, configurable: true });
    t.after(() => Reflect.deleteProperty(globalThis, 'location'));
    assert.ok(new CloudBrain());
    assert.ok(new CloudBrain({ baseUrl: '/brain' }));
  });

  test('asks by the fetch that it is given, as a function', async () => {
    const asked: unknown[] = [];
    const cb = new CloudBrain({
      baseUrl: 'https://cloudbrain.example.com',
      async fetch(this: unknown, input) {
        asked.push(this, (input as Request).url);
        return Response.json(me);
      },
    });
    await cb.auth.me();
    assert.deepEqual(asked, [undefined, 'https://cloudbrain.example.com/api/auth/me']);
  });

  test('gives the answer with its response on request', async (t) => {
    const headers = { 'x-request-id': 'req_7' };
    const server = await startLoopback(t, () => ({ json: me, headers }));
    const call = new CloudBrain({ baseUrl: server.url }).auth.me();
    const { data, response, requestId } = await call.withResponse();
    assert.equal(data.name, 'Ada');
    assert.equal(response.status, 200);
    assert.equal(requestId, 'req_7');
    assert.equal((await call).name, 'Ada');
    assert.equal(server.seen.length, 1, 'both are one request');
  });

  test('calls are promises', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    const cb = new CloudBrain({ baseUrl: server.url });
    const [a, b] = await Promise.all([cb.auth.me(), cb.auth.me().then(({ name }) => name)]);
    assert.equal(a.name, b);
    await cb.auth.me().finally(() => {});
    const gone = new CloudBrain({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
    assert.equal(await gone.auth.me().catch(() => 'caught'), 'caught');
  });

  test('a failed call that only withResponse() was asked of fails once', async (t) => {
    const server = await startLoopback(t, () => problem(404));
    const cb = new CloudBrain({ baseUrl: server.url });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    t.after(() => process.off('unhandledRejection', listen));
    await assert.rejects(cb.auth.me().withResponse());
    await assert.rejects(cb.executions.list().withResponse());
    await assert.rejects(cb.executions.list());
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(unhandled, []);
  });

  test('shows each call to its middleware once, retries and all', async (t) => {
    const replies = [problem(503, 'No.', { 'retry-after': '0' }), { json: me }];
    const server = await startLoopback(t, inTurn(...replies));
    const seen: unknown[] = [];
    const outer: Middleware = async (request, next) => {
      request.headers.set('x-trace', '1');
      const response = await next(request);
      seen.push(new URL(request.url).pathname, response.status);
      return response;
    };
    const inner: Middleware = (request, next) => {
      seen.push(request.headers.get('x-trace'));
      return next(request);
    };
    const cb = new CloudBrain({ baseUrl: server.url, middleware: [outer, inner] });
    await cb.auth.me();
    await cb.api.GET('/api/auth/me');
    assert.deepEqual(seen, ['1', '/api/auth/me', 200, '1', '/api/auth/me', 200]);
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['x-trace']),
      ['1', '1', '1'],
    );
  });

  test('takes an answer of its middleware', async () => {
    const middleware: Middleware[] = [async () => Response.json(me)];
    const cb = new CloudBrain({ baseUrl: 'https://cloudbrain.example.com', middleware });
    assert.equal((await cb.auth.me()).name, 'Ada');
  });

  test('sends headers once, however they are written', async (t) => {
    const server = await startLoopback(t, () => ({ status: 202, json: {} }));
    const cb = new CloudBrain({ baseUrl: server.url, headers: { 'X-Team': 'a', 'X-Other': 'b' } });
    const headers = { 'x-team': 'c', 'Content-Type': 'application/json' };
    await cb.cleanup.run({ dryRun: true }, { headers });
    assert.equal(server.seen[0]?.headers['x-team'], 'c');
    assert.equal(server.seen[0].headers['x-other'], 'b');
    assert.equal(server.seen[0].headers['content-type'], 'application/json');
  });

  test('says so where something else than the service answers', async (t) => {
    const page = { text: '<!doctype html>', headers: { 'content-type': 'text/html' } };
    const server = await startLoopback(t, () => page);
    await assert.rejects(new CloudBrain({ baseUrl: server.url }).auth.me(), (error) => {
      assert.ok(error instanceof CloudBrainError);
      assert.match(error.message, /\/api\/auth\/me at .* answered 200 with text\/html/);
      return true;
    });
  });

  test('logs what is asked of it, and never a token or a query', async (t) => {
    const replies = [problem(503, 'No.', { 'retry-after': '0' }), { json: overview }];
    const lines: Record<LogLevel, string[]> = { off: [], error: [], warn: [], info: [], debug: [] };
    const write = (level: LogLevel) => (message: string) => lines[level].push(message);
    const logger = {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
    };
    const { bearer } = await import('@cloudbrain/sdk');
    for (const logLevel of ['debug', 'info', 'off'] as const) {
      const server = await startLoopback(t, inTurn(...replies));
      const auth = bearer('secret');
      const cb = new CloudBrain({ baseUrl: server.url, auth, logger, logLevel });
      await cb.stats.overview({ domain: 'private.example' });
    }
    assert.equal(lines.debug.length, 2);
    assert.equal(lines.info.length, 2);
    assert.match(
      lines.info[0] ?? '',
      /^cloudbrain: retrying GET \/api\/stats\/overview in 0 ms: 503$/,
    );
    assert.doesNotMatch(JSON.stringify(lines), /secret|private/);
  });
});

describe('pages', () => {
  const all = Array.from({ length: 5 }, (_, index) => execution(index));

  async function start(t: Parameters<typeof startLoopback>[0]) {
    const server = await startLoopback(t, ({ query }) => {
      const from = Number(query.get('cursor') ?? 0);
      const next = from + 2;
      const nextCursor = next < all.length ? String(next) : null;
      return { json: { data: all.slice(from, next), nextCursor } };
    });
    return { server, cb: new CloudBrain({ baseUrl: server.url }) };
  }

  test('are awaited one by one', async (t) => {
    const { server, cb } = await start(t);
    const first = await cb.executions.list({ status: 'failed', limit: 2 });
    assert.equal(first.data.length, 2);
    assert.equal(first.nextCursor, '2');
    const second = await first.next();
    const third = await second.next();
    assert.deepEqual(
      [first, second, third].map((page) => page.hasNext()),
      [true, true, false],
    );
    assert.throws(() => third.next(), CloudBrainError);
    assert.deepEqual(
      server.seen.map(({ query }) => query.toString()),
      ['status=failed&limit=2', 'status=failed&limit=2&cursor=2', 'status=failed&limit=2&cursor=4'],
    );
  });

  test('are iterated entry by entry, and no further than the reader reads', async (t) => {
    const { server, cb } = await start(t);
    const ids: string[] = [];
    for await (const { id } of cb.executions.list()) ids.push(id);
    assert.deepEqual(
      ids,
      all.map(({ id }) => id),
    );
    assert.equal(server.seen.length, 3);
    for await (const { id } of cb.executions.list()) if (id === ids[1]) break;
    assert.equal(server.seen.length, 4);
  });

  test('begin where a cursor says', async (t) => {
    const { cb } = await start(t);
    assert.equal((await cb.executions.list({ cursor: '4' }).toArray({ limit: 10 })).length, 1);
    assert.equal((await (await cb.executions.list({ cursor: '2' })).next()).data.length, 1);
  });

  test('make an array up to its limit', async (t) => {
    const { server, cb } = await start(t);
    assert.equal((await cb.executions.list().toArray({ limit: 10 })).length, 5);
    assert.equal(server.seen.length, 3);
    assert.equal((await cb.executions.list().toArray({ limit: 2 })).length, 2);
    assert.equal(server.seen.length, 4);
    assert.deepEqual(await cb.executions.list().toArray({ limit: 0 }), []);
    for (const limit of [undefined, NaN, 1.5, Infinity]) {
      const unchecked = { limit } as { limit: number };
      await assert.rejects(cb.executions.list().toArray(unchecked), TypeError);
    }
  });

  test('come with their response, too', async (t) => {
    const { cb } = await start(t);
    const { data, response } = await cb.executions.list().withResponse();
    assert.ok(data.hasNext());
    assert.equal(response.status, 200);
  });
});
