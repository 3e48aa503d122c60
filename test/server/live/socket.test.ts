import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { HubLimits } from '../../../server/live/hub.ts';
import { openStore, type Store } from '../../../server/store/database/database.ts';
import { eventually } from '../../support/eventually.ts';
import { callerOf, cleanup, execution, executions, LiveServer, PORTAL, stats } from './harness.ts';
import { handshake, SocketClient } from './socket-client.ts';

let store: Store;
before(async () => {
  store = await openStore({ databaseUrl: process.env.TEST_DATABASE_URL });
});
after(() => store.close());

async function start(t: TestContext, limits: Partial<HubLimits> = {}): Promise<LiveServer> {
  const server = await new LiveServer(store, { limits }).listen();
  t.after(async () => {
    await server.close();
    assert.deepEqual(server.errors, []);
  });
  return server;
}

const ids = (events: readonly { id: string }[]): number[] => events.map(({ id }) => Number(id));
const bearer = { authorization: 'Bearer admin' };

describe('the WebSocket', () => {
  test('greets, then tells events in their order', async (t) => {
    const server = await start(t);
    const client = await SocketClient.open(server.port);
    assert.equal(client.socket.protocol, 'cloudbrain.v1');
    const hello = await client.next();
    assert.equal(hello.event, 'hello');
    const run = execution();
    const sent = await server.append([run, stats(), cleanup()]);
    const events = await client.take(3);
    assert.deepEqual(ids(events), sent);
    assert.deepEqual(events[0]?.data, run.payload);
  });

  test('takes a token in a header too, and needs no subprotocol then', async (t) => {
    const server = await start(t);
    const { response, socket } = await handshake(server.port, bearer);
    assert.equal(response.statusCode, 101);
    assert.equal(response.headers['sec-websocket-protocol'], undefined);
    socket.destroy();
    await eventually('no stream is left', () => server.hub.stats().streams === 0);
  });

  test('resumes without a gap or a repetition', async (t) => {
    const server = await start(t, { recent: { events: 5, bytes: 1e6 } });
    const first = await SocketClient.open(server.port);
    await first.next();
    const sent = await server.append(executions(600));
    const seen = ids(await first.take(100));
    first.socket.close();
    const [last] = await server.append([stats()]);
    const second = await SocketClient.open(server.port, `?lastEventId=${seen.at(-1)}`);
    assert.equal((await second.next()).id, String(seen.at(-1)));
    assert.deepEqual(ids(await second.take(501)), [...sent.slice(100), last]);
  });

  test('changes its topics, and answers each command with a hello', async (t) => {
    const server = await start(t);
    const client = await SocketClient.open(server.port, '?topics=executions');
    await client.next();
    client.send({ type: 'subscribe', topics: ['stats'] });
    const changed = await client.next();
    assert.ok(changed.event === 'hello');
    assert.deepEqual(changed.data.topics, ['stats']);
    const [, second] = await server.append([execution(), stats(), execution()]);
    assert.deepEqual(ids([await client.next()]), [second]);

    const [last] = await server.append([cleanup()]);
    const witness = await SocketClient.open(server.port, `?lastEventId=${last}`);
    await witness.next();
    client.send({ type: 'ping' });
    const pong = await client.next();
    // What was not for it is behind it all the same.
    assert.deepEqual([pong.event, pong.id], ['hello', String(last)]);
  });

  test('closes on what is no command, and on topics that are not for the token', async (t) => {
    const server = await start(t);
    server.callers.set('viewer', callerOf(server.workspaceId, { role: 'viewer' }));
    const codes: [unknown, number][] = [
      ['no JSON', 4400],
      [{ type: 'shout' }, 4400],
      [{ type: 'subscribe', topics: [] }, 4400],
      [{ type: 'subscribe', topics: ['weather'] }, 4400],
      [{ type: 'ping', extra: 1 }, 4400],
      [{ type: 'subscribe', topics: ['cleanup'] }, 4403],
      ['x'.repeat(5000), 1009],
    ];
    for (const [command, code] of codes) {
      const client = await SocketClient.open(server.port, '', 'viewer');
      client.send(command);
      assert.equal((await client.end()).code, code, JSON.stringify(command));
    }
    const flood = await SocketClient.open(server.port);
    for (let n = 0; n < 200; n += 1) flood.send({ type: 'ping' });
    assert.equal((await flood.end()).code, 4400);
    await eventually('no stream is left', () => server.hub.stats().streams === 0);
  });

  test('closes when its token ends, and says so first', async (t) => {
    const server = await start(t);
    const expiresAt = new Date(Date.now() + 900_000);
    server.callers.set('short', callerOf(server.workspaceId, { expiresAt }));
    const client = await SocketClient.open(server.port, '', 'short');
    await client.next();
    server.ahead = 901_000;
    server.hub.round();
    const expired = await client.next();
    assert.deepEqual(expired.data, { reason: 'token_expired' });
    assert.equal((await client.end()).code, 4401);
    assert.equal(server.hub.stats().streams, 0);
  });

  test('closes with 1001 when the service goes down', async (t) => {
    const server = await start(t);
    const client = await SocketClient.open(server.port);
    await client.next();
    await server.close();
    assert.equal((await client.end()).code, 1001);
  });

  test('closes on a reader that takes too little, and frees what waited for it', async (t) => {
    const server = await start(t);
    const { socket } = await handshake(server.port, bearer);
    t.after(() => socket.destroy());
    socket.pause();
    const heavy = 'x'.repeat(8000);
    for (let n = 0; server.hub.stats().streams === 1; n += 1) {
      assert.ok(n < 200, 'It is still there.');
      await server.append(executions(100, heavy));
    }
    assert.equal(server.hub.stats().queued, 0);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
    // The closing frame: its length, whatever it is, then the code.
    const code = Buffer.from([4408 >> 8, 4408 & 255]);
    await eventually('the closing frame with 4408', () => {
      const bytes = Buffer.concat(chunks);
      return bytes[bytes.lastIndexOf(code) - 2] === 0x88;
    });
    socket.destroy();
  });

  test('cuts off a peer that answers no ping', async (t) => {
    const server = await start(t);
    const { socket } = await handshake(server.port, bearer);
    let closed = false;
    socket.on('close', () => (closed = true));
    socket.on('error', () => {}).resume();
    const alive = await SocketClient.open(server.port);
    await alive.next();
    await eventually('nothing waits', () => server.hub.stats().queued === 0);
    server.ahead = 15_000;
    server.hub.round();
    assert.equal(closed, false);
    // The other's pong has come by the time that its own answer has.
    alive.send({ type: 'ping' });
    await alive.next();
    server.ahead = 30_000;
    server.hub.round();
    await eventually('the dead peer is cut off', () => closed);
    await eventually('there is one stream', () => server.hub.stats().streams === 1);
    assert.equal(alive.closed, null);
  });
});

