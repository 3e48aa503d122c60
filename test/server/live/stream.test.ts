import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { HubLimits } from '../../../server/live/hub.ts';
import { openStore, type Store } from '../../../server/store/database/database.ts';
import { eventually } from '../../support/eventually.ts';
import { EventReader, type LiveEvent } from './event-reader.ts';
import { callerOf, cleanup, commit, execution, executions, LiveServer, stats } from './harness.ts';

let store: Store;
before(async () => {
  store = await openStore({ databaseUrl: process.env.TEST_DATABASE_URL });
});
after(() => store.close());

interface Options {
  limits?: Partial<HubLimits>;
  workspaceId?: string;
}

async function start(t: TestContext, options: Options = {}): Promise<LiveServer> {
  const server = await new LiveServer(store, options).listen();
  t.after(async () => {
    await server.close();
    assert.deepEqual(server.errors, []);
  });
  return server;
}

async function open(
  t: TestContext,
  { port }: LiveServer,
  options: Partial<Parameters<typeof EventReader.open>[0]> = {},
): Promise<EventReader> {
  const reader = await EventReader.open({ port, ...options });
  t.after(() => reader.close());
  return reader;
}

const ids = (events: readonly LiveEvent[]): number[] => events.map(({ id }) => Number(id));

describe('GET /api/live', () => {
  test('greets, then tells events in their order', async (t) => {
    const server = await start(t);
    const [before] = await server.append([stats()]);
    const reader = await open(t, server);
    const { headers } = reader.response;
    assert.equal(headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-accel-buffering'), 'no');

    const hello = await reader.next();
    assert.equal(hello.event, 'hello');
    assert.equal(hello.id, String(before));
    assert.deepEqual(hello.data.topics, [
      'executions',
      'stats',
      'conversations',
      'cleanup',
      'sessions',
      'errors',
      'executive',
    ]);

    const run = execution();
    const sent = [
      ...(await server.append([run, stats('b.example.com')])),
      ...(await server.append([cleanup()])),
    ];
    const events = await reader.take(3);
    assert.deepEqual(ids(events), sent);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['execution', 'stats', 'cleanup'],
    );
    assert.deepEqual(events[0]?.data, run.payload);
  });

  test('tells thousands of events, each once, with a few queries for all readers', async (t) => {
    const server = await start(t);
    const readers = await Promise.all(Array.from({ length: 10 }, () => open(t, server)));
    await Promise.all(readers.map((reader) => reader.next()));
    server.outbox.reads = 0;
    const sent: number[] = [];
    for (let n = 0; n < 30; n += 1) sent.push(...(await server.append(executions(100))));
    for (const reader of readers) assert.deepEqual(ids(await reader.take(3000)), sent);
    assert.ok(server.outbox.reads <= 62, `${server.outbox.reads} queries`);
  });

  test('tells only the topics asked for', async (t) => {
    const server = await start(t);
    const reader = await open(t, server, { query: '?topics=stats,cleanup' });
    const hello = await reader.next();
    assert.ok(hello.event === 'hello');
    assert.deepEqual(hello.data.topics, ['stats', 'cleanup']);
    const [, second, third] = await server.append([execution(), stats(), cleanup()]);
    assert.deepEqual(ids(await reader.take(2)), [second, third]);
  });

  test('tells nothing of other domains or workspaces', async (t) => {
    const server = await start(t);
    const limits = { domains: ['a.example.com', 'b.example.com'] };
    server.callers.set('limited', callerOf(server.workspaceId, { ...limits, role: 'viewer' }));
    server.callers.set('other', callerOf(randomUUID()));
    const limited = await open(t, server, { token: 'limited' });
    const narrowed = await open(t, server, { token: 'limited', query: '?domain=b.example.com' });
    const other = await open(t, server, { token: 'other' });
    for (const reader of [limited, narrowed, other]) await reader.next();

    const [a, b] = await server.append([
      stats('a.example.com'),
      stats('b.example.com'),
      stats('c.example.com'),
      cleanup(),
      execution('c.example.com'),
    ]);
    const [last] = await server.append([stats('b.example.com')]);
    assert.deepEqual(ids(await limited.take(3)), [a, b, last]);
    assert.deepEqual(ids(await narrowed.take(2)), [b, last]);
    server.hub.close();
    assert.deepEqual(await other.rest(), []);
  });

  test('refuses domains and topics that are not for the token', async (t) => {
    const server = await start(t);
    server.callers.set('limited', callerOf(server.workspaceId, { domains: ['a.example.com'] }));
    server.callers.set('viewer', callerOf(server.workspaceId, { role: 'viewer' }));
    const foreign = await open(t, server, { token: 'limited', query: '?domain=b.example.com' });
    assert.equal(foreign.response.status, 404);
    const topic = await open(t, server, { token: 'viewer', query: '?topics=cleanup' });
    assert.equal(topic.response.status, 403);
    await topic.rest();
    assert.deepEqual((JSON.parse(topic.text) as { requiredRoles: string[] }).requiredRoles, [
      'admin',
      'sysops',
    ]);
    const unknown = await open(t, server, { query: '?topics=weather' });
    assert.equal(unknown.response.status, 400);
    assert.equal(server.hub.stats().streams, 0);
  });

  test('refuses more streams than one caller, or the service, may have', async (t) => {
    const server = await start(t, { limits: { streamsPerCaller: 2, streams: 3 } });
    for (const name of ['two', 'three']) server.callers.set(name, callerOf(server.workspaceId));
    await open(t, server);
    const second = await open(t, server);
    const third = await open(t, server);
    assert.equal(third.response.status, 429);
    assert.ok(Number(third.response.headers.get('retry-after')) > 0);
    assert.equal((await open(t, server, { token: 'two' })).response.status, 200);
    assert.equal((await open(t, server, { token: 'three' })).response.status, 429);
    second.close();
    await eventually('there are two streams', () => server.hub.stats().streams === 2);
    assert.equal((await open(t, server)).response.status, 200);
  });
});

