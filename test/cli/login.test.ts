import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { hashPassword } from '../../server/auth/credentials.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

const PASSWORD = 'correct horse battery staple';

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());
beforeEach(async () => {
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url });
});
afterEach(() => cli.close());

const login = (email = 'admin@localhost', password = PASSWORD, ...more: string[]) =>
  cli.run(['login', '--email', email, '--password-stdin', ...more], { input: `${password}\n` });

/** The paths of the files that the command keeps. */
async function keptFiles(): Promise<string[]> {
  const folder = join(cli.home, '.config', 'cloudbrain');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}

describe('login', () => {
  test('keeps a session for later commands', async () => {
    const { code, stdout, stderr } = await login();
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      stdout,
      `Signed in at ${server.url}.\n` +
        'name       Admin <admin@localhost>\n' +
        'kind       account\n' +
        'role       admin\n' +
        'workspace  Default\n' +
        'domains    all\n',
    );
    const me = await cli.run(['whoami', '--json']);
    assert.equal(me.code, 0);
    const { email, role } = JSON.parse(me.stdout) as { email: string; role: string };
    assert.deepEqual([email, role], ['admin@localhost', 'admin']);
    assert.ok((await cli.run(['whoami'])).stdout.endsWith(`server     ${server.url}\n`));
  });

  test('keeps files that only their owner can read, and no password', async () => {
    await login();
    const files = await keptFiles();
    assert.equal(files.length, 2);
    for (const file of files) {
      assert.equal((await stat(file)).mode & 0o777, 0o600, file);
      assert.equal((await stat(join(file, '..'))).mode & 0o777, 0o700, file);
      assert.ok(!(await readFile(file, 'utf8')).includes(PASSWORD));
    }
  });

  test('is kept below XDG_CONFIG_HOME', async () => {
    const folder = join(cli.home, 'elsewhere');
    await cli.run(['login', '--api-key', await server.apiKey('viewer')], {
      env: { XDG_CONFIG_HOME: folder },
    });
    assert.deepEqual(await readdir(join(folder, 'cloudbrain')), ['config.json', 'servers']);
  });

  test('remembers the server', async () => {
    const without = { CLOUDBRAIN_BASE_URL: '' };
    await login();
    const again = await cli.run(['whoami'], { env: without });
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, new RegExp(server.url));
    // A session is for its own server only.
    const other = await cli.run(['whoami', '--base-url', `${server.url}/other/`]);
    assert.equal(other.code, 3);
    assert.match(other.stderr, new RegExp(`not signed in at ${server.url}/other\\. The last`));
  });

  test('is at the server of --base-url, else of the environment, else of the last login', async () => {
    const key = await server.apiKey('viewer');
    const elsewhere = 'http://127.0.0.1:9';
    const run = (url: string, ...args: string[]) =>
      cli.run(['whoami', ...args], { env: { CLOUDBRAIN_BASE_URL: url, CLOUDBRAIN_API_KEY: key } });
    assert.equal((await run(elsewhere, '--base-url', server.url)).code, 0);
    assert.equal((await run(server.url, '--base-url', elsewhere)).code, 6);
    await login();
    const set = await run(elsewhere);
    assert.equal(set.code, 6);
    assert.match(set.stderr, /\nCheck the address in CLOUDBRAIN_BASE_URL\.\n$/);
    assert.equal((await run('')).code, 0);
  });

  test('is never used for another server', async () => {
    await login();
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.url);
      response.end();
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      const { code, stderr } = await cli.run(['stats'], { env: { CLOUDBRAIN_BASE_URL: url } });
      assert.equal(code, 3);
      const message = `You are not signed in at ${url}. The last login was at ${server.url}.`;
      assert.ok(stderr.startsWith(`cloudbrain: ${message}\n`), stderr);
      assert.deepEqual(seen, []);
    } finally {
      other.close();
    }
  });

  test('refuses a wrong password, with advice', async () => {
    const { code, stdout, stderr } = await login('admin@localhost', 'wrong');
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(stderr, /^cloudbrain: http.*(?:email|password)/i);
    assert.equal((await cli.run(['whoami'])).code, 3);
  });

  test('needs --domain for an email in two workspaces', async () => {
    const account = await server.account('viewer');
    const other = await server.tenancy.createWorkspace('Second');
    await server.tenancy.createAccount(other, {
      email: account.email,
      name: 'viewer',
      role: 'viewer',
      domains: null,
      passwordHash: await hashPassword(PASSWORD),
    });
    const asked = await login(account.email);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /several workspaces\. Choose one with --domain/);
    const named = await login(account.email, PASSWORD, '--domain', 'Second');
    assert.equal(named.code, 0, named.stderr);
    assert.match(named.stdout, /workspace {2}Second/);
  });

  test('renews an old session, also for two commands at once', async () => {
    await login();
    server.advance(20 * 60_000);
    const both = await Promise.all([cli.run(['whoami']), cli.run(['whoami'])]);
    assert.deepEqual(
      both.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    server.advance(20 * 60_000);
    assert.equal((await cli.run(['whoami'])).code, 0);
    // A session ends where nobody comes for it.
    server.advance(60 * 86_400_000);
    const late = await cli.run(['whoami']);
    assert.equal(late.code, 3);
    assert.match(late.stderr, /cloudbrain login/);
  });

  test('takes a key, and keeps only a valid one', async () => {
    const key = await server.apiKey('viewer', { domains: ['app.example.com'] });
    const wrong = await cli.run(['login', '--api-key', `${key}x`]);
    assert.equal(wrong.code, 3);
    assert.equal((await cli.run(['whoami'])).code, 3);
    const right = await cli.run(['login', '--api-key', key]);
    assert.equal(right.code, 0, right.stderr);
    assert.match(
      right.stdout,
      /kind +API key\nrole +viewer\nworkspace +Default\ndomains +app\.example/,
    );
    assert.equal((await cli.run(['whoami'])).code, 0);
  });

  test('is not needed with a key in the environment, which overrides it', async () => {
    await login();
    const env = { CLOUDBRAIN_API_KEY: `${await server.apiKey('viewer')}\n` };
    const { stdout } = await cli.run(['whoami', '--json'], { env });
    assert.equal((JSON.parse(stdout) as { role: string }).role, 'viewer');
    const again = await cli.run(['login', '--email', 'admin@localhost', '--password-stdin'], {
      env,
      input: PASSWORD,
    });
    assert.match(again.stderr, /CLOUDBRAIN_API_KEY is set, and overrides this login/);
  });

  test('fails with a message where it can’t keep anything', async () => {
    const env = { XDG_CONFIG_HOME: '/dev/null' };
    const { code, stderr } = await cli.run(['login', '--api-key', await server.apiKey('viewer')], {
      env,
    });
    assert.equal(code, 1);
    assert.match(stderr, /^cloudbrain: ENOTDIR.*\/dev\/null/);
  });
});

