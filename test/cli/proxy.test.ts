import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { proxyFor } from '../../cli/proxy.ts';
import { sparePort } from '../../scripts/support/databases.ts';
import { cert, key } from '../server/outbound/certificate.ts';
import { traceOf } from '../server/api/traces.ts';
import { patience } from '../support/patience.ts';
import { TestProxy } from '../support/proxy.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

/** A host that only the proxy knows, and which the certificate is for. */
const HOST = 'hooks.example.com';

let server: TestServer;
/** The same server over TLS. */
let secure: Server;
let plain: TestProxy;
let guarded: TestProxy;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const port = Number(new URL(server.url).port);
  secure = createHttpsServer({ key, cert }, (request, response) => {
    const { method, url: path, headers } = request;
    const forwarded = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  plain = await TestProxy.start({ hosts: { [HOST]: port } });
  const login = 'ada:p@ss word';
  guarded = await TestProxy.start({
    hosts: { [HOST]: (secure.address() as AddressInfo).port },
    login,
  });
  cli = await Cli.open({ CLOUDBRAIN_API_KEY: await server.apiKey('admin') });
  await writeFile(join(cli.home, 'ca.pem'), cert);
});
after(async () => {
  await cli.close();
  plain.close();
  guarded.close();
  secure.closeAllConnections();
  secure.close();
  await server.close();
});
beforeEach(() => {
  plain.requests.length = 0;
  guarded.requests.length = 0;
});

describe('a proxy', { timeout: patience(60_000) }, () => {
  test('of HTTP_PROXY forwards requests to http', async () => {
    for (const env of [
      { HTTP_PROXY: `http://${plain.host}` },
      { http_proxy: plain.host, HTTP_PROXY: 'http://127.0.0.1:9' },
    ]) {
      const { code, stdout, stderr } = await cli.run(['whoami', '--base-url', `http://${HOST}`], {
        env,
      });
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /role +admin/);
    }
    const request = `GET http://${HOST}/api/auth/me`;
    assert.deepEqual(plain.requests, [request, request]);
  });

  test('of HTTPS_PROXY opens a tunnel to https, with the user and password in its address', async () => {
    const env = {
      HTTPS_PROXY: `http://ada:p%40ss%20word@${guarded.host}`,
      NODE_EXTRA_CA_CERTS: join(cli.home, 'ca.pem'),
    };
    const { code, stdout, stderr } = await cli.run(['whoami', '--base-url', `https://${HOST}`], {
      env,
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /role +admin/);
    assert.deepEqual(guarded.requests, [`CONNECT ${HOST}:443`]);
  });

  test('carries live events', async () => {
    const args = [
      'tail',
      'executions',
      '--count',
      '1',
      '--verbose',
      '--base-url',
      `http://${HOST}`,
    ];
    const running = cli.start(args, { env: { HTTP_PROXY: plain.host } });
    await running.until(/^Listening: /m);
    const token = await server.ingestKey();
    const body = traceOf({ startedAt: Date.now() - 5_000 });
    assert.equal((await server.call('/v1/traces', { token, body })).status, 200);
    const { code, stdout } = await running.finished;
    assert.equal(code, 0);
    assert.match(stdout, /execution/);
  });

  test('is not used for hosts of NO_PROXY, nor for this machine', async () => {
    const env = { HTTP_PROXY: plain.host, NO_PROXY: `other.example.com, ${HOST}` };
    const direct = await cli.run(['whoami', '--base-url', 'http://hooks.example.com:9'], { env });
    assert.equal(direct.code, 6);
    assert.match(direct.stderr, /^cloudbrain: http:\/\/hooks\.example\.com:9 doesn't respond: /);
    const local = await cli.run(['whoami', '--base-url', server.url], { env });
    assert.equal(local.code, 0, local.stderr);
    assert.deepEqual(plain.requests, []);
  });

  test('that refuses or is away is named, without its password', async () => {
    const port = await sparePort();
    const run = (env: Record<string, string>, url: string) =>
      cli.run(['whoami', '--base-url', url], { env });
    for (const [env, url, message] of [
      [
        { HTTPS_PROXY: `http://ada:secret@${guarded.host}` },
        `https://${HOST}`,
        `through the proxy http://${guarded.host}: the proxy responded with 407.\nAdd the proxy's user and password to HTTPS_PROXY: `,
      ],
      [
        { http_proxy: guarded.host },
        `http://${HOST}`,
        `through the proxy http://${guarded.host}: the proxy responded with 407.\nAdd the proxy's user and password to http_proxy: `,
      ],
      [
        { HTTP_PROXY: `http://ada:secret@127.0.0.1:${port}` },
        `http://${HOST}`,
        `through the proxy http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}.\nCheck the address in HTTP_PROXY, or`,
      ],
    ] as const) {
      const { code, stdout, stderr } = await run(env, url);
      assert.deepEqual([code, stdout], [6, '']);
      assert.ok(stderr.startsWith(`cloudbrain: ${url} can't be reached ${message}`), stderr);
      assert.ok(!stderr.includes('secret'), stderr);
    }
    const wrong = await run({ HTTP_PROXY: 'socks5://ada:secret@127.0.0.1:1080' }, `http://${HOST}`);
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.stderr,
      /^cloudbrain: HTTP_PROXY must be the address of an HTTP proxy, such as /,
    );
    assert.ok(!wrong.stderr.includes('secret'), wrong.stderr);
  });
});