describe('a stream that resumes', () => {
  test('misses nothing and repeats nothing while others write', async (t) => {
    // So little is kept in memory that many resume from the outbox.
    const server = await start(t, { limits: { recent: { events: 20, bytes: 1e6 } } });
    const first = await open(t, server);
    await first.next();
    const writing = (async () => {
      const sent: number[] = [];
      for (let n = 0; n < 60; n += 1) {
        sent.push(...(await server.append(executions(1 + (n % 20)))));
      }
      return sent;
    })();

    const follow = async (reader: EventReader, every: number): Promise<number[]> => {
      const seen: number[] = [];
      let current = reader;
      for (;;) {
        let last = '';
        for (let n = 0; n < every; n += 1) {
          const event = await current.next();
          last = event.id;
          if (event.event === 'stats') return seen;
          assert.notEqual(event.event, 'reset');
          if (event.event === 'execution') seen.push(Number(event.id));
        }
        current.close();
        current = await open(t, server, { lastEventId: last });
      }
    };
    const begun = first.lastEventId ?? '';
    const others = [11, 60, 250].map(async (every) =>
      follow(await open(t, server, { lastEventId: begun }), every),
    );
    const sent = await writing;
    await server.append([stats()]);
    for (const seen of await Promise.all(others)) assert.deepEqual(seen, sent);
    first.close();
  });

  test('is served from memory close behind, also right after a restart', async (t) => {
    const server = await start(t);
    const sent = await server.append(executions(50));
    await server.close();
    const { workspaceId } = server;
    const again = await start(t, { workspaceId });
    const readers = await Promise.all(
      sent.slice(0, 40).map((id) => open(t, again, { lastEventId: String(id) })),
    );
    for (const [n, reader] of readers.entries()) {
      assert.equal((await reader.next()).id, String(sent[n]));
      assert.deepEqual(ids(await reader.take(49 - n)), sent.slice(n + 1));
    }
    assert.equal(again.outbox.reads, 1);
  });

  test('goes on after the greeting of a workspace that had no events yet', async (t) => {
    const server = await start(t);
    const first = await open(t, server);
    const { id } = await first.next();
    first.close();
    const sent = await server.append(executions(3));
    const reader = await open(t, server, { lastEventId: id });
    assert.equal((await reader.next()).event, 'hello');
    assert.deepEqual(ids(await reader.take(3)), sent);
  });

  test('begins anew where the server never gave that id', async (t) => {
    const server = await start(t);
    let [latest = 0] = await server.append([stats()]);
    for (const lastEventId of [String(latest + 1000), 'nonsense', '-1', '9'.repeat(40)]) {
      const reader = await open(t, server, { lastEventId });
      assert.equal((await reader.next()).event, 'hello');
      const reset = await reader.next();
      assert.deepEqual(reset, {
        event: 'reset',
        id: String(latest),
        data: { reason: 'unknown_id' },
      });
      [latest = 0] = await server.append([stats()]);
      assert.deepEqual(ids([await reader.next()]), [latest]);
      reader.close();
    }
  });

  test('begins anew where what came since is gone', async (t) => {
    const workspaceId = randomUUID();
    const old = await commit(store, workspaceId, executions(5));
    const kept = old.at(-1) ?? 0;
    // As old events are removed: the newest of them stays.
    await store.inWorkspace(workspaceId, async (ws) => {
      await ws.tx.deleteFrom('live_events').where(ws.of()).where('id', '<', kept).execute();
      const at = new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString();
      await ws.tx.updateTable('live_events').set({ at }).where(ws.of()).execute();
    });
    const young = await commit(store, workspaceId, executions(5));
    const server = await start(t, { workspaceId });

    const gone = await open(t, server, { lastEventId: String(old[3]) });
    assert.equal((await gone.next()).event, 'hello');
    const reset = await gone.next();
    assert.deepEqual(reset, {
      event: 'reset',
      id: String(young.at(-1)),
      data: { reason: 'too_old' },
    });
    const whole = await open(t, server, { lastEventId: String(kept) });
    assert.equal((await whole.next()).event, 'hello');
    assert.deepEqual(ids(await whole.take(5)), young);
  });
});

