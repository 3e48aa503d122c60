import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseArgs } from 'node:util';
import { commandOptions } from '../../server/commands/commands.ts';
import { runCommand } from '../../server/commands/run.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { holdDirectory } from '../../server/store/database/pglite/lock.ts';
import { makeDatabaseIn } from '../support/embedded.ts';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';

const main = join(import.meta.dirname, '..', '..', 'server', 'main.ts');

let scratch: string;
const programs = new Set<Program>();
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
  await makeDatabaseIn(join(scratch, 'data'));
  await makeDatabaseIn(join(scratch, 'second-try'));
});
after(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await rm(scratch, { recursive: true });
});

/** The server's command line at work, with these settings alone. */
class Program {
  readonly child: ChildProcessWithoutNullStreams;
  out = '';
  err = '';
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;

  constructor(args: string[], env: Record<string, string> = {}) {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.child = spawn(process.execPath, ['--conditions=@cloudbrain/source', main, ...args], {
      env: {
        ...{ PATH, NODE_COMPILE_CACHE, CLOUDBRAIN_DATA: join(scratch, 'data'), PORT: '0' },
        ...env,
      },
    });
    programs.add(this);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = once(this.child, 'close').then(() => {
      programs.delete(this);
      return this.child.exitCode;
    });
  }

  /** Resolves with its address once it listens. */
  async url(): Promise<string> {
    return eventually(
      'it is ready',
      () => {
        if (this.child.exitCode !== null) throw new Error(`It ended: ${this.err}`);
        return this.out.includes('HEADERS') && /ready at (\S+)/.exec(this.out)?.[1];
      },
      patience(60_000),
    );
  }
}

async function run(args: string[], env?: Record<string, string>, input = '') {
  const program = new Program(args, env);
  program.child.stdin.end(input);
  const code = await program.ended;
  return { code, out: program.out, err: program.err };
}

async function login(url: string, email: string, password: string): Promise<number> {
  const { status } = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return status;
}

const whoHas = async (url: string, key: string) => {
  const response = await fetch(`${url}/api/auth/me`, { headers: { 'x-api-key': key } });
  return (await response.json()) as Schemas['Me'];
};

const shown = (out: string, what: string): string =>
  new RegExp(`${what} +(\\S+)`).exec(out)?.[1] ?? '';

