import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { sparePort } from '../../scripts/support/databases.ts';
import { logsBody } from '../../server/demo/otlp.ts';
import { traceOf, type AgentRun } from '../server/api/traces.ts';
import { businessOf } from '../support/business.ts';
import { type Cell, sessionOf } from '../support/cells.ts';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';
import { TestServer } from '../support/server.ts';
import { Cli, type Running } from './cli.ts';

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
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: adminKey });
});
afterEach(() => cli.close());

async function send(run: Partial<AgentRun>): Promise<void> {
  const body = traceOf({ startedAt: Date.now() - 5_000, ...run });
  assert.equal((await server.call('/v1/traces', { token: ingestKey, body })).status, 200);
}

/** A command that is listening. */
async function listening(...args: string[]): Promise<Running> {
  const running = cli.start(['tail', '--verbose', ...args]);
  await running.until(/^Listening: /m);
  return running;
}

describe('tail', { timeout: patience(60_000) }, () => {
  test('writes a line for each event, until Ctrl+C', async () => {
    const running = await listening('executions', 'stats');
    await send({ service: 'shop.example.com', user: 'ada\u001b[31m' });
    await running.until(/stats {9}shop/);
    const { code, stdout, stderr } = await running.interrupt();
    assert.equal(code, 130);
    const listens = 'Listening: executions, stats. Press Ctrl+C to stop.\n';
    assert.equal(stderr, `cloudbrain: GET /api/auth/me: 200\n${listens}`);
    const [run, figures] = stdout.split('\n');
    const time = /^\d\d:\d\d:\d\d {2}/.source;
    assert.match(
      run ?? '',
      new RegExp(
        `${time}execution {5}completed {2}support {2}ada${String.raw`\\x1b\[31m`} {2}` +
          `shop\\.example\\.com {2}gpt-4o {2}1/1 steps {2}2\\.0 s {2}\\$0\\.0035 {2}[\\da-f-]{36}$`,
      ),
    );
    assert.match(
      figures ?? '',
      new RegExp(
        `${time}stats {9}shop\\.example\\.com {2}\\+1 requests {2}\\+1\\.1K tokens {2}\\+\\$0\\.0035`,
      ),
    );
  });

  test('shows conversations, errors, sessions and money as well', async () => {
    const topics = ['conversations', 'errors', 'sessions', 'executive'];
    const running = await listening(...topics);
    await send({ service: 'shop.example.com', conversation: 'chat-1', failed: true });
    await running.until(/conversation {2}active/);
    await running.until(/failure {7}error/);
    const cell: Cell = {
      ...{ workspace: 'ours', domain: 'shop.example.com', marker: 'grace', requests: 1 },
    };
    const headers = { 'content-type': 'application/json' };
    const logs = { token: ingestKey, headers, body: logsBody([sessionOf(cell, 1, Date.now())]) };
    assert.equal((await server.call('/v1/logs', logs)).status, 200);
    const body = businessOf(cell, Date.now(), 0);
    const sent = await server.call('/api/ingest/business', { token: ingestKey, body });
    assert.equal(sent.status, 200);
    const remove = { token: adminKey, body: { ids: ['chat-1'] } };
    assert.equal((await server.call('/api/conversations/delete', remove)).status, 200);
    await running.until(/gone/);
    await running.until(/changed:/);
    const { stdout } = await running.interrupt();
    for (const line of [
      /conversation {2}active {5}ada {2}shop\.example\.com {2}1 requests {2}\$0\.0035 {2}chat-1$/,
      /conversation {2}gone {7}shop\.example\.com {2}chat-1$/,
      /failure {7}error {6}request {2}rate_limit {2}Too many requests {2}shop\.example\.com {2}support/,
      /session {7}\w+ +\S+ {2}grace-user {2}shop\.example\.com {2}0 turns {2}0 requests {2}grace-session-1$/,
      /executive {5}changed: .*customers/,
    ]) {
      assert.match(stdout, new RegExp(`^[\\d:]{8}  ${line.source}`, 'm'));
    }
  });

  test('is NDJSON for scripts, for a domain, and ends after a count', async () => {
    const args = ['executions', '--domain', 'app.example.com', '--count', '1', '--json'];
    const running = await listening(...args);
    await send({ service: 'app.example.com', user: 'grace' });
    const { code, stdout } = await running.finished;
    assert.equal(code, 0);
    const [event, ...more] = eventsOf(stdout);
    assert.deepEqual([event?.event, event?.data.execution.user, more], ['execution', 'grace', []]);

    // The next one continues after it, with what happened in between.
    await send({ service: 'shop.example.com', user: 'elsewhere' });
    await send({ service: 'app.example.com', user: 'linus' });
    const next = await cli.run(['tail', ...args, '--after', event?.id ?? '']);
    assert.equal(next.code, 0);
    assert.deepEqual(
      eventsOf(next.stdout).map(({ data }) => data.execution.user),
      ['linus'],
    );
  });

  test('ends silently when its reader has enough', async () => {
    const line = cli.shell('cloudbrain tail --json | head -1; echo "${PIPESTATUS[@]}"');
    let isOver = false;
    void line.then(() => (isOver = true));
    // One event is read; another finds the pipe closed.
    await eventually('its end', async () => {
      await send({});
      return isOver;
    });
    const { stdout, stderr } = await line;
    assert.match(stdout, /^\{"event":.*\}\n0 0\n$/);
    assert.equal(stderr, '');
  });

  test('lists its topics in a terminal', async () => {
    const { code, screen } = await cli.terminal('cloudbrain tail stats', {
      typed: [['Listening: stats. Press Ctrl+C to stop.', '\u0003']],
    });
    assert.equal(code, 130, screen);
    assert.doesNotMatch(screen, /Error|\bat /);
  });

  test('refuses unknown and forbidden topics', async () => {
    const unknown = await cli.run(['tail', 'nonsense']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^cloudbrain: topics .*executions/);
    const viewer = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    const forbidden = await cli.run(['tail', 'cleanup'], { env: viewer });
    assert.equal(forbidden.code, 4);
    assert.match(
      forbidden.stderr,
      /\nRequires the role admin or sysops\. `cloudbrain whoami` shows yours\.\n$/,
    );
    const limited = {
      CLOUDBRAIN_API_KEY: await server.apiKey('viewer', { domains: ['app.example.com'] }),
    };
    const foreign = await cli.run(['tail', '--domain', 'shop.example.com'], { env: limited });
    assert.equal(foreign.code, 5);
  });
});

test('tail waits for a server that goes away', { timeout: patience(60_000) }, async () => {
  const port = String(await sparePort());
  const first = await TestServer.start({ env: { PORT: port } });
  const ownKey = await first.apiKey('admin');
  const own = await Cli.open({ CLOUDBRAIN_BASE_URL: first.url, CLOUDBRAIN_API_KEY: ownKey });
  const running = own.start(['tail', '--json', '--verbose']);
  try {
    await running.until(/GET \/api\/auth\/me: 200/);
    await first.close();
    await running.until(/Connection lost \(.+\)\. Retrying in /);
    await running.until(/ECONNREFUSED/);
    // Another database: the key is of the one that is gone.
    const second = await TestServer.start({ env: { PORT: port } });
    try {
      const { code, stderr } = await running.finished;
      assert.equal(code, 3);
      assert.match(
        stderr,
        /cloudbrain: http.*\nunknown_key: http.*\nRun `cloudbrain login`, or set CLOUDBRAIN_API_KEY\.\n/,
      );
    } finally {
      await second.close();
    }
  } finally {
    running.child.kill('SIGKILL');
    await own.close();
  }
});