describe('in a terminal, login', () => {
  test('asks, and shows no password', async () => {
    const { code, screen } = await cli.terminal('cloudbrain login', {
      typed: [
        ['Email: ', 'admin@localhost\r'],
        ['Password: ', `${PASSWORD}\r`],
      ],
    });
    assert.equal(code, 0, screen);
    assert.match(screen, /Email: .*admin@localhost/s);
    assert.match(screen, /Signed in at/);
    assert.ok(!screen.includes('horse'), screen);
    assert.equal((await cli.run(['whoami'])).code, 0);
  });

  test('asks for a key', async () => {
    const key = await server.apiKey('viewer');
    const { code, screen } = await cli.terminal('cloudbrain login --api-key', {
      typed: [['API key: ', `${key}\r`]],
    });
    assert.equal(code, 0, screen);
    assert.ok(!screen.includes(key), screen);
  });

  test('ends at Ctrl+C, and at the end of the input', async () => {
    for (const [text, ending] of [
      ['\u0003', 130],
      ['\u0004', 2],
    ] as const) {
      const { code, screen } = await cli.terminal('cloudbrain login', {
        typed: [['Email: ', text]],
      });
      assert.equal(code, ending, screen);
      assert.doesNotMatch(screen, /Error|\bat /);
    }
  });

  test('needs a terminal to ask in', async () => {
    for (const args of [
      ['login'],
      ['login', '--email', 'ada@example.com'],
      ['login', '--api-key'],
    ]) {
      const { code, stderr } = await cli.run(args);
      assert.equal(code, 2);
      assert.match(stderr, /No terminal to prompt in: .*CLOUDBRAIN_API_KEY/);
    }
    const nameless = await cli.run(['login', '--password-stdin'], { input: PASSWORD });
    assert.equal(nameless.code, 2);
    assert.match(nameless.stderr, /--password-stdin requires --email/);
  });
});

describe('logout', () => {
  test('ends the session on the server, and forgets it', async () => {
    await login();
    const file = (await keptFiles()).find((it) => it.includes('servers'));
    const kept = JSON.parse(await readFile(file ?? '', 'utf8')) as { session: string };
    const { refreshToken } = JSON.parse(kept.session) as { refreshToken: string };
    const { code, stdout } = await cli.run(['logout']);
    assert.deepEqual([code, stdout], [0, `Signed out at ${server.url}.\n`]);
    // What makes this machine known to the server is kept.
    const { session, device } = JSON.parse(await readFile(file ?? '', 'utf8')) as {
      session?: string;
      device?: string;
    };
    assert.deepEqual([session, typeof device], [undefined, 'string']);
    const { status } = await server.call('/api/auth/refresh', { body: { refreshToken } });
    assert.equal(status, 401);
    const again = await cli.run(['logout']);
    assert.equal(again.code, 3);
  });

  test('forgets a key, and says that it is still valid', async () => {
    const key = await server.apiKey('viewer');
    await cli.run(['login', '--api-key', key]);
    const { code, stdout } = await cli.run(['logout']);
    assert.equal(code, 0);
    assert.match(stdout, /The key itself is still valid\./);
    assert.equal((await cli.run(['whoami'])).code, 3);
  });
});
