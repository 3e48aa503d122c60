import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, describe, test } from 'node:test';
import {
  AuthenticationError,
  bearer,
  CloudBrain,
  type ClientOptions,
  ConnectionError,
  type LiveUpdate,
  NotFoundError,
  StreamError,
  type StreamStatus,
  type SubscribeOptions,
} from '@cloudbrain/sdk';
import { type Loopback, problem, type Reply, startLoopback, until } from '../support/loopback.ts';

const hello = (id: number) =>
  frame('hello', { topics: ['stats'], serverTime: '2026-11-21T10:00:00Z' }, id);
const stats = (id: number | '' | null) =>
  frame('stats', { domain: 'a.example', deltas: [], changed: [] }, id);
const expired = (id: number) => frame('expired', { reason: 'token_expired' }, id);

function frame(event: string, data: unknown, id: number | '' | null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Streams the text; then the connection is cut, ended, or left open. */
function stream(text: string, then: 'cut' | 'end' | 'open' = 'cut'): Reply {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => {
      if (then === 'end') response.end();
      if (then === 'cut') setImmediate(() => response.destroy());
    });
  };
}

/** A server whose nth stream is the nth reply, and a subscription to it. */
async function start(t: TestContext, replies: Reply[], options: ClientOptions = {}) {
  let turn = 0;
  const server = await startLoopback(t, () => replies[turn++] ?? problem(404));
  const cb = new CloudBrain({ baseUrl: server.url, logLevel: 'off', ...options });
  const subscribe = (more: SubscribeOptions = {}) => {
    const events = cb.live.subscribe({ transport: 'sse', reconnect: { minDelay: 1 }, ...more });
    t.after(() => events.close());
    return events;
  };
  return { server, cb, subscribe };
}

const name = ({ event, id }: LiveUpdate) => `${event} ${id}`;

/** All events until the stream ends, and how it ended. */
async function drain(events: AsyncIterable<LiveUpdate>) {
  const seen: string[] = [];
  try {
    for await (const event of events) seen.push(name(event));
  } catch (error) {
    return { seen, error };
  }
  return { seen, error: undefined };
}

const lastIds = (server: Loopback) => server.seen.map(({ headers }) => headers['last-event-id']);

