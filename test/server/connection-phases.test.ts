/** A connection that waits for its client makes room, in whatever phase of a request it waits. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { listen } from '../../server/http/listen.ts';
import { eventually } from '../support/eventually.ts';
import { RawSocket } from '../support/raw-socket.ts';

const HOST = 'Host: localhost\r\n';
const BIG = Buffer.alloc(30_000_000);

/** Refuses what has a body without reading it, and sends more than fits on its way. */
const app = {
  fetch: (request: Request) => {
    if (request.method === 'POST') return new Response('refused', { status: 401 });
    return new Response(request.url.endsWith('/big') ? BIG : 'small');
  },
};

async function start(t: TestContext, most: number, maxAgeMs = 3_600_000) {
  const refuse = () => new Response(null, { status: 400 });
  const limits = { most, maxAgeMs };
  const listening = await listen(app, { host: '127.0.0.1', port: 0 }, refuse, limits);
  t.after(() => listening.close());
  return listening.url;
}

async function serves(url: string): Promise<void> {
  const socket = await RawSocket.open(url);
  socket.send(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  await eventually('a new client is served', () => socket.ended);
  assert.match(socket.received, /^HTTP\/1\.1 200/);
}

/** A client that asks for what is big and reads no more than its beginning. */
async function stalled(t: TestContext, url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  t.after(() => socket.destroy());
  const begun = new Promise((resolve) => socket.once('data', resolve));
  socket.write(`GET /big HTTP/1.1\r\n${HOST}\r\n`);
  await begun;
  socket.pause();
  return socket;
}

for (const [name, body] of [
  ['a length', 'Content-Length: 5\r\n\r\nhello'],
  ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
] as const) {
  test(`clients whose bodies of ${name} were refused unread make room`, async (t) => {
    const url = await start(t, 2);
    for (let n = 0; n < 2; n++) {
      const socket = await RawSocket.open(url);
      t.after(() => socket.close());
      socket.send(`POST / HTTP/1.1\r\n${HOST}${body}`);
      await eventually('it is refused', () => socket.received.includes('refused'));
    }
    await serves(url);
    await serves(url);
  });
}

test('clients that do not read their answers make room', async (t) => {
  const url = await start(t, 2);
  await stalled(t, url);
  await stalled(t, url);
  await serves(url);
  await serves(url);
});

test('an answer that is not read is cut when it is old', async (t) => {
  const url = await start(t, 2, 500);
  const socket = await stalled(t, url);
  // An empty line before a request is left out; what comes to a closed connection is an error.
  await eventually('it is cut', () => {
    socket.write('\r\n');
    return socket.destroyed;
  });
});
