import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { sendRaw } from '../support/raw-socket.ts';
import { TestServer } from '../support/server.ts';

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** Ways to write a request's address that name a host of their own. */
const TARGETS = [
  'http://127.0.0.1/metrics',
  'http://localhost/metrics',
  'http://[::1]/metrics',
  'https://127.0.0.1/metrics',
  'HTTP://127.0.0.1/metrics',
  'http://user@127.0.0.1/metrics',
  'http://127.0.0.1:1/metrics',
];

describe('a request from this machine', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.start({ env: { METRICS_WITHOUT_KEY: 'local' } });
  });
  after(() => server.close());

  const metrics = (target: string, ...headers: string[]): Promise<string> =>
    sendRaw(server.url, [`GET ${target} HTTP/1.1`, ...headers]);

  test('reads /metrics by its Host header alone, however its address is written', async () => {
    for (const target of ['/metrics', ...TARGETS]) {
      for (const host of ['cloudbrain.example.com', 'localhost.example.com', '127.0.0.1.nip.io']) {
        const answer = await metrics(target, `Host: ${host}`);
        assert.ok([400, 401].includes(statusOf(answer)), `${target} of ${host}: ${answer}`);
        assert.ok(!answer.includes('cleanup_'), target);
      }
    }
    for (const host of ['localhost', '127.0.0.1:4400', '[::1]', '127.8.8.8']) {
      assert.equal(statusOf(await metrics('/metrics', `Host: ${host}`)), 200, host);
    }
    // An origin server takes the absolute form as well.
    assert.equal(statusOf(await metrics('http://evil.example/metrics', 'Host: localhost')), 200);
  });

  test('that came through a proxy is none from this machine', async () => {
    for (const header of [
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: for=127.0.0.1',
      'X-Real-IP: 127.0.0.1',
      'X-Forwarded-Host: localhost',
      'X-Forwarded-Proto: https',
      'Via: 1.1 proxy',
    ]) {
      for (const target of ['/metrics', 'http://127.0.0.1/metrics']) {
        const answer = await metrics(target, 'Host: 127.0.0.1', header);
        assert.equal(statusOf(answer), 401, `${header} ${target}`);
      }
    }
  });

  test('may open a WebSocket from a page of its Host, not of the host in its address', async () => {
    const { accessToken } = await server.login();
    const upgrade = (target: string, origin: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(server.url);
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            [
              `GET ${target} HTTP/1.1`,
              'Host: cloudbrain.example.com',
              `Origin: ${origin}`,
              'Connection: Upgrade',
              'Upgrade: websocket',
              'Sec-WebSocket-Version: 13',
              `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
              `Sec-WebSocket-Protocol: cloudbrain.v1, bearer.${accessToken}`,
              '',
              '',
            ].join('\r\n'),
          );
        });
        socket.setEncoding('latin1').once('data', (text: string) => {
          socket.destroy();
          resolve(statusOf(text));
        });
        socket.on('error', reject);
      });
    assert.equal(await upgrade('/api/ws/metrics', 'https://cloudbrain.example.com'), 101);
    for (const target of ['http://evil.example/api/ws/metrics', '/api/ws/metrics']) {
      assert.equal(await upgrade(target, 'http://evil.example'), 403, target);
    }
    assert.equal(await upgrade('//evil.example/api/ws/metrics', 'http://evil.example'), 404);
  });

  test('gets nothing in its answer that a client wrote as the host', async () => {
    for (const target of ['/', '/api/docs', '/api/docs/', 'http://evil.example/api/docs']) {
      const answer = await sendRaw(server.url, [`GET ${target} HTTP/1.1`, 'Host: evil.example']);
      assert.ok(!answer.includes('evil.example'), target);
    }
  });
});

test('behind a trusted proxy nothing is of this machine without a key', async (t) => {
  const server = await TestServer.start({
    env: { TRUSTED_PROXIES: '1', METRICS_WITHOUT_KEY: 'local' },
  });
  t.after(() => server.close());
  const answer = await sendRaw(server.url, ['GET /metrics HTTP/1.1', 'Host: 127.0.0.1']);
  assert.equal(statusOf(answer), 401);
  const key = await server.apiKey('sysops');
  assert.equal((await server.call('/metrics', { token: key })).status, 200);
});

test('without the setting nothing is of this machine without a key, as behind a bare proxy on it', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.close());
  for (const host of ['127.0.0.1:4400', 'localhost', '[::1]']) {
    const answer = await sendRaw(server.url, ['GET /metrics HTTP/1.1', `Host: ${host}`]);
    assert.equal(statusOf(answer), 401, host);
  }
  const statuses = { admin: 200, sysops: 200, viewer: 403 } as const;
  for (const role of ['admin', 'sysops', 'viewer'] as const) {
    const { status } = await server.call('/metrics', { token: await server.apiKey(role) });
    assert.equal(status, statuses[role], role);
  }
});