describe('a stream ends', () => {
  test('when its token does, and says so', async (t) => {
    const server = await start(t);
    const expiresAt = new Date(Date.now() + 900_000);
    server.callers.set('short', callerOf(server.workspaceId, { expiresAt }));
    const reader = await open(t, server, { token: 'short' });
    const [last] = await server.append([stats()]);
    await reader.take(2);
    server.ahead = 899_000;
    server.hub.round();
    assert.equal(server.hub.stats().streams, 1);
    server.ahead = 901_000;
    server.hub.round();
    assert.deepEqual(await reader.rest(), [
      { event: 'expired', id: String(last), data: { reason: 'token_expired' } },
    ]);
    assert.equal(server.hub.stats().streams, 0);
  });

  test('within a minute of its session', async (t) => {
    const server = await start(t);
    const caller = callerOf(server.workspaceId, { expiresAt: new Date(Date.now() + 900_000) });
    server.callers.set('session', caller);
    const reader = await open(t, server, { token: 'session' });
    await reader.next();
    server.ended.add(caller.source.id);
    server.ahead = 60_000;
    server.hub.round();
    const [expired] = await reader.rest();
    assert.deepEqual(expired?.data, { reason: 'session_ended' });
  });

  test('when the reader leaves, and leaves nothing behind', async (t) => {
    const server = await start(t);
    const readers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        if (n % 2 === 0) return open(t, server);
        server.callers.set(`caller ${n}`, callerOf(randomUUID()));
        return open(t, server, { token: `caller ${n}` });
      }),
    );
    const { streams, workspaces, callers } = server.hub.stats();
    assert.deepEqual([streams, workspaces, callers], [30, 16, 16]);
    for (const reader of readers) reader.close();
    await eventually('no stream is left', () => server.hub.stats().streams === 0);
    assert.deepEqual(server.hub.stats(), { streams: 0, workspaces: 0, callers: 0, queued: 0 });
  });

  test('when the reader takes too little', async (t) => {
    const server = await start(t);
    const socket = connect(server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.pause();
    const request = 'GET /api/live HTTP/1.1\r\nhost: a\r\nauthorization: Bearer admin\r\n\r\n';
    socket.write(request);
    await eventually('there is one stream', () => server.hub.stats().streams === 1);
    const fast = await open(t, server);
    await fast.next();
    const heavy = 'x'.repeat(8000);
    for (let n = 0; server.hub.stats().streams === 2; n += 1) {
      assert.ok(n < 100, 'It is still there.');
      await server.append(executions(100, heavy));
      await fast.take(100);
    }
    // What it had not taken is gone, and it is told why; the others go on.
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.resume();
    await eventually('it is told', () => text.includes('\n: too slow\n'));
    await server.append([stats()]);
    assert.equal((await fast.next()).event, 'stats');
  });

  test('when the reader takes nothing for long', async (t) => {
    const server = await start(t);
    const socket = connect(server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.pause();
    socket.write('GET /api/live HTTP/1.1\r\nhost: a\r\nauthorization: Bearer admin\r\n\r\n');
    await eventually('there is one stream', () => server.hub.stats().streams === 1);
    // Enough to fill what the system holds for it, one at a time.
    const heavy = 'x'.repeat(200_000);
    await eventually('something waits', async () => {
      await server.append([execution(undefined, { note: heavy })]);
      return server.hub.stats().queued >= 2;
    });
    server.ahead = 44_000;
    server.hub.round();
    assert.equal(server.hub.stats().streams, 1);
    server.ahead = 46_000;
    server.hub.round();
    assert.equal(server.hub.stats().streams, 0);
    socket.destroy();
  });

  test('when the service goes down, with a hint when to come again', async (t) => {
    const server = await start(t);
    const reader = await open(t, server);
    await reader.next();
    const closed = server.close();
    assert.deepEqual(await reader.rest(), []);
    await closed;
    assert.match(reader.text, /\nretry: \d{4}\n/);
    await assert.rejects(EventReader.open({ port: server.port }));
  });
});