describe('a stream of server-sent events', () => {
  test('asks for what it was told to ask for', async (t) => {
    const { server, subscribe } = await start(t, []);
    await drain(
      subscribe({ topics: ['stats', 'executions'], domain: 'a.example', lastEventId: '5' }),
    );
    await drain(subscribe());
    const [first, second] = server.seen;
    assert.equal(first?.path, '/api/live');
    assert.equal(first.query.get('topics'), 'stats,executions');
    assert.equal(first.query.get('domain'), 'a.example');
    assert.equal(first.headers['last-event-id'], '5');
    assert.deepEqual([...(second?.query ?? [])], []);
    assert.equal(second?.headers['last-event-id'], undefined);
  });

  test('goes on after the last event when the connection breaks', async (t) => {
    const { server, subscribe } = await start(t, [
      stream(hello(1) + stats(2) + 'id: 3\nevent: sta'),
      stream(hello(2) + stats(3), 'end'),
    ]);
    const events = subscribe();
    const { seen, error } = await drain(events);
    assert.deepEqual(seen, ['hello 1', 'stats 2', 'hello 2', 'stats 3']);
    assert.deepEqual(lastIds(server), [undefined, '2', '3']);
    assert.ok(error instanceof NotFoundError);
    assert.equal(events.state, 'closed');
    assert.equal(events.status.cause, error);
  });

  test('goes on after an id that came without an event', async (t) => {
    const { server, subscribe } = await start(t, [stream(hello(1) + ': still here\nid: 9\n\n')]);
    const events = subscribe();
    const { seen } = await drain(events);
    assert.deepEqual(seen, ['hello 1']);
    assert.deepEqual(lastIds(server), [undefined, '9']);
  });

  test('hands out a reset, as it is for its reader to fetch everything again', async (t) => {
    const { subscribe } = await start(t, [stream(frame('reset', { reason: 'too_old' }, 40))]);
    const { seen } = await drain(subscribe({ lastEventId: '1' }));
    assert.deepEqual(seen, ['reset 40']);
  });

  test('an empty id clears the place: what came can not be resumed, and is not replayed', async (t) => {
    const { server, subscribe } = await start(t, [stream(stats(1) + stats(''))]);
    const { seen, error } = await drain(subscribe());
    assert.equal(seen.length, 2);
    assert.ok(error instanceof StreamError);
    assert.ok(error.cause instanceof Error);
    assert.equal(server.seen.length, 1);
  });

  test('an answer without ids that broke halfway is not replayed either', async (t) => {
    const { server, subscribe } = await start(t, [stream(stats(null))]);
    const { seen, error } = await drain(subscribe());
    assert.equal(seen.length, 1);
    assert.ok(error instanceof StreamError);
    assert.equal(server.seen.length, 1);
  });

  test('one that broke before its first event is asked for again', async (t) => {
    const { server, subscribe } = await start(t, [stream(''), stream(stats(1))]);
    assert.deepEqual((await drain(subscribe())).seen, ['stats 1']);
    assert.deepEqual(lastIds(server), [undefined, undefined, '1']);
  });

  test('tells its states, the attempts and their causes', async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const { server, subscribe } = await start(t, [
      stream(hello(1)),
      problem(503),
      stream(hello(2), 'open'),
    ]);
    const events = subscribe({ reconnect: { minDelay: 2, maxDelay: 3 } });
    const told: StreamStatus[] = [];
    events.on('state', (status) => told.push(status));
    assert.equal(events.state, 'connecting');
    for await (const { event } of events) if (event === 'hello' && server.seen.length === 3) break;
    assert.deepEqual(
      told.map(({ state, attempt, delay }) => [state, attempt, delay]),
      [
        ['connecting', 0, undefined],
        ['open', 0, undefined],
        ['waiting', 1, 2],
        ['connecting', 1, undefined],
        ['waiting', 2, 3],
        ['connecting', 2, undefined],
        ['open', 0, undefined],
        ['closed', 0, undefined],
      ],
    );
    assert.ok(told[2]?.cause);
    assert.match(String(told[4]?.cause), /503/);
  });

  test('waits as long as the server asks: by Retry-After, by retry:', async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const { subscribe } = await start(t, [
      problem(429, 'No.', { 'retry-after': '1' }),
      stream(`retry: 107\n${hello(1)}`),
      stream(`retry: 0\n${hello(1)}`),
    ]);
    const events = subscribe({ reconnect: { minDelay: 1, maxDelay: 1_000 } });
    const delays: unknown[] = [];
    events.on('state', ({ state, delay }) => {
      if (state !== 'waiting') return;
      delays.push(delay);
      events.retry();
    });
    await drain(events);
    assert.deepEqual(delays, [1_000, 214, 400], 'and never without a pause');
  });

  for (const maxRetryAfter of [60_000, Infinity]) {
    test(`does not wait for what is beyond ${maxRetryAfter} ms`, async (t) => {
      const month = { 'retry-after': String(30 * 24 * 3600) };
      const options = { maxRetryAfter };
      const { server, subscribe } = await start(t, [problem(503, 'No.', month)], options);
      const { error } = await drain(subscribe());
      assert.ok(error instanceof StreamError);
      assert.equal(server.seen.length, 1);
    });
  }

  test('hands nothing out twice where no event has an id, wherever it began', async (t) => {
    const { server, subscribe } = await start(t, [stream(stats(null)), stream(stats(null))]);
    const { seen, error } = await drain(subscribe({ lastEventId: '5' }));
    assert.equal(seen.length, 1);
    assert.ok(error instanceof StreamError);
    assert.equal(server.seen.length, 1);
  });

  for (const idleTimeout of [0, Infinity]) {
    test(`waits for ever where ${idleTimeout} is how long it may be silent`, async (t) => {
      let say = (_text: string) => {};
      const { server, subscribe } = await start(t, [
        (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(hello(1));
          say = (text) => response.write(text);
        },
      ]);
      // A timer that is too long for the platform fires at once, here as there.
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const events = subscribe({ idleTimeout })[Symbol.asyncIterator]();
      await events.next();
      const next = events.next();
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(24 * 3600 * 1_000);
      say(stats(2));
      assert.equal(name((await next).value as LiveUpdate), 'stats 2');
      assert.equal(server.seen.length, 1, 'over the same connection');
    });
  }

  test('goes on where a listener of its state throws, whose fault is not lost', async (t) => {
    const { server, subscribe } = await start(t, [stream(hello(1), 'open')]);
    const faults: unknown[] = [];
    const { queueMicrotask } = globalThis;
    t.mock.method(globalThis, 'queueMicrotask', (task: () => void) =>
      queueMicrotask(() => {
        try {
          task();
        } catch (fault) {
          faults.push(fault);
        }
      }),
    );
    const events = subscribe();
    events.on('state', () => {
      throw new Error('a listener’s own');
    });
    for await (const event of events) {
      assert.equal(name(event), 'hello 1');
      break;
    }
    assert.equal(server.seen.length, 1);
    assert.ok(faults.length > 0);
  });

  test('gives up where it is told to', async (t) => {
    const broken = stream(hello(1));
    const never = await start(t, [broken, broken]);
    const { error } = await drain(never.subscribe({ reconnect: false }));
    assert.ok(error instanceof StreamError);
    assert.equal(never.server.seen.length, 1);

    const twice = await start(t, [broken, broken, broken, broken]);
    await drain(twice.subscribe({ reconnect: { maxAttempts: 2, minDelay: 1 } }));
    assert.equal(twice.server.seen.length, 3);
  });

  test('comes back to a server that was away', async (t) => {
    const { server, subscribe } = await start(t, [stream(hello(1)), stream(hello(2), 'open')]);
    const events = subscribe();
    const causes: unknown[] = [];
    events.on('state', ({ state, cause }) => {
      if (state !== 'waiting') return;
      causes.push(cause);
      if (causes.length === 1) void server.stop();
      if (causes.length === 3) void server.listen();
    });
    let count = 0;
    for await (const { id } of events) if (++count && id === '2') break;
    assert.ok(causes.length >= 3);
    assert.ok(causes[1] instanceof ConnectionError);
    assert.deepEqual(lastIds(server), [undefined, '1']);
  });

  test('counts 45 seconds of silence as a break, and a comment as a sign of life', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let write = (_text: string): void => assert.fail('no stream');
    const open: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write = (text) => response.write(text);
      write(hello(0));
    };
    const { server, subscribe } = await start(t, [open, stream(hello(6), 'open')]);
    const events = subscribe();
    const causes: string[] = [];
    events.on('state', ({ state, cause }) => {
      if (state !== 'waiting') return;
      causes.push(String(cause));
      events.retry();
    });
    const reading = drain(events);
    for (let id = 0; id <= 5; id++) {
      if (id > 0) write(`: still here\nid: ${id}\n\n`);
      await until(() => events.lastEventId === String(id));
      t.mock.timers.tick(44_999);
    }
    assert.equal(events.state, 'open');
    t.mock.timers.tick(1);
    await until(() => events.lastEventId === '6');
    assert.deepEqual(causes, ['StreamError: No data received for 45000 ms']);
    assert.equal(server.seen[1]?.headers['last-event-id'], '5');
    events.close();
    await reading;
  });

  test('what is not JSON ends it: asking again would bring the same', async (t) => {
    const { server, subscribe } = await start(t, [stream('id: 1\ndata: nonsense\n\n')]);
    const { error } = await drain(subscribe());
    assert.ok(error instanceof StreamError);
    assert.ok(error.cause instanceof SyntaxError);
    assert.equal(server.seen.length, 1);
  });
});

