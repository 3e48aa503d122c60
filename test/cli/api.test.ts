import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathOn } from '../../cli/raw.ts';
import { traceOf } from '../server/api/traces.ts';
import { patience } from '../support/patience.ts';
import { TestServer } from '../support/server.ts';
import { sendTurns } from '../support/turns.ts';
import { Cli } from './cli.ts';

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  cli = await Cli.open({
    CLOUDBRAIN_BASE_URL: server.url,
    CLOUDBRAIN_API_KEY: await server.apiKey('admin'),
  });
});
after(async () => {
  await cli.close();
  await server.close();
});

/** A server of another kind. */
async function serving<T>(answer: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const other = createServer(answer);
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    return await use(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
  } finally {
    other.closeAllConnections();
    other.close();
  }
}

describe('api', { timeout: patience(60_000) }, () => {
  test('prints an answer as it is, with a query in the path and in options', async () => {
    const path = '/api/stats/overview?timeframe=7d';
    const { code, stdout, stderr } = await cli.run([
      'api',
      'get',
      path,
      '-q',
      'timezone=Asia/Tokyo',
    ]);
    assert.deepEqual([code, stderr], [0, '']);
    const { period } = JSON.parse(stdout) as { period: { timezone: string } };
    assert.equal(period.timezone, 'Asia/Tokyo');
    assert.ok(!stdout.includes('\n'), 'It is not indented.');
    const address = await cli.run(['api', 'GET', `${server.url}/api/auth/me`]);
    assert.equal((JSON.parse(address.stdout) as { role: string }).role, 'admin');
  });

  test('indents JSON in a terminal', async () => {
    const { code, screen } = await cli.terminal('cloudbrain api GET /api/auth/me');
    assert.equal(code, 0, screen);
    assert.match(screen, /^\{\n {2}"\w+": /);
    const raw = await cli.terminal('cloudbrain api GET /api/auth/me --json');
    assert.match(raw.screen, /^\{"/);
  });

  test('escapes what a terminal would act upon, and keeps the digits of numbers', async () => {
    const body = '{"text":"\\u001b[2J\u009b\u202e","big":12345678901234567890,"price":1.10}';
    await serving(
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      async (url) => {
        const env = { CLOUDBRAIN_BASE_URL: url };
        const { screen } = await cli.terminal('cloudbrain api GET /x', { env });
        assert.equal(
          screen,
          String.raw`{
  "text": "\u001b[2J\u009b\u202e",
  "big": 12345678901234567890,
  "price": 1.10
}
`,
        );
        assert.equal((await cli.run(['api', 'GET', '/x'], { env })).stdout, body);
      },
    );
  });

  test('sends a body from an option, a file and standard input', async () => {
    const body = '{"ids":["conv-1"],"format":"csv"}';
    await sendTurns(server, await server.ingestKey(), [
      {
        said: [['user', 'Where is it?']],
        answer: 'Here.',
        at: Date.now() - 60_000,
        conversation: 'conv-1',
      },
    ]);
    await writeFile(join(cli.home, 'body.json'), body);
    const run = (data: string, input?: string) =>
      cli.run(['api', 'POST', '/api/conversations/export', '--data', data], {
        ...(input && { input }),
      });
    const answers = await Promise.all([run(body), run('@body.json'), run('-', body)]);
    for (const { code, stdout, stderr } of answers) {
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /Where is it\?/);
      assert.equal(stdout, answers[0].stdout);
    }
    const wrong = await run('{ids: 1}');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^cloudbrain: --data is not JSON: /);
    const none = await cli.run(['api', 'GET', '/api/auth/me', '--data', '{}']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^cloudbrain: GET has no body: leave out --data\./);
  });

  test('sends headers, and any type of body', async () => {
    const seen: unknown[] = [];
    await serving(
      (request, response) => {
        const { method, headers, url } = request;
        const type = headers['content-type'];
        void request.toArray().then((chunks) => {
          seen.push([
            method,
            url,
            type,
            headers['x-one'],
            Buffer.concat(chunks as Buffer[]).toString(),
          ]);
          response.writeHead(204).end();
        });
      },
      async (url) => {
        const args = ['-H', 'Content-Type: text/plain', '-H', 'X-One: 1', '--data', 'plain: text'];
        const { code, stdout, stderr } = await cli.run(
          ['api', 'PUT', '/a?b=1', '-q', 'c=2 &3', ...args],
          {
            env: { CLOUDBRAIN_BASE_URL: `${url}/base/` },
          },
        );
        assert.deepEqual([code, stdout, stderr], [0, '', '']);
      },
    );
    assert.deepEqual(seen, [['PUT', '/base/a?b=1&c=2+%263', 'text/plain', '1', 'plain: text']]);
    for (const header of [
      'Authorization: x',
      'x-api-key: x',
      'Host: evil.test',
      'no colon',
      'a: b\nc: d',
    ]) {
      const { code, stderr } = await cli.run(['api', 'GET', '/', '-H', header]);
      assert.equal(code, 2, header);
      assert.match(stderr, /This header can't be set|It must have the form/);
    }
  });

  test('prints the status and headers with --include', async () => {
    const { code, stdout } = await cli.run(['api', 'GET', '/api/auth/me', '--include']);
    assert.equal(code, 0);
    const [head = '', body = ''] = stdout.split('\n\n');
    assert.match(head, /^HTTP\/1\.1 200 OK\n/);
    assert.match(head, /^content-type: application\/json/m);
    assert.match(head, /^x-request-id: \S+$/m);
    assert.equal((JSON.parse(body) as { role: string }).role, 'admin');
    const headOnly = await cli.run(['api', 'HEAD', '/api/auth/me', '-i']);
    assert.match(headOnly.stdout, /^HTTP\/1\.1 200 OK\n.*\n\n$/s);
  });

  test('prints an error answer as well, with the exit code of other commands', async () => {
    const missing = await cli.run([
      'api',
      'GET',
      '/api/executions/0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99',
    ]);
    assert.equal(missing.code, 5);
    assert.equal((JSON.parse(missing.stdout) as { status: number }).status, 404);
    assert.match(missing.stderr, /^cloudbrain: .*\(request \S+\)\nnot_found: http:\S+\n$/);
    const wrong = await cli.run(['api', 'GET', '/api/stats/overview', '-q', 'timeframe=never']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^cloudbrain: timeframe .*7d/);
    const unknown = await cli.run(['api', 'GET', '/api/stats/overview'], {
      env: { CLOUDBRAIN_API_KEY: 'x' },
    });
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /\nRun `cloudbrain login`/);
    const method = await cli.run(['api', 'FETCH', '/']);
    assert.equal(method.code, 2);
    assert.match(method.stderr, /It must be one of GET, HEAD, /);
    for (const [status, code] of [
      [418, 1],
      [403, 4],
    ] as const) {
      const {
        code: ending,
        stdout,
        stderr,
      } = await serving(
        (_, response) => response.writeHead(status, { 'content-type': 'text/plain' }).end('No.'),
        (url) => cli.run(['api', 'GET', '/x'], { env: { CLOUDBRAIN_BASE_URL: url } }),
      );
      assert.deepEqual([ending, stdout], [code, 'No.']);
      assert.match(stderr, new RegExp(`^cloudbrain: http\\S+ answered ${status} .+\\.\\n$`));
    }
  });

  test('renews a session that is no longer valid', async () => {
    const own = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url });
    try {
      const args = ['login', '--email', 'admin@localhost', '--password-stdin'];
      await own.run(args, { input: 'correct horse battery staple' });
      server.advance(20 * 60_000);
      const { code, stdout, stderr } = await own.run(['api', 'GET', '/api/auth/me']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /admin@localhost/);
    } finally {
      await own.close();
    }
  });

  test('follows a redirect within the server', async () => {
    await serving(
      (request, response) => {
        if (request.url === '/old') response.writeHead(308, { location: '/new' }).end();
        else response.end(`${request.method} ${request.url}`);
      },
      async (url) => {
        const args = ['api', 'POST', '/old', '--data', '{}'];
        const { code, stdout } = await cli.run(args, { env: { CLOUDBRAIN_BASE_URL: url } });
        assert.deepEqual([code, stdout], [0, 'POST /new']);
      },
    );
  });

  test('prints live events as they come', async () => {
    const running = cli.start(['api', 'GET', '/api/live', '-q', 'topics=executions']);
    await running.until(/"topics"/);
    const token = await server.ingestKey();
    const body = traceOf({ startedAt: Date.now() - 5_000, user: 'ada' });
    assert.equal((await server.call('/v1/traces', { token, body })).status, 200);
    await running.until(/"ada"/);
    const { code, stdout } = await running.interrupt();
    assert.equal(code, 130);
    assert.match(stdout, /^data: \{/m);
  });

  test('prints the lines of a long answer as they come', async () => {
    const first = Promise.withResolvers<() => void>();
    await serving(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"line":1}\n');
        first.resolve(() => response.end('{"line":2}\n'));
      },
      async (url) => {
        const running = cli.start(['api', 'GET', '/lines'], { env: { CLOUDBRAIN_BASE_URL: url } });
        const finish = await first.promise;
        await running.until(/"line":1/);
        finish();
        const { code, stdout } = await running.finished;
        assert.deepEqual([code, stdout], [0, '{"line":1}\n{"line":2}\n']);
      },
    );
  });

  test('refuses to write binary data to a terminal', async () => {
    const pdf: RequestListener = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF');
    await serving(pdf, async (url) => {
      const env = { CLOUDBRAIN_BASE_URL: url };
      const { code, screen } = await cli.terminal('cloudbrain api GET /x', { env });
      assert.equal(code, 2, screen);
      assert.match(screen, /application\/pdf, which a terminal can't show/);
      assert.equal((await cli.run(['api', 'GET', '/x'], { env })).stdout, '%PDF');
    });
  });
});