test('which requests go through a proxy', () => {
  const proxy = 'http://proxy.example.com:3128';
  const env = { http_proxy: proxy, https_proxy: proxy };
  const isDirect = (url: string, noProxy = ''): boolean =>
    proxyFor(new URL(url), { ...env, NO_PROXY: noProxy }) === undefined;
  for (const [url, noProxy] of [
    ['http://localhost:4400', ''],
    ['http://app.localhost', ''],
    ['http://127.9.8.7', ''],
    ['http://[::1]:4400', ''],
    ['http://example.com', '*'],
    ['http://example.com', 'example.com'],
    ['https://EXAMPLE.com', 'other.com,Example.com'],
    ['http://a.example.com', 'example.com'],
    ['http://a.example.com', '.example.com'],
    ['http://a.example.com', '*.example.com'],
    ['http://example.com:8080', 'x example.com:8080'],
    ['https://example.com', 'example.com:443'],
    ['http://10.1.2.3', '10.1.2.3'],
    ['http://10.1.2.3', '10.0.0.0/8'],
    ['http://[fd00::1]', 'fd00::1'],
    ['http://[fd00::1]', 'fd00::/8'],
    ['http://[fd00::1]:81', '[fd00::1]:81'],
  ] as const) {
    assert.ok(isDirect(url, noProxy), `${url} ${noProxy}`);
  }
  for (const [url, noProxy] of [
    ['http://example.com', ''],
    ['http://notexample.com', 'example.com'],
    ['http://example.com.evil.test', 'example.com'],
    ['http://example.com:8081', 'example.com:8080'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.0.0.0/99'],
    ['http://localhost.example.com', ''],
    ['http://128.0.0.1', ''],
  ] as const) {
    assert.ok(!isDirect(url, noProxy), `${url} ${noProxy}`);
  }
  // Each variable is for one protocol; lower case wins.
  assert.equal(proxyFor(new URL('https://example.com'), { http_proxy: proxy }), undefined);
  assert.equal(proxyFor(new URL('http://example.com'), { HTTPS_PROXY: proxy }), undefined);
  const both = { http_proxy: 'one:1', HTTP_PROXY: 'other:2' };
  assert.equal(proxyFor(new URL('http://example.com'), both)?.url.href, 'http://one:1/');
  assert.equal(
    proxyFor(new URL('http://example.com'), { ...both, no_proxy: 'x', NO_PROXY: '*' })?.variable,
    'http_proxy',
  );
});