describe('a WebSocket is refused', () => {
  const refused: [what: string, headers: Record<string, string>, query: string, status: number][] =
    [
      ['without a token', {}, '', 401],
      ['with a wrong token', { 'sec-websocket-protocol': 'cloudbrain.v1, bearer.no' }, '', 401],
      ['from a foreign origin', { ...bearer, origin: 'https://evil.example' }, '', 403],
      ['for an unknown topic', bearer, '?topics=weather', 400],
      ['for a foreign domain', { authorization: 'Bearer limited' }, '?domain=b.example.com', 404],
      ['beyond the limit', { authorization: 'Bearer busy' }, '', 429],
    ];
  for (const [what, headers, query, status] of refused) {
    test(`${what}: ${status}`, async (t) => {
      const server = await start(t, { streamsPerCaller: 1 });
      const domains = ['a.example.com'];
      server.callers.set('limited', callerOf(server.workspaceId, { domains }));
      server.callers.set('busy', callerOf(server.workspaceId));
      await SocketClient.open(server.port, '', 'busy');
      const path = `/api/ws/metrics${query}`;
      const { response, body } = await handshake(server.port, headers, path);
      assert.equal(response.statusCode, status);
      assert.equal(response.headers['content-type'], 'application/problem+json');
      assert.equal((JSON.parse(body) as { status: number }).status, status);
      assert.equal(server.hub.stats().streams, 1);
    });
  }

  test('as an ordinary request: 426', async (t) => {
    const { port } = await start(t);
    const response = await fetch(`http://127.0.0.1:${port}/api/ws/metrics`, { headers: bearer });
    assert.equal(response.status, 426);
    assert.equal(((await response.json()) as { status: number }).status, 426);
  });

  test('with a faulty handshake, and nothing is left behind', async (t) => {
    const server = await start(t);
    const headers = { ...bearer, 'sec-websocket-key': 'short' };
    const { response, body } = await handshake(server.port, headers);
    assert.equal(response.statusCode, 400);
    assert.equal((JSON.parse(body) as { status: number }).status, 400);
    await eventually('no stream is left', () => server.hub.stats().streams === 0);
  });

  test('where something else was offered: the answer is an ordinary one', async (t) => {
    const { port } = await start(t);
    // Some clients offer HTTP/2 with every request.
    const headers = { ...bearer, upgrade: 'h2c', connection: 'upgrade, http2-settings' };
    const { response } = await handshake(port, headers);
    assert.equal(response.statusCode, 426);
    assert.equal(response.headers.upgrade, 'websocket');
  });

  test('but not from a registered origin', async (t) => {
    const { port } = await start(t);
    const { response, socket } = await handshake(port, { ...bearer, origin: PORTAL });
    assert.equal(response.statusCode, 101);
    socket.destroy();
  });
});
