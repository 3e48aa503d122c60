import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import {
  bearer,
  CloudBrain,
  ConflictError,
  type LiveUpdate,
  type Message,
  NotFoundError,
  PermissionError,
  type Topic,
  UserAbortError,
} from '@cloudbrain/sdk';
import { fakeProblem, FakeServer } from '@cloudbrain/sdk/testing';
import { parse } from 'yaml';
import { routes } from '../../sdk/testing/routes.ts';
import { until } from '../support/loopback.ts';
import { execution, me, overview } from './samples.ts';

const root = new URL('../../', import.meta.url);

interface Contract {
  paths: Record<string, Record<string, { operationId: string }>>;
}

const contract = parse(await readFile(new URL('openapi.yaml', root), 'utf8')) as Contract;

test('the fake server knows every operation of the contract', () => {
  const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => [
      operationId,
      `${method.toUpperCase()} ${path}`,
    ]),
  );
  assert.deepEqual(routes, Object.fromEntries(operations));
});

test('every operation has its method, by its name', () => {
  /** What is no method, and why. */
  const apart = new Set([
    'auth.refresh', // the session's own affair
    'batch.run', // cb.batch
    'live.stream', // cb.live.subscribe
    'live.socket',
    'live.conversationsSocket',
    'health.metrics', // for Prometheus
    'otlp.traces', // for OpenTelemetry
    'otlp.logs',
    'otlp.metrics',
  ]);
  const cb = new CloudBrain({ ...new FakeServer().options });
  for (const operation of Object.keys(routes)) {
    if (apart.has(operation)) continue;
    const [tag, method] = operation.split('.') as [
      Exclude<keyof CloudBrain, 'withOptions'>,
      string,
    ];
    assert.equal(typeof Reflect.get(cb[tag], method), 'function', operation);
  }
});

