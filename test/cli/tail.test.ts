import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { sparePort } from '../../scripts/support/databases.ts';
import { traceOf, type AgentRun } from '../server/api/traces.ts';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

interface Event {
  event: string;
  id: string;
  data: { execution: { user: string } };
}

const eventsOf = (stdout: string): Event[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);

let server: TestServer;
let cli: Cli;
let ingestKey: string;
let adminKey: string;
before(async () => {
  server = await TestServer.start();
  ingestKey = await server.ingestKey();
  adminKey = await server.apiKey('admin');
});
after(() => server.close());
beforeEach(async () => {
  // Those of the test before are gone, or they would be taken for its own.
  await streams(0);
  cli = await Cli.open({ CLOUDBRAIN_URL: server.url, CLOUDBRAIN_API_KEY: adminKey });
});
afterEach(() => cli.close());

async function send(run: Partial<AgentRun>): Promise<void> {
  const body = traceOf({ startedAt: Date.now() - 5_000, ...run });
  assert.equal((await server.call('/v1/traces', { token: ingestKey, body })).status, 200);
}

async function streams(open: number): Promise<void> {
  await eventually(`${open} open streams`, async () => {
    const { body } = await server.call<string>('/metrics', { token: adminKey });
    return new RegExp(`^cloudbrain_live_streams ${open}$`, 'm').test(body);
  });
}

/** Resolves once a command listens: nobody tells a pipe that it does. */
const listening = (): Promise<void> => streams(1);

describe('tail', { timeout: 60_000 }, () => {
  test('writes a line for each event, until Ctrl+C', async () => {
    const running = cli.start(['tail', 'executions', 'stats']);
    await listening();
    await send({ service: 'shop.example.com', user: 'ada\u001b[31m' });
    await running.until(/stats {6}shop/);
    const { code, stdout, stderr } = await running.interrupt();
    assert.deepEqual([code, stderr], [130, '']);
    const [run, figures] = stdout.split('\n');
    const time = /^\d\d:\d\d:\d\d {2}/.source;
    assert.match(
      run ?? '',
      new RegExp(
        `${time}execution {2}completed {2}support {2}ada${String.raw`\\x1b\[31m`} {2}` +
          `shop\\.example\\.com {2}gpt-4o {2}1/1 steps {2}2\\.0 s {2}\\$0\\.0035 {2}[\\da-f-]{36}$`,
      ),
    );
    assert.match(
      figures ?? '',
      new RegExp(
        `${time}stats {6}shop\\.example\\.com {2}\\+1 requests {2}\\+1\\.1K tokens {2}\\+\\$0\\.0035`,
      ),
    );
  });

  test('is NDJSON for scripts, of a domain, and ends after a count', async () => {
    const args = ['tail', 'executions', '--domain', 'app.example.com', '--count', '1', '--json'];
    const running = cli.start(args);
    await listening();
    await send({ service: 'app.example.com', user: 'grace' });
    const { code, stdout } = await running.finished;
    assert.equal(code, 0);
    const [event, ...more] = eventsOf(stdout);
    assert.deepEqual([event?.event, event?.data.execution.user, more], ['execution', 'grace', []]);

    // What came meanwhile is told by the next one, that goes on after it.
    await send({ service: 'shop.example.com', user: 'elsewhere' });
    await send({ service: 'app.example.com', user: 'linus' });
    const next = await cli.run([...args, '--after', event?.id ?? '']);
    assert.equal(next.code, 0);
    assert.deepEqual(
      eventsOf(next.stdout).map(({ data }) => data.execution.user),
      ['linus'],
    );
  });

  test('ends without a word where its reader has enough', async () => {
    const line = cli.shell('cloudbrain tail --json | head -1; echo "${PIPESTATUS[@]}"');
    let isOver = false;
    void line.then(() => (isOver = true));
    await listening();
    // One event is read; another finds the pipe closed.
    await eventually('its end', async () => {
      await send({});
      return isOver;
    });
    const { stdout, stderr } = await line;
    assert.match(stdout, /^\{"event":.*\}\n0 0\n$/);
    assert.equal(stderr, '');
  });

  test('says to whom sits before it what it hears', async () => {
    const { code, screen } = await cli.terminal('cloudbrain tail stats', {
      typed: [['Listening: stats. Ctrl+C ends it.', '\u0003']],
    });
    assert.equal(code, 130, screen);
    assert.doesNotMatch(screen, /Error|\bat /);
  });

  test('refuses what nobody can hear', async () => {
    const unknown = await cli.run(['tail', 'nonsense']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^cloudbrain: topics .*executions/);
    const viewer = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    const forbidden = await cli.run(['tail', 'cleanup'], { env: viewer });
    assert.equal(forbidden.code, 4);
    assert.match(
      forbidden.stderr,
      /\nIt takes the role admin or sysops\. `cloudbrain whoami` tells/,
    );
    const limited = {
      CLOUDBRAIN_API_KEY: await server.apiKey('viewer', { domains: ['app.example.com'] }),
    };
    const foreign = await cli.run(['tail', '--domain', 'shop.example.com'], { env: limited });
    assert.equal(foreign.code, 5);
  });
});

test('tail waits for a server that goes', { timeout: 60_000 }, async () => {
  const port = String(await sparePort());
  const first = await TestServer.start({ env: { PORT: port } });
  const ownKey = await first.apiKey('admin');
  const own = await Cli.open({ CLOUDBRAIN_URL: first.url, CLOUDBRAIN_API_KEY: ownKey });
  const running = own.start(['tail', '--json', '--verbose']);
  try {
    await running.until(/GET \/api\/auth\/me: 200/);
    await first.close();
    await running.until(/The connection is lost \(.+\)\. Again in /);
    await running.until(/ECONNREFUSED/);
    // Another database: the key is of the one that is gone.
    const second = await TestServer.start({ env: { PORT: port } });
    try {
      const { code, stderr } = await running.finished;
      assert.equal(code, 3);
      assert.match(
        stderr,
        /cloudbrain: http.*\nRun `cloudbrain login`, or set CLOUDBRAIN_API_KEY\.\n/,
      );
    } finally {
      await second.close();
    }
  } finally {
    running.child.kill('SIGKILL');
    await own.close();
  }
});
