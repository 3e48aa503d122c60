import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  AuthenticationError,
  BadRequestError,
  bearer,
  CloudBrain,
  type ClientOptions,
  type LiveUpdate,
  NotFoundError,
  PermissionError,
  StreamError,
  type SubscribeOptions,
} from '@cloudbrain/sdk';
import type { WebSocket as ServerSocket } from 'ws';
import { type Handler, problem, type Seen, startLoopback, until } from '../support/loopback.ts';
import { patience } from '../support/patience.ts';

const hello = (id: number) =>
  message('hello', { topics: ['stats'], serverTime: '2026-11-21T10:00:00Z' }, id);
const stats = (id: number) =>
  message('stats', { domain: 'a.example', deltas: [], changed: [] }, id);
const expired = (id: number) => message('expired', { reason: 'token_expired' }, id);

function message(event: string, data: unknown, id: number): string {
  return JSON.stringify({ event, id: String(id), data });
}

type Script = (socket: ServerSocket, seen: Seen) => void;

const say =
  (...messages: string[]): Script =>
  (socket) =>
    messages.forEach((text) => socket.send(text));

const closeWith =
  (code: number, reason: string, ...messages: string[]): Script =>
  (socket) => {
    messages.forEach((text) => socket.send(text));
    socket.close(code, reason);
  };

/** A server whose nth WebSocket follows the nth script. */
async function start(t: TestContext, scripts: Script[], options: ClientOptions = {}) {
  const server = await startLoopback(t, () => problem(404));
  let turn = 0;
  server.socket = (socket, seen) => scripts[turn++]?.(socket, seen);
  const cb = new CloudBrain({ baseUrl: server.url, logLevel: 'off', ...options });
  const subscribe = (more: SubscribeOptions = {}) => {
    const events = cb.live.subscribe({ transport: 'ws', reconnect: { minDelay: 1 }, ...more });
    t.after(() => events.close());
    return events;
  };
  return { server, cb, subscribe };
}

const name = ({ event, id }: LiveUpdate) => `${event} ${id}`;

/** Events up to the one of that name. */
async function upTo(events: AsyncIterable<LiveUpdate>, last: string): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(name(event));
    if (name(event) === last) break;
  }
  return seen;
}

async function failure(events: AsyncIterable<LiveUpdate>): Promise<unknown> {
  try {
    for await (const event of events) assert.ok(event);
  } catch (error) {
    return error;
  }
  return undefined;
}

const tokens = () => {
  let made = 0;
  return bearer(async () => `t${++made}`);
};
const offered = ({ headers }: Seen) => headers['sec-websocket-protocol']?.replaceAll(' ', '');

