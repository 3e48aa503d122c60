import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import {
  type ReloadProxy,
  startReloadProxy,
  withReload,
} from '../../scripts/support/reload-proxy.ts';

let behind: Server;
let proxy: ReloadProxy;

before(async () => {
  behind = createServer((request, response) => {
    if (request.url === '/page') {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': '26' });
      response.end('<head></head><p>Hello</p>\n');
    } else {
      response.writeHead(418, { 'x-own': 'yes', 'cache-control': 'max-age=300' });
      request.pipe(response);
    }
  });
  const sockets = new WebSocketServer({ server: behind });
  sockets.on('connection', (socket) =>
    socket.on('message', (data) => socket.send(data, { binary: false })),
  );
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const { port } = behind.address() as AddressInfo;
  proxy = await startReloadProxy(`http://127.0.0.1:${port}`, { host: '127.0.0.1', port: 0 });
});

after(async () => {
  await proxy.close();
  behind.closeAllConnections();
  behind.close();
});

test('a page gets the script that loads it anew, in its head or at its end', async () => {
  const page = await (await fetch(`${proxy.url}/page`)).text();
  assert.equal(page, '<head><script src="/__dev/reload.js"></script></head><p>Hello</p>\n');
  assert.equal(withReload('<p>'), '<p><script src="/__dev/reload.js"></script>');
});

test('anything else passes as it is, but for no longer than this once', async () => {
  const answer = await fetch(`${proxy.url}/tea`, { method: 'POST', body: 'body' });
  assert.equal(answer.status, 418);
  assert.equal(answer.headers.get('x-own'), 'yes');
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  assert.equal(await answer.text(), 'body');
});

test('WebSockets pass', async () => {
  const socket = new WebSocket(proxy.url.replace('http', 'ws'));
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.send('there and back');
  const message = await new Promise<MessageEvent>((resolve) => (socket.onmessage = resolve));
  assert.equal(message.data, 'there and back');
  socket.close();
});

test('pages are told to load anew', async () => {
  const stream = await fetch(`${proxy.url}/__dev/events`);
  proxy.reload();
  const { value } = await stream.body!.getReader().read();
  assert.equal(new TextDecoder().decode(value), 'data: reload\n\n');
});

test('says so while nobody is behind it', async () => {
  const lonely = await startReloadProxy('http://127.0.0.1:1', { host: '127.0.0.1', port: 0 });
  const answer = await fetch(lonely.url);
  assert.equal(answer.status, 503);
  await lonely.close();
});