test('silence is broken by a heartbeat that moves the place to resume from', async (t) => {
  const server = await start(t);
  const reader = await open(t, server, { query: '?topics=cleanup' });
  await reader.next();
  const [last] = await server.append([stats()]);
  const witness = await open(t, server, { lastEventId: String(last) });
  assert.equal((await witness.next()).id, String(last));
  server.ahead = 15_000;
  server.hub.round();
  await reader.read();
  assert.match(reader.text, /\n: [^\n]+\nid: \d+\n\n$/);
  assert.equal(reader.lastEventId, String(last));
});

test('what the bus lost is found by looking', async (t) => {
  const server = await start(t);
  const reader = await open(t, server);
  await reader.next();
  const sent = await commit(store, server.workspaceId, [stats()]);
  server.ahead = 10_000;
  server.hub.round();
  assert.deepEqual(ids([await reader.next()]), sent);
});

test('of an execution that waits for a reader only its last state is sent', async (t) => {
  const server = await start(t);
  const subscription = await server.hub.subscribe({
    workspaceId: server.workspaceId,
    caller: 'test',
    topics: ['executions'],
    domains: null,
    content: true,
    after: null,
    expiresAt: null,
    stillValid: async () => true,
  });
  const id = randomUUID();
  const notes = ['one', 'two', 'three'];
  const sent = await server.append([
    ...notes.map((note) => execution(undefined, { id, note })),
    execution(),
  ]);
  await eventually('it has been told', () => subscription.position === sent.at(-1));
  const delivery = await subscription.take();
  assert.ok(delivery.type === 'messages');
  const told = delivery.messages.map((message) => message.id);
  assert.deepEqual(told.slice(1), sent.slice(2));
  subscription.end('left');
});
