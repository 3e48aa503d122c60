/** Connections are bounded, and the oldest idle one makes room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Schemas } from '../../server/contract/index.ts';
import { eventually } from '../support/eventually.ts';
import { Listener } from '../support/listener.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { TestServer } from '../support/server.ts';

const GET = 'GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n';

/** Ways to be idle: nothing sent, headers that don't end, and kept alive after an answer. */
const ways: Record<string, (socket: RawSocket) => Promise<unknown>> = {
  silent: async () => {},
  'half a head': async (socket) => socket.send(GET),
  'kept alive': (socket) => {
    socket.send(`${GET}\r\n`);
    return eventually('its answer', () => socket.received.includes('"live"'));
  },
};

async function idle(server: TestServer, way: string, from?: string): Promise<RawSocket> {
  const socket = await RawSocket.open(server.url, from);
  await ways[way]?.(socket);
  return socket;
}

/** A client that comes new is served. */
async function serves(server: TestServer, from?: string): Promise<void> {
  const socket = await RawSocket.open(server.url, from);
  socket.send(`${GET}Connection: close\r\n\r\n`);
  await eventually('a new client is served', () => socket.ended);
  assert.match(socket.received, /^HTTP\/1\.1 200/);
}

test('with more connections than there may be, the oldest idle one closes and all are served', async (t) => {
  const server = await TestServer.start({
    env: { MAX_CONNECTIONS: '12', MAX_CONNECTIONS_PER_ADDRESS: '9' },
  });
  t.after(() => server.close());
  const { accessToken } = await server.login();
  const { url } = server;
  const stream = await Listener.stream(`${url}/api/live`, { token: accessToken });
  const socket = await Listener.socket(`${url}/api/ws/metrics`, { token: accessToken });
  t.after(() => [stream, socket].forEach((listener) => listener.close()));

  // Of one address: the two above and the client that logged in are of it as well.
  const order = ['silent', 'half a head', 'kept alive', 'silent', 'kept alive', 'half a head'];
  const sockets: RawSocket[] = [];
  t.after(() => sockets.forEach((each) => each.close()));
  for (const way of [...order, ...order, ...order]) sockets.push(await idle(server, way));
  await eventually('the oldest are closed', () => sockets.slice(0, 11).every((each) => each.ended));
  assert.ok(
    sockets.slice(-6).every((each) => !each.ended),
    'the youngest stay',
  );
  await serves(server);
  assert.ok(
    sockets.slice(-5).every((each) => !each.ended),
    'one made room for it',
  );

  // Of all together, each of which may have more.
  const others: RawSocket[] = [];
  t.after(() => others.forEach((each) => each.close()));
  for (const host of [2, 3, 4]) {
    for (const way of order) others.push(await idle(server, way, `127.0.0.${host}`));
  }
  await eventually('those of the first address are closed', () =>
    sockets.every((each) => each.ended),
  );
  await eventually('and the oldest of the others', () =>
    others.slice(0, 8).every((each) => each.ended),
  );
  await serves(server, '127.0.0.5');
  assert.ok(others.slice(-6).every((each) => !each.ended));

  // What is at work has not been touched.
  assert.equal((await server.call('/api/auth/me', { token: accessToken })).status, 200);
  const closed = (listener: Listener) => listener.until(() => false);
  const untouched = Symbol('untouched');
  for (const listener of [stream, socket]) {
    assert.equal(await Promise.race([closed(listener), Promise.resolve(untouched)]), untouched);
  }

  // A body that doesn't end waits for its client as well.
  const bodies: RawSocket[] = [];
  t.after(() => bodies.forEach((each) => each.close()));
  for (let n = 0; n < 14; n++) {
    const body = await RawSocket.open(url, '127.0.0.6');
    bodies.push(body);
    body.send(
      'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
        'Content-Length: 100\r\n\r\n{',
    );
  }
  await serves(server, '127.0.0.6');
  await eventually('the first bodies are cut', () =>
    bodies.slice(0, 5).every((each) => each.ended),
  );
});

test('a connection and a stream that are old are closed in order', async (t) => {
  const server = await TestServer.start({
    env: { CONNECTION_MAX_AGE_MINUTES: '0.01', STREAM_MAX_AGE_HOURS: '0.01' },
    live: { streamsPerNetwork: 2 },
  });
  t.after(() => server.close());
  const key = await server.apiKey('viewer');
  const stream = await Listener.stream(`${server.url}/api/live`, { token: key });
  const other = await server.apiKey('viewer');
  const socket = await Listener.socket(`${server.url}/api/ws/metrics`, { token: other });
  t.after(() => [stream, socket].forEach((listener) => listener.close()));
  const third = await server.call('/api/live', { token: await server.apiKey('viewer') });
  assert.equal(third.status, 429, 'an address has its streams, whatever its tokens');

  const busy = await RawSocket.open(server.url);
  const quiet = await RawSocket.open(server.url);
  t.after(() => [busy, quiet].forEach((each) => each.close()));
  // It asks again at once, so that it never waits for its client, until the answer says that it closes.
  let asked = 0;
  const answers = () => busy.received.split('"live"').length - 1;
  while (!/connection: close/i.test(busy.received)) {
    if (answers() === asked) {
      asked += 1;
      busy.send(`${GET}\r\n`);
    }
    assert.ok(!busy.ended, 'closed without a word');
    await setImmediate();
  }
  await eventually('it is closed', () => busy.ended);
  assert.equal(answers(), asked, 'no answer is lost');
  await eventually('one that says nothing is closed', () => quiet.ended);

  server.advance(60_000);
  await assert.rejects(
    stream.until(() => false),
    /The stream has ended/,
  );
  await assert.rejects(
    socket.until(() => false),
    /It closed with 1001/,
  );
  const hello = (events: readonly Schemas['LiveEvent'][]) => events.length > 0;
  const again = await Listener.stream(`${server.url}/api/live`, { token: key });
  await again.until(hello);
  again.close();
});