describe('the credentials of api', () => {
  test('go to no other server', async () => {
    let requests = 0;
    await serving(
      (_, response) => {
        requests++;
        response.end();
      },
      async (url) => {
        for (const path of [
          url,
          `${url}/api`,
          url.replace('http:', ''),
          '//evil.test',
          'mailto:x',
        ]) {
          const { code, stdout, stderr } = await cli.run(['api', 'GET', path]);
          assert.deepEqual([code, stdout], [2, ''], path);
          assert.match(
            stderr,
            /is not an address on http:.*\nCredentials are sent to that server only/,
          );
        }
        const redirecting: RequestListener = (_, response) =>
          response.writeHead(307, { location: `${url}/elsewhere` }).end();
        const { code, stderr } = await serving(redirecting, (from) =>
          cli.run(['api', 'GET', '/x'], { env: { CLOUDBRAIN_BASE_URL: from } }),
        );
        assert.equal(code, 6);
        assert.match(stderr, /redirect/);
      },
    );
    assert.equal(requests, 0);
  });

  test('go to the path that was typed', () => {
    const base = 'https://cb.example.com/base';
    for (const [given, path] of [
      ['/api/x', '/api/x'],
      ['api/x', '/api/x'],
      ['@evil.test/x', '/@evil.test/x'],
      ['evil.test', '/evil.test'],
      ['/api/x?a=/../b', '/api/x?a=/../b'],
      ['/api/%252E%252E/x', '/api/%252E%252E/x'],
      [`${base}/api/x?y=1`, '/api/x?y=1'],
      ['/', '/'],
      ['/ü', '/ü'],
    ] as const) {
      assert.equal(pathOn(base, given), path);
      const { origin, pathname } = new URL(base + path);
      assert.equal(origin, 'https://cb.example.com');
      assert.ok(pathname.startsWith('/base/'));
    }
    for (const given of [
      ...[
        'https://cb.example.com',
        'https://cb.example.com/other',
        'https://cb.example.com/basement/x',
      ],
      ...['https://cb.example.com@evil.test/base/', 'https://cb.example.com.evil.test/base/x'],
      ...[
        'http://cb.example.com/base/x',
        '//evil.test/x',
        'javascript:alert(1)',
        'file:///etc/passwd',
      ],
      ...['/../x', '/api/..', '/api/%2e%2E/x', '/./x', '..', '.%2e/x', `${base}/../other`],
      ...['/a b', '/a\\..\\b', '\\\\evil.test', '/a\tb', '/a\nb', '/a#b', '/a\u0000b', '/\u0085x'],
    ]) {
      assert.throws(() => pathOn(base, given), { name: 'Error', code: 2 }, JSON.stringify(given));
    }
    assert.equal(
      pathOn(base, '/x', [
        ['a', '1&2'],
        ['a', 'ü'],
      ]),
      '/x?a=1%262&a=%C3%BC',
    );
    assert.equal(pathOn(base, '/x?y', [['a', '']]), '/x?y&a=');
  });
});

test('a path with characters that must be encoded is refused', async () => {
  const { code, stderr } = await cli.run(['api', 'GET', '/api/executions/a b']);
  assert.equal(code, 2);
  assert.match(stderr, /must not contain spaces.*\nEncode them: %20, %5C, %23\.\n$/);
});