describe('the service', () => {
  test('starts, shows what it made once, and lets commands in, at work or not', async () => {
    const env = { CLOUDBRAIN_DATA: join(scratch, 'first') };
    const first = new Program([], env);
    const url = await first.url();
    const { out } = first;
    const password = shown(out, 'Password');
    assert.match(shown(out, 'Ingest key'), /^cbk_ingest_/);
    assert.equal(await login(url, 'admin@localhost', password), 200);

    const second = await run([], env);
    assert.equal(second.code, 1);
    assert.match(second.err, /^The data directory .* is in use by another running process\.\n$/);
    const carol = ['account', 'create', 'carol@example.com', '--role', 'viewer'];
    const made = await run([...carol, '--password-stdin'], env, 'carol’s own password\n');
    assert.equal(made.code, 0, made.err);
    assert.equal(await login(url, 'carol@example.com', 'carol’s own password'), 200);
    const twice = await run(carol, env);
    assert.equal(twice.code, 1);
    assert.match(twice.err, /^.*carol@example\.com.*\n$/);
    const viewer = await run(['key', 'create', '--kind', 'api', '--role', 'viewer'], env);
    assert.equal((await whoHas(url, shown(viewer.out, 'Key'))).role, 'viewer');

    const listed = (await run(['key', 'list'], env)).out.trimEnd().split('\n');
    assert.equal(listed.length, 2);
    assert.match(listed[1] ?? '', /^[\w-]{36} {2}api {2}viewer {2}all {2}api$/);
    const [id = ''] = listed[1]?.split(' ') ?? [];
    const ingest = ['key', 'create', '--kind', 'ingest', '--team', 'Customer care'];
    assert.match((await run(ingest, env)).out, /^Key {2}cbk_ingest_/);
    const teams = (await run(['key', 'list'], env)).out.trimEnd().split('\n');
    assert.match(teams[2] ?? '', /^[\w-]{36} {2}ingest {2}all {2}ingest {2}team Customer care$/);
    assert.equal((await run(['key', 'end', id], env)).code, 0);
    const ended = { 'x-api-key': shown(viewer.out, 'Key') };
    await eventually('the key has ended', async () => {
      return (await fetch(`${url}/api/auth/me`, { headers: ended })).status === 401;
    });
    assert.match((await run(['key', 'end', id], env)).err, /^There is no key /);

    const reset = await run(['account', 'password', 'carol@example.com'], env);
    assert.equal(await login(url, 'carol@example.com', 'carol’s own password'), 401);
    assert.equal(await login(url, 'carol@example.com', shown(reset.out, 'Password')), 200);
    assert.equal((await run(['account', 'disable', 'carol@example.com'], env)).code, 0);
    assert.equal(await login(url, 'carol@example.com', shown(reset.out, 'Password')), 401);
    assert.match((await run(['account', 'disable', 'eve@a.b'], env)).err, /no account eve@a\.b/);

    first.child.kill('SIGKILL');
    await first.ended;

    assert.equal((await run(['workspace', 'create', 'Acme'], env)).code, 0);
    const account = await run(['account', 'create', 'ada@example.com', '--role', 'viewer'], env);
    const given = ['account', 'create', 'bob@example.com', '--role', 'support', '--password-stdin'];
    assert.equal((await run(given, env, 'bob’s own password\n')).code, 0);
    const key = await run(
      [
        'key',
        'create',
        '--kind',
        'api',
        '--role',
        'viewer',
        '--domains',
        'a,b',
        '--workspace',
        'Acme',
      ],
      env,
    );

    const price = ['price', 'set', 'glm-4-flash', '--input', '0.01', '--output', '0.01'];
    assert.match((await run(price, env)).out, /^Price {2}glm-4-flash {2}\(override@/);

    const again = new Program(['serve'], {
      ...env,
      CLOUDBRAIN_ADMIN_PASSWORD: 'a new password',
      CLOUDBRAIN_INGEST_KEY: 'a key of my own',
    });
    const restarted = await again.url();
    assert.equal((await run(['workspace', 'create', 'Later'], env)).code, 0);
    assert.doesNotMatch(again.out, /Password|shown only once/);
    assert.equal(await login(restarted, 'admin@localhost', password), 401);
    assert.equal(await login(restarted, 'admin@localhost', 'a new password'), 200);
    assert.equal(await login(restarted, 'ada@example.com', shown(account.out, 'Password')), 200);
    assert.equal(await login(restarted, 'bob@example.com', 'bob’s own password'), 200);
    const me = await whoHas(restarted, shown(key.out, 'Key'));
    assert.equal(me.workspace.name, 'Acme');
    assert.deepEqual(me.domains, ['a', 'b']);
    const sent = await fetch(`${restarted}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'a key of my own' },
      body: '{"resourceSpans":[]}',
    });
    assert.equal(sent.status, 200);
    again.child.kill('SIGINT');
    assert.equal(await again.ended, 0);
  });

  test('says in one line why it can not start', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = String((taken.address() as AddressInfo).port);
    const file = join(scratch, 'file');
    await writeFile(file, '');
    const locked = join(scratch, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    const cases: [Record<string, string>, RegExp][] = [
      [
        { PORT: port },
        new RegExp(`^Port ${port} is in use: stop the process that uses it, or set PORT\\.\n$`),
      ],
      [{ CLOUDBRAIN_DATA: file }, /^The data directory .*file can't be used: it is a file\.\n$/],
      [{ CLOUDBRAIN_DATA: join(file, 'x') }, /can't be used: it is a file, or is inside one\.\n$/],
      [{ HOST: '203.0.113.1' }, /^203\.0\.113\.1 isn't an address of this machine: set HOST\.\n$/],
      [
        { DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/x' },
        /^The database at 127\.0\.0\.1:1 can't be reached \(DATABASE_URL\)\.\n$/,
      ],
      [{ PORT: 'http' }, /^PORT must be a whole number from 0 to 65535, not 'http'\n$/],
    ];
    // Root may write anywhere.
    if (process.getuid?.() !== 0) {
      cases.push([{ CLOUDBRAIN_DATA: locked }, /can't be used: it isn't writable\.\n$/]);
    }
    for (const [env, message] of cases) {
      const { code, out, err } = await run([], { LOG_LEVEL: 'silent', ...env });
      assert.equal(code, 1, err);
      assert.equal(out, '');
      assert.match(err, message);
      assert.doesNotMatch(err, /hidden/);
    }
    taken.close();
  });

  test('shows what it makes at the first start that succeeds', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const PORT = String((taken.address() as AddressInfo).port);
    const CLOUDBRAIN_DATA = join(scratch, 'second-try');
    assert.equal((await run([], { CLOUDBRAIN_DATA, PORT })).code, 1);
    taken.close();
    const program = new Program([], { CLOUDBRAIN_DATA });
    const url = await program.url();
    const password = /Password\s+(\S+)/.exec(program.out)?.[1] ?? '';
    assert.equal(await login(url, 'admin@localhost', password), 200);
    assert.match(program.out, /Ingest key\s+cbk_ingest_/);
    program.child.kill('SIGTERM');
    assert.equal(await program.ended, 0);
  });

  test('says so where whoever holds the directory takes no commands', async () => {
    const data = join(scratch, 'held');
    const release = await holdDirectory(data);
    const { code, err } = await run(['workspace', 'create', 'Acme'], { CLOUDBRAIN_DATA: data });
    assert.equal(code, 1);
    assert.match(
      err,
      /^The data directory .*held is in use by a process that isn't accepting commands/,
    );
    await release();
  });

  test('leaves nothing behind but what is its own', async () => {
    const data = join(scratch, 'first');
    const entries = await readdir(data);
    assert.deepEqual(
      entries.filter(
        (name) => !['database', 'secret', 'lock.sock', 'commands.sock'].includes(name),
      ),
      [],
    );
  });
});

describe('the command line', () => {
  test('explains itself', async () => {
    for (const args of [['--help'], ['-h'], ['serve', '--help']]) {
      const { code, out } = await run(args);
      assert.equal(code, 0);
      assert.match(out, /^Usage: /);
      assert.match(out, /CLOUDBRAIN_ORIGINS/);
    }
    assert.match((await run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  });

  test('refuses what it does not know', async () => {
    const cases: [string[], RegExp][] = [
      [['workspace'], /Unknown command 'workspace'/],
      [['workspace', 'create'], /Missing argument: the name of the workspace/],
      [['account', 'create', 'ada'], /'ada' is not an email address/],
      [['account', 'create', 'a@b'], /--role must be one of admin, viewer/],
      [['key', 'create'], /--kind must be ingest or api/],
      [['price', 'set'], /Missing argument: the name of a model/],
      [['price', 'set', 'm', '--input', '1'], /--output must be US dollars per million tokens/],
      [['price', 'set', 'm', '--input', 'x', '--output', '1'], /--input must be US dollars/],
      [['price', 'set', 'm', '--role', 'admin'], /--role is not an option of 'price set'/],
      [
        ['key', 'create', '--kind', 'ingest', '--role', 'admin'],
        /--role is not an option of 'key create --kind ingest'/,
      ],
      [['key', 'create', '--kind', 'ingest', '--team', ' '], /--team must have 1 to 256/],
      [
        ['key', 'create', '--kind', 'api', '--team', 'a'],
        /--team is not an option of 'key create --kind api'/,
      ],
      [['account', 'create', 'a@b', '--team', 'a'], /--team is not an option of 'account create'/],
    ];
    for (const [args, message] of cases) {
      const { positionals, values } = parseArgs({
        args,
        options: commandOptions,
        allowPositionals: true,
      });
      const unread = () => assert.fail('It looked at its settings first');
      await assert.rejects(runCommand(unread, positionals, values), message, args.join(' '));
    }
    for (const [args, message] of [
      [['sevre'], /^Unknown command 'sevre'\.\nSee --help\.\n$/],
      [['serve', 'now'], /^Unexpected argument 'now'\./],
      [['--prot', '1'], /^Unknown option '--prot'/],
    ] as const) {
      const { code, err } = await run([...args]);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    const nowhere = await run(['key', 'create', '--kind', 'ingest', '--workspace', 'Nowhere']);
    assert.equal(nowhere.code, 1);
    assert.equal(nowhere.err, "There is no workspace 'Nowhere'.\n");
  });
});