describe('a token that ends', () => {
  const tokens = () => {
    let made = 0;
    return bearer(async () => `t${++made}`);
  };
  const sent = (server: Loopback) => server.seen.map(({ headers }) => headers.authorization);

  test('is replaced, and the stream goes on at once and unnoticed', async (t) => {
    const replies = [stream(hello(1) + stats(2) + expired(3), 'end'), stream(hello(3) + stats(4))];
    const { server, subscribe } = await start(t, replies, { auth: tokens() });
    const events = subscribe({ reconnect: { minDelay: 60_000 } });
    const seen: string[] = [];
    for await (const event of events) if (seen.push(name(event)) === 4) break;
    assert.deepEqual(seen, ['hello 1', 'stats 2', 'hello 3', 'stats 4']);
    assert.deepEqual(sent(server), ['Bearer t1', 'Bearer t2']);
    assert.deepEqual(lastIds(server), [undefined, '3']);
  });

  test('is replaced when it is refused', async (t) => {
    const { server, subscribe } = await start(t, [problem(401), stream(hello(1))], {
      auth: tokens(),
    });
    for await (const { event } of subscribe()) if (event === 'hello') break;
    assert.deepEqual(sent(server), ['Bearer t1', 'Bearer t2']);
  });

  test('that nothing can replace ends the stream with the 401', async (t) => {
    const { server, cb, subscribe } = await start(
      t,
      [stream(hello(1) + expired(2)), problem(401)],
      {
        auth: bearer('t1'),
      },
    );
    let expirations = 0;
    cb.auth.on('expired', () => expirations++);
    const { seen, error } = await drain(subscribe());
    assert.deepEqual(seen, ['hello 1']);
    assert.ok(error instanceof AuthenticationError);
    assert.equal(expirations, 1);
    assert.equal(server.seen.length, 2);
  });

  test('a server that refuses every token is not asked for ever', async (t) => {
    const { server, subscribe } = await start(t, [problem(401), problem(401), problem(401)], {
      auth: tokens(),
    });
    assert.ok((await drain(subscribe())).error instanceof AuthenticationError);
    assert.equal(server.seen.length, 2);
  });
});