describe('a stream over a WebSocket', () => {
  test('offers its token as a subprotocol, and asks for what it was told to', async (t) => {
    const { server, subscribe } = await start(t, [say(hello(5))], { auth: bearer('t1') });
    await upTo(
      subscribe({ topics: ['stats', 'cleanup'], domain: 'a.example', lastEventId: '4' }),
      'hello 5',
    );
    const [seen] = server.seen;
    assert.equal(seen?.path, '/api/ws/metrics');
    assert.equal(offered(seen), 'cloudbrain.v1,bearer.t1');
    assert.deepEqual(Object.fromEntries(seen.query), {
      topics: 'stats,cleanup',
      domain: 'a.example',
      lastEventId: '4',
    });
    assert.equal(seen.headers.authorization, undefined);
  });

  for (const [code, reason] of [
    [1001, 'The service is shutting down'],
    [1011, 'failed'],
    [4408, 'The client reads too slowly'],
  ] as const) {
    test(`connects again after ${code}, and goes on after the last event`, async (t) => {
      const scripts = [closeWith(code, reason, hello(1), stats(2)), say(hello(2), stats(3))];
      const { server, subscribe } = await start(t, scripts);
      const events = subscribe();
      const causes: string[] = [];
      events.on('state', ({ state, cause }) => state === 'waiting' && causes.push(String(cause)));
      assert.deepEqual(await upTo(events, 'stats 3'), ['hello 1', 'stats 2', 'hello 2', 'stats 3']);
      assert.deepEqual(
        server.seen.map(({ query }) => query.get('lastEventId')),
        [null, '2'],
      );
      assert.ok(causes[0]?.includes(reason));
    });
  }

  test('a connection that is cut is made again', async (t) => {
    const { subscribe } = await start(t, [
      (socket) => socket.send(hello(1), () => socket.terminate()),
      say(hello(1), stats(2)),
    ]);
    assert.deepEqual(await upTo(subscribe(), 'stats 2'), ['hello 1', 'hello 1', 'stats 2']);
  });

  for (const [code, Class] of [
    [4403, PermissionError],
    [4400, BadRequestError],
  ] as const) {
    test(`${code} ends it with a ${Class.name}`, async (t) => {
      const { server, subscribe } = await start(t, [closeWith(code, 'Not you', hello(1))]);
      const error = await failure(subscribe());
      assert.ok(error instanceof Class);
      assert.match(error.message, /Not you/);
      assert.equal(server.seen.length, 1);
    });
  }

  test('after 4401 it goes on with another token', async (t) => {
    const { server, subscribe } = await start(t, [closeWith(4401, 'ended'), say(hello(1))], {
      auth: tokens(),
    });
    await upTo(subscribe({ reconnect: { minDelay: 60_000 } }), 'hello 1');
    assert.deepEqual(server.seen.map(offered), [
      'cloudbrain.v1,bearer.t1',
      'cloudbrain.v1,bearer.t2',
    ]);
  });

  test('a 4401 that no other token mends ends it', async (t) => {
    const refuse = closeWith(4401, 'ended');
    const fixed = await start(t, [refuse, refuse], { auth: bearer('t1') });
    assert.ok((await failure(fixed.subscribe())) instanceof AuthenticationError);
    assert.equal(fixed.server.seen.length, 1);
    const renewed = await start(t, [refuse, refuse, refuse], { auth: tokens() });
    assert.ok((await failure(renewed.subscribe())) instanceof AuthenticationError);
    assert.equal(renewed.server.seen.length, 2);
  });

  test('after expired it goes on with another token, at once and unnoticed', async (t) => {
    const scripts = [closeWith(4401, 'ended', hello(1), expired(2)), say(hello(2), stats(3))];
    const { server, subscribe } = await start(t, scripts, { auth: tokens() });
    const events = subscribe({ reconnect: { minDelay: 60_000 } });
    assert.deepEqual(await upTo(events, 'stats 3'), ['hello 1', 'hello 2', 'stats 3']);
    assert.deepEqual(server.seen.map(offered), [
      'cloudbrain.v1,bearer.t1',
      'cloudbrain.v1,bearer.t2',
    ]);
    assert.equal(server.seen[1]?.query.get('lastEventId'), '2');
  });

  test('asks for a sign of life, tells its answer to nobody, and misses it after 45 s', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const pings: string[] = [];
    let answers = true;
    const { server, subscribe } = await start(t, [
      (socket) => {
        socket.send(hello(0));
        socket.on('message', (data) => {
          pings.push((data as Buffer).toString());
          if (answers) socket.send(hello(pings.length));
        });
      },
      say(hello(9)),
    ]);
    const events = subscribe();
    const causes: string[] = [];
    events.on('state', ({ state, cause }) => {
      if (state !== 'waiting') return;
      causes.push(String(cause));
      events.retry();
    });
    const reading = upTo(events, 'hello 9');
    for (let id = 0; id <= 5; id++) {
      await until(() => events.lastEventId === String(id));
      t.mock.timers.tick(15_000);
    }
    await until(() => events.lastEventId === '6');
    answers = false;
    for (let tick = 0; tick < 3; tick++) {
      assert.deepEqual(causes, []);
      t.mock.timers.tick(15_000);
    }
    assert.deepEqual(await reading, ['hello 0', 'hello 9']);
    assert.deepEqual(causes, ['StreamError: No data received for 45000 ms']);
    assert.equal(pings[0], '{"type":"ping"}');
    assert.equal(server.seen[1]?.query.get('lastEventId'), '6');
  });

  test('cuts itself off behind a reader that is too slow, and loses nothing', async (t) => {
    const many = Array.from({ length: 10_050 }, (_, index) => stats(index + 1));
    let flood = () => {};
    const scripts: Script[] = [
      (socket) => {
        socket.send(many[0]!);
        flood = () => many.slice(1).forEach((text) => socket.send(text));
      },
      (socket, { query }) => {
        const from = Number(query.get('lastEventId'));
        many.slice(from).forEach((text) => socket.send(text));
      },
    ];
    const { server, subscribe } = await start(t, scripts);
    const events = subscribe();
    let last = 0;
    for await (const { id } of events) {
      assert.equal(Number(id), ++last);
      if (last === many.length) break;
      if (last > 1) continue;
      flood();
      // Who reads the first is busy until it has become too much.
      await until(() => server.sockets.size === 0);
    }
    assert.equal(server.seen.length, 2);
  });

  test('what is not JSON ends it', async (t) => {
    const { subscribe } = await start(t, [say('nonsense')]);
    const error = await failure(subscribe());
    assert.ok(error instanceof StreamError);
    assert.ok(error.cause instanceof SyntaxError);
  });
});

