import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { exit } from '../../cli/exit.ts';
import { sparePort } from '../../scripts/support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

let cli: Cli;
before(async () => {
  cli = await Cli.open({ CLOUDBRAIN_API_KEY: 'cbk_api_x' });
});
after(() => cli.close());

interface FixedAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** A server that answers every request in the same way. */
async function answering<T>(
  answer: FixedAnswer | null,
  use: (url: string, asked: Promise<unknown>) => Promise<T>,
): Promise<T> {
  const server: Server = createServer((_, response) => {
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await use(`http://127.0.0.1:${port}`, once(server, 'request'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const problem = (
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): FixedAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({
    type: 'about:blank',
    title: 'A problem',
    status,
    detail,
    requestId: 'req_1',
    errors: [],
  }),
});

const statsOf = (url: string, ...more: string[]) => cli.run(['stats', '--base-url', url, ...more]);

describe('a server', () => {
  test('that isn’t there is told apart from one that refuses', async () => {
    const url = `http://127.0.0.1:${await sparePort()}`;
    const { code, stdout, stderr } = await statsOf(url);
    assert.deepEqual([code, stdout], [6, '']);
    assert.match(stderr, new RegExp(`^cloudbrain: ${url} doesn't respond: .*ECONNREFUSED`));
    assert.match(stderr, /\nCheck the address in --base-url\.\n$/);
    const nowhere = await statsOf('http://nowhere.invalid');
    assert.equal(nowhere.code, 6);
    assert.match(nowhere.stderr, /nowhere\.invalid/);
  });

  test('of another kind is told apart from ours', async () => {
    for (const answer of [
      { status: 404, body: '<h1>Not here</h1>' },
      { status: 401, body: 'Who are you?' },
      { status: 200, body: '<h1>Welcome</h1>' },
    ]) {
      const { code, stderr } = await answering(answer, (url) => statsOf(url));
      assert.equal(code, 6, String(answer.status));
      assert.match(
        stderr,
        /responded.* not as a CloudBrain server( would)?\.\nCheck the address in --base-url/,
      );
    }
  });

  test('that is busy says when to try again', async () => {
    const again = { 'retry-after': '100' };
    for (const [answer, message] of [
      [problem(429, 'Too many requests.', again), /^cloudbrain: Too many requests\. /],
      [
        problem(503, 'The database is away.', again),
        /^cloudbrain: http\S+: The database is away\. /,
      ],
    ] as const) {
      const { code, stderr } = await answering(answer, (url) => statsOf(url));
      assert.equal(code, 6);
      assert.match(stderr, message);
      assert.match(stderr, /\(request req_1\)\nTry again in 100 s\.\n$/);
    }
  });

  test('can send nothing that a terminal acts upon', async () => {
    const hostile = problem(403, 'No\u001b[2J\u009b\nnever\u202e');
    const { code, stderr } = await answering(hostile, (url) => statsOf(url));
    assert.equal(code, 4);
    assert.match(stderr, /^cloudbrain: No\\x1b\[2J\\x9b never\\u202e \(request req_1\)\n/);
  });

  test('has its reasons for unavailable values shown, for a timeline as well', async () => {
    const timeline = {
      period: { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z', timezone: 'UTC' },
      granularity: 'day',
      points: [],
      anomalies: null,
      unavailable: [{ path: 'points.0.latencyMs', reason: 'It is too long ago.' }],
    };
    await answering({ status: 200, body: JSON.stringify(timeline) }, async (url) => {
      for (const more of [[], ['--json']]) {
        const args = ['stats', 'timeline', '--base-url', url, ...more];
        const { code, stdout, stderr } = await cli.run(args);
        assert.deepEqual([code, stdout], [0, '']);
        assert.match(stderr, /^points\.0\.latencyMs is unavailable: It is too long ago\.$/m);
      }
    });
  });

  test('that redirects is not followed, so that the key goes nowhere else', async () => {
    const reached: unknown[] = [];
    const other = createServer((request, response) => {
      reached.push(request.headers);
      response.end();
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const location = `http://localhost:${(other.address() as AddressInfo).port}/`;
      const answer = { status: 307, headers: { location }, body: '' };
      const { code, stderr } = await answering(answer, (url) => statsOf(url));
      assert.equal(code, 6);
      assert.match(
        stderr,
        /redirects to http:\/\/localhost:\d+\/\.\nCredentials are not sent there\./,
      );
      assert.deepEqual(reached, []);
    } finally {
      other.close();
    }
  });

  test('that never answers doesn’t delay Ctrl+C', async () => {
    await answering(null, async (url, asked) => {
      const running = cli.start(['stats', '--base-url', url]);
      await asked;
      assert.deepEqual(await running.interrupt(), { code: 130, stdout: '', stderr: '' });
    });
  });
});

describe('wrong usage', () => {
  test('ends with 2, and says what was wrong', async () => {
    for (const [args, message] of [
      [['nonsense'], /unknown command 'nonsense'/],
      [['exections'], /unknown command 'exections'.*Did you mean executions\?/s],
      [['stats', '--nonsense'], /unknown option '--nonsense'/],
      [['stats', '--timeframe', '3d'], /'3d' is invalid\. Allowed choices are today, /],
      [
        ['stats', '--timeframe', '7d', '--from', '2026-01-01'],
        /'--timeframe.*' cannot be used with/,
      ],
      ...['yesterday', '2026-02-30', '2026-11-20 (foo)', '2026-11-20T10:00', '20261120'].map(
        (time) => [['stats', '--from', time], /It must be a time such as 2026-11-21/] as const,
      ),
      [
        ['stats', '--from', '2026-11-20', '--timezone', 'Mars/Olympus'],
        /--timezone 'Mars\/Olympus' must be a time zone such as Europe\/Berlin/,
      ],
      [['executions', '--limit', '0'], /It must be a whole number of at least 1/],
      [['executions', '--limit', '1e3'], /It must be a whole number of at least 1/],
      [['executions', 'get'], /missing required argument 'id'/],
      [['whoami', 'me'], /too many arguments/],
      [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
      [
        ['stats', '--base-url', 'not an address'],
        /'not an address' is not the address of a server/,
      ],
      [['stats', '--base-url', 'ftp://example.com'], /'ftp:\/\/example\.com' is not the address/],
      [['\u001b[31mx'], /unknown command '\\x1b\[31mx'/],
    ] as const) {
      const { code, stdout, stderr } = await cli.run(args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /^cloudbrain: .*\n(?:\(.*\n)?See --help\.\n$/s, args.join(' '));
    }
  });

  test('an address with a password is refused, and not shown', async () => {
    const { code, stderr } = await cli.run([
      'stats',
      '--base-url',
      'http://ada:secret@example.com',
    ]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^cloudbrain: The address of the server must not contain a user or a password\./,
    );
    assert.ok(!stderr.includes('secret'), stderr);
  });

  test('without a command shows the help', async () => {
    const { code, stdout, stderr } = await cli.run([]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Usage: cloudbrain/);
  });
});

test('a key that no header can hold is reported without a request, and not shown', async () => {
  for (const args of [['stats'], ['login', '--api-key', 'cbk_secret\nx']]) {
    const env = { CLOUDBRAIN_API_KEY: 'cbk_secret\nx' };
    const { code, stdout, stderr } = await cli.run([...args, '--verbose'], { env });
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(
      stderr,
      /^cloudbrain: The API key contains a character that isn't valid in a key\.\nRun `cloudbrain login`/,
    );
    assert.doesNotMatch(stderr, /secret/);
  }
});

test('an empty filter is refused, not ignored', async () => {
  const server = await TestServer.start();
  try {
    const env = {
      CLOUDBRAIN_BASE_URL: server.url,
      CLOUDBRAIN_API_KEY: await server.apiKey('admin'),
    };
    for (const args of [
      ['stats', '--domain', ''],
      ['conversations', 'export', '--user', ''],
    ]) {
      const { code, stdout, stderr } = await cli.run(args, { env });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^cloudbrain: --(domain|user) /);
    }
  } finally {
    await server.close();
  }
});

test('output that can’t be written is reported', async () => {
  const { code, stderr } = await cli.shell('cloudbrain --help > /dev/full');
  assert.equal(code, 1);
  assert.match(stderr, /^cloudbrain: the output can't be written: ENOSPC/);
});

test('a reader that has stopped doesn’t block the end', async () => {
  const server = await TestServer.start();
  try {
    const env = {
      CLOUDBRAIN_BASE_URL: server.url,
      CLOUDBRAIN_API_KEY: await server.apiKey('admin'),
    };
    // More than a pipe takes.
    const args = ['stats', 'timeline', '--granularity', 'day', '--json'];
    const running = cli.start([...args, '--from', '2021-07-01', '--to', '2026-07-01'], { env });
    running.child.stdout?.pause();
    await eventually('a full pipe', () => (running.child.stdout?.readableLength ?? 0) > 0);
    running.child.kill('SIGTERM');
    await once(running.child, 'exit');
    assert.equal(running.child.exitCode, 143);
  } finally {
    await server.close();
  }
});

test('help shows each command, and needs no server', async () => {
  const env = { CLOUDBRAIN_BASE_URL: 'http://127.0.0.1:9' };
  const main = await cli.run(['--help'], { env });
  assert.deepEqual([main.code, main.stderr], [0, '']);
  for (const code of Object.values(exit))
    assert.match(main.stdout, new RegExp(`^.*\\b${code}  `, 'm'));
  const [, listed = ''] = /Commands:\n(.*?)\n\n/s.exec(main.stdout) ?? [];
  const commands = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
  assert.deepEqual(commands, [
    'login',
    'logout',
    'whoami',
    'stats',
    'executions',
    'conversations',
    'users',
    'executive',
    'admin',
    'cleanup',
    'business',
    'keys',
    'tail',
    'api',
    'completion',
    'help',
  ]);
  for (const words of [
    ...commands.map((name) => [name]),
    ...['timeline', 'domains', 'models', 'compare', 'costs', 'errors', 'latency', 'flow'].map(
      (name) => ['stats', name],
    ),
    ...['users', 'peaks', 'heatmap'].map((name) => ['stats', name]),
    ['executions', 'list'],
    ['executions', 'get'],
    ['business', 'import'],
    ...['stats', 'health', 'telemetry', 'sessions', 'errors', 'error-groups', 'error'].map(
      (name) => ['admin', name],
    ),
    ...['durable-objects', 'resources', 'security', 'audit'].map((name) => ['admin', name]),
    ...['status', 'actions', 'run', 'show'].map((name) => ['cleanup', name]),
    ['executive', 'overview'],
    ['executive', 'export'],
    ...['list', 'search', 'get', 'messages', 'export', 'delete'].map((name) => [
      ...['conversations', name],
    ]),
  ]) {
    const { code, stdout, stderr } = await cli.run([...words, '--help'], { env });
    assert.deepEqual([code, stderr], [0, ''], words.join(' '));
    assert.match(stdout, new RegExp(`^Usage: cloudbrain ${words.join(' ')}`));
    assert.match(stdout, /--json/);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      stdout,
    );
  }
});

test('a forbidden command names the roles that may', async () => {
  const server = await TestServer.start();
  try {
    const env = {
      CLOUDBRAIN_BASE_URL: server.url,
      CLOUDBRAIN_API_KEY: await server.apiKey('sysops'),
    };
    const { code, stderr } = await cli.run(['executions'], { env });
    assert.equal(code, 4);
    assert.match(stderr, /the role admin or viewer or support or developer or executive\./);
    const wrong = await cli.run(['stats'], { env: { ...env, CLOUDBRAIN_API_KEY: 'nonsense' } });
    assert.equal(wrong.code, 3);
    assert.match(wrong.stderr, /\nRun `cloudbrain login`, or set CLOUDBRAIN_API_KEY\.\n$/);
    const limited = await server.apiKey('viewer', { domains: ['app.example.com'] });
    const foreign = await cli.run(['stats', '--domain', 'shop.example.com'], {
      env: { ...env, CLOUDBRAIN_API_KEY: limited },
    });
    assert.equal(foreign.code, 5);
    // With --verbose also what was asked, and never the key.
    const verbose = await cli.run(['executions', '--verbose'], { env });
    assert.match(verbose.stderr, /GET \/api\/executions: 403/);
    assert.match(verbose.stderr, /PermissionError: 403/);
    assert.ok(!verbose.stderr.includes(env.CLOUDBRAIN_API_KEY));
  } finally {
    await server.close();
  }
});