describe('closing', () => {
  test('ends the loop without an error, and the connection', async (t) => {
    const { server, subscribe } = await start(t, [stream(hello(1), 'open')]);
    const events = subscribe();
    const reading = drain(events);
    await until(() => events.lastEventId === '1');
    events.close();
    assert.deepEqual(await reading, { seen: ['hello 1'], error: undefined });
    assert.equal(events.state, 'closed');
    await unconnected(server);
  });

  test('leaving the loop closes', async (t) => {
    const { server, subscribe } = await start(t, [stream(hello(1), 'open')]);
    const events = subscribe();
    for await (const { event } of events) if (event === 'hello') break;
    assert.equal(events.state, 'closed');
    await unconnected(server);
  });

  test('the signal closes, also before the loop and during a pause', async (t) => {
    const { server, subscribe } = await start(t, [problem(503)]);
    assert.deepEqual(await drain(subscribe({ signal: AbortSignal.abort() })), {
      seen: [],
      error: undefined,
    });
    assert.equal(server.seen.length, 0);
    const controller = new AbortController();
    const events = subscribe({ reconnect: { minDelay: 60_000 }, signal: controller.signal });
    events.on('state', ({ state }) => state === 'waiting' && controller.abort());
    assert.deepEqual(await drain(events), { seen: [], error: undefined });
  });

  test('while it connects', async (t) => {
    const { server, subscribe } = await start(t, [() => {}]);
    const events = subscribe();
    const reading = drain(events);
    await until(() => server.seen.length === 1);
    events.close();
    assert.deepEqual(await reading, { seen: [], error: undefined });
    await unconnected(server);
  });
});

async function unconnected(server: Loopback): Promise<void> {
  await until(async () => (await server.connections()) === 0);
}