describe('a fake server', () => {
  test('answers by operation, and remembers what it was asked', async () => {
    const server = new FakeServer({ 'auth.me': me, 'stats.overview': overview });
    server.on('executions.get', ({ path: { id = '' } }) => execution(1, { id }) as never);
    const cb = new CloudBrain({ ...server.options, auth: bearer('t') });
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal((await cb.stats.overview({ timeframe: '7d' })).requests, 12);
    assert.equal((await cb.executions.get('a b')).id, 'a b');
    await cb.auth.logout().catch(() => {});
    assert.deepEqual(
      server.calls.map(({ operation }) => operation),
      ['auth.me', 'stats.overview', 'executions.get'],
    );
    assert.deepEqual(server.callsTo('stats.overview')[0]?.query, { timeframe: '7d' });
    assert.equal(server.calls[0]?.headers.get('authorization'), 'Bearer t');
  });

  test('answers a file with a text', async () => {
    const server = new FakeServer({ 'executive.export': 'section,item\r\n' });
    const cb = new CloudBrain({ ...server.options });
    const file = await cb.executive.export({ format: 'csv' });
    assert.equal(await file.text(), 'section,item\r\n');
    assert.deepEqual(server.calls[0]?.query, { format: 'csv' });
  });

  test('says no as it is told to, and where it has no answer', async () => {
    const server = new FakeServer({
      'cleanup.status': fakeProblem(403, { requiredRoles: ['admin'] }),
      'cleanup.run': ({ body }) => fakeProblem(409, { detail: JSON.stringify(body) }),
    });
    const cb = new CloudBrain({ ...server.options });
    await assert.rejects(cb.cleanup.status(), (error) => {
      assert.ok(error instanceof PermissionError);
      assert.deepEqual(error.requiredRoles, ['admin']);
      return true;
    });
    await assert.rejects(cb.cleanup.run({ dryRun: false }), (error) => {
      assert.ok(error instanceof ConflictError);
      assert.match(error.message, /"dryRun":false/);
      return true;
    });
    await assert.rejects(cb.stats.overview(), NotFoundError);
  });

  test('can be left waiting, and the call aborted', async () => {
    const server = new FakeServer({ 'stats.overview': () => new Promise(() => {}) });
    const controller = new AbortController();
    const { signal } = controller;
    const call = new CloudBrain({ ...server.options }).stats.overview({}, { signal });
    await until(() => server.calls.length === 1);
    controller.abort();
    await assert.rejects(call, UserAbortError);
  });

  test('answers what has no content with none', async () => {
    const cb = new CloudBrain({ ...new FakeServer().options });
    for (const call of [
      cb.conversations.delete('c1'),
      cb.conversations.addFavorite('c1'),
      cb.conversations.removeFavorite('c1'),
    ]) {
      const { data, response } = await call.withResponse();
      assert.deepEqual([data, response.status], [undefined, 204]);
    }
  });

  test('tells each topic to those who listen to it, and to those of its domain', async (t) => {
    const { live, options } = new FakeServer();
    const cb = new CloudBrain({ ...options, logLevel: 'off' });
    const heard = (more: { topics?: Topic[]; domain?: string }) => {
      const events: string[] = [];
      const stream = cb.live.subscribe(more);
      t.after(() => stream.close());
      void (async () => {
        for await (const { event } of stream) events.push(event);
      })();
      return events;
    };
    const everything = heard({});
    const here = heard({ domain: 'here.example' });
    const topics: Topic[] = ['executions', 'stats', 'conversations', 'cleanup', 'sessions'];
    const ofTopics = [...topics, 'errors' as const, 'executive' as const].map((topic) =>
      heard({ topics: [topic] }),
    );
    await until(() => live.size === 9 && everything.length > 0);
    const domain = 'there.example';
    live.emit('execution', { execution: execution(1, { domain }), deleted: false });
    live.emit('stats', { domain, deltas: [], changed: [] });
    live.emit('conversation', { id: 'c1', domain, conversation: null });
    live.emit('cleanup', { run: {} as never });
    live.emit('session', { session: { domain } as never, deleted: false });
    live.emit('failure', { error: { domain } as never, deleted: false });
    live.emit('failure', { error: { domain: null } as never, deleted: false });
    live.emit('executive', { changed: [] });
    await until(() => everything.length === 9 && ofTopics[6]?.length === 2);
    assert.deepEqual(ofTopics, [
      ['hello', 'execution'],
      ['hello', 'stats'],
      ['hello', 'conversation'],
      ['hello', 'cleanup'],
      ['hello', 'session'],
      ['hello', 'failure', 'failure'],
      ['hello', 'executive'],
    ]);
    assert.deepEqual(here, ['hello', 'cleanup', 'failure', 'executive']);
  });

  test('streams one conversation, with what was said before', async (t) => {
    const { live, options } = new FakeServer();
    const cb = new CloudBrain({ ...options, logLevel: 'off' });
    const say = (id: string, text: string) => live.say(id, { id: text } as Message);
    for (const text of ['one', 'two', 'three']) say('c1', text);
    const stream = cb.conversations.stream('c1', { replay: 2, reconnect: { minDelay: 1 } });
    t.after(() => stream.close());
    const heard: string[] = [];
    const reading = (async () => {
      for await (const { event, data } of stream) {
        heard.push(event === 'message' ? data.message.id : event);
      }
    })();
    await until(() => heard.length === 3);
    say('c2', 'of another');
    live.emit('execution', { execution: execution(1), deleted: false });
    live.emit('conversation', { id: 'c2', domain: 'a.example', conversation: null });
    live.emit('conversation', { id: 'c1', domain: 'a.example', conversation: null });
    live.drop();
    say('c1', 'four');
    await until(() => heard.includes('four'));
    stream.close();
    await reading;
    assert.deepEqual(heard, ['hello', 'two', 'three', 'conversation', 'hello', 'four']);
    assert.deepEqual(live.subscriptions[0]?.conversation, 'c1');
  });

  for (const transport of ['ws', 'sse'] as const) {
    test(`tells live events, and what was missed (${transport})`, async (t) => {
      const server = new FakeServer();
      const cb = new CloudBrain({ ...server.options, logLevel: 'off' });
      const stream = cb.live.subscribe({
        transport,
        topics: ['executions'],
        domain: 'app.example.com',
        reconnect: { minDelay: 1 },
      });
      t.after(() => stream.close());
      const { live } = server;
      const tell = (n: number, domain = 'app.example.com') =>
        live.emit('execution', { execution: execution(n, { domain }), deleted: false });
      const next = async (): Promise<LiveUpdate> => {
        const { value } = await stream[Symbol.asyncIterator]().next();
        return value as LiveUpdate;
      };

      const first = await next();
      assert.equal(first.event, 'hello');
      assert.deepEqual(first.data.topics, ['executions']);
      live.emit('cleanup', { run: {} as never });
      tell(1, 'other.example.com');
      tell(2);
      const event = await next();
      assert.equal(event.event, 'execution');
      assert.equal(event.data.execution.id, execution(2).id);

      live.drop();
      tell(3);
      assert.equal((await next()).event, 'hello');
      assert.equal((await next()).event, 'execution');
      assert.equal(live.subscriptions.at(-1)?.lastEventId, '3');

      live.drop();
      tell(4);
      live.forget();
      assert.equal((await next()).event, 'hello');
      assert.equal((await next()).event, 'reset');
      assert.equal(live.size, 1);
      stream.close();
      await until(() => live.size === 0);
    });

    test(`ends tokens, and connections for good (${transport})`, async (t) => {
      const server = new FakeServer();
      let made = 0;
      const auth = bearer(() => `t${++made}`);
      const cb = new CloudBrain({ ...server.options, auth, logLevel: 'off' });
      const events: string[] = [];
      const stream = cb.live.subscribe({ transport });
      t.after(() => stream.close());
      const reading = (async () => {
        for await (const { event } of stream) events.push(event);
      })();
      await until(() => events.length === 1);
      server.live.expire();
      await until(() => events.length === 2);
      assert.equal(made, 2);
      server.on(transport === 'ws' ? 'live.socket' : 'live.stream', fakeProblem(403));
      server.on('live.stream', fakeProblem(403));
      server.live.expire();
      await assert.rejects(reading, PermissionError);
      assert.deepEqual(events, ['hello', 'hello']);
    });
  }

  test('stands in for the whole platform until it is told to stop', async () => {
    const server = new FakeServer({ 'auth.me': me });
    const platform = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };
    const restore = server.install();
    const cb = new CloudBrain({ baseUrl: 'https://anywhere.example' });
    assert.equal((await cb.auth.me()).name, 'Ada');
    for await (const { event } of cb.live.subscribe()) if (event === 'hello') break;
    await assert.rejects(globalThis.fetch('http://127.0.0.1:1/other'));
    restore();
    assert.equal(globalThis.fetch, platform.fetch);
    assert.equal(globalThis.WebSocket, platform.WebSocket);
  });
});