describe('a WebSocket that is not accepted', () => {
  const sse: Handler = ({ path }) =>
    path === '/api/live'
      ? (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(`id: 1\nevent: hello\ndata: {}\n\n`);
        }
      : problem(404);

  test('gives way to server-sent events', async (t) => {
    const { server, subscribe } = await start(t, []);
    server.socket = undefined;
    server.handle = sse;
    await upTo(subscribe({ transport: 'auto', reconnect: false }), 'hello 1');
    assert.deepEqual(
      server.seen.map(({ path }) => path),
      ['/api/ws/metrics', '/api/live'],
    );
  });

  test('also where the token is none that a subprotocol can be', async (t) => {
    const { server, subscribe } = await start(t, [], { auth: bearer('a/b=') });
    server.handle = sse;
    await upTo(subscribe({ transport: 'auto' }), 'hello 1');
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer a/b=');
  });

  test('and nothing quotes that token', async (t) => {
    const token = 'SECRET/TOKEN==';
    const lines: string[] = [];
    const line = (text: string) => lines.push(text);
    const logger = { error: line, warn: line, info: line, debug: line };
    const Chromiums = function (_url: string, protocols: string[]) {
      throw new SyntaxError(`The subprotocol '${protocols[1]}' is invalid.`);
    };
    const options = { auth: bearer(token), logger, logLevel: 'debug' as const };
    const { server, subscribe } = await start(t, [], {
      ...options,
      WebSocket: Chromiums as unknown as typeof WebSocket,
    });
    server.handle = sse;
    const error = await failure(subscribe({ transport: 'ws', reconnect: false }));
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join() + String(error) + String((error as Error).cause), /SECRET/);
  });

  test('over WebSockets alone, the other way finds out why', async (t) => {
    const { server, subscribe } = await start(t, [], { auth: bearer('t1') });
    server.socket = undefined;
    server.handle = () => problem(404, 'There is no such domain.');
    const error = await failure(subscribe({ domain: 'a.example' }));
    assert.ok(error instanceof NotFoundError);
    assert.deepEqual(
      server.seen.map(({ path, query }) => `${path}?${query}`),
      ['/api/ws/metrics?domain=a.example', '/api/live?domain=a.example'],
    );
  });

  test('over WebSockets alone, it is tried again where nothing speaks against it', async (t) => {
    const { server, subscribe } = await start(t, [say(hello(2))]);
    const take = server.socket;
    server.socket = undefined;
    server.handle = (seen) => {
      server.socket = take;
      return sse(seen);
    };
    assert.deepEqual(await upTo(subscribe(), 'hello 2'), ['hello 2']);
    assert.equal(server.to('/api/ws/metrics').length, 2);
    await until(async () => (await server.connections()) === 0);
  });

  for (const transport of ['auto', 'ws'] as const) {
    test(`for want of a token ends with the 401 (${transport})`, async (t) => {
      const { server, subscribe } = await start(t, []);
      server.socket = undefined;
      server.handle = () => problem(401);
      assert.ok((await failure(subscribe({ transport }))) instanceof AuthenticationError);
      assert.equal(server.seen.length, 2);
    });
  }
});

describe('closing', () => {
  test('within the loop ends it, also where more has arrived', async (t) => {
    const { server, subscribe } = await start(t, [say(hello(1), stats(2), stats(3))]);
    const events = subscribe();
    const seen: string[] = [];
    for await (const event of events) {
      seen.push(name(event));
      events.close();
    }
    assert.deepEqual(seen, ['hello 1']);
    await until(() => server.sockets.size === 0);
  });

  test('closes the WebSocket, also while it connects', async (t) => {
    const { server, subscribe } = await start(t, [say(hello(1))]);
    const events = subscribe();
    const reading = failure(events);
    await until(() => events.lastEventId === '1');
    events.close();
    assert.equal(await reading, undefined);
    await until(() => server.sockets.size === 0);

    const early = subscribe();
    const nothing = failure(early);
    early.close();
    assert.equal(await nothing, undefined);
    await until(() => server.sockets.size === 0);
  });

  for (const transport of ['ws', 'sse'] as const) {
    test(`leaves nothing that keeps a process alive (${transport})`, async (t) => {
      const { server } = await start(t, [say(hello(1))]);
      server.handle = (seen) =>
        seen.path === '/api/live'
          ? (response) => {
              response.writeHead(200, { 'content-type': 'text/event-stream' });
              response.write('id: 1\nevent: hello\ndata: {}\n\n');
            }
          : problem(404);
      const script = `
        import { CloudBrain } from '@cloudbrain/sdk';
        const cb = new CloudBrain({ baseUrl: '${server.url}' });
        const events = cb.live.subscribe({ transport: '${transport}' });
        for await (const { event } of events) if (event === 'hello') events.close();
        console.log('over', events.state);
      `;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--conditions=@cloudbrain/source', '--input-type=module', '--eval', script],
        { cwd: import.meta.dirname, timeout: patience(10_000) },
      );
      assert.equal(stdout.trim(), 'over closed');
    });
  }
});
