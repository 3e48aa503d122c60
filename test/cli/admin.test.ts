import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LoggedErrorDetail } from '@cloudbrain/sdk';
import { logsBody } from '../../server/demo/otlp.ts';
import { traceOf } from '../server/api/traces.ts';
import { type Cell, sessionOf } from '../support/cells.ts';
import { patience } from '../support/patience.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const token = await server.ingestKey();
  for (const user of ['ada', 'eve\u001b[2J']) {
    const body = traceOf({
      ...{
        startedAt: Date.now() - 5_000,
        service: 'shop.example.com',
        user,
        failed: user === 'ada',
      },
    });
    assert.equal((await server.call('/v1/traces', { token, body })).status, 200);
  }
  const cell: Cell = {
    ...{ workspace: 'ours', domain: 'shop.example.com', marker: 'grace', requests: 1 },
  };
  const body = logsBody([sessionOf(cell, 1, Date.now())]);
  const headers = { 'content-type': 'application/json' };
  assert.equal((await server.call('/v1/logs', { token, headers, body })).status, 200);
  const apiKey = await server.apiKey('admin');
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: apiKey });
  const wrong = { email: 'admin@localhost', password: 'wrong' };
  assert.equal((await server.call('/api/auth/login', { body: wrong })).status, 401);
  await server.login();
});
after(async () => {
  await cli.close();
  await server.close();
});

/** What a command prints, and the same as JSON. */
async function both<T>(...words: string[]): Promise<[text: string, values: T[]]> {
  const [text, json] = await Promise.all([
    cli.run(['admin', ...words]),
    cli.run(['admin', ...words, '--json']),
  ]);
  assert.equal(text.code, 0, text.stderr);
  assert.deepEqual([json.code, json.stderr], [0, '']);
  const values = json.stdout.split('\n').filter(Boolean);
  return [text.stdout, values.map((line) => JSON.parse(line) as T)];
}

describe('admin', { timeout: patience(120_000) }, () => {
  test('stats shows users, sessions, executions, models and errors as of now', async () => {
    const [text, [figures]] = await both<{ users: { total: number } }>(
      'stats',
      '--timezone',
      'Asia/Tokyo',
    );
    assert.equal(figures?.users.total, 2);
    assert.match(text, /^\d{4}-\d\d-\d\d [\d:]+, Asia\/Tokyo\nusers +2, 2 new in 7 days\n/);
    assert.match(text, /^active sessions +1$/m);
    assert.match(text, /^executions today +2: 1 completed, 1 failed, 0 running, 0 abandoned$/m);
    assert.match(text, /^success rate, 24 h +50%, critical$/m);
    assert.match(text, /^gpt-4o +2 +100%$/m);
    assert.match(text, /^rate_limit +\d+ +\w+$/m);
  });

  test('health shows every part and the model providers', async () => {
    const [text, [health]] = await both<{ status: string; parts: object[] }>('health');
    assert.ok((health?.parts.length ?? 0) > 0);
    assert.match(text, new RegExp(`^${health?.status}, checked at `));
    assert.match(text, /^database +service +healthy +/m);
    assert.match(text, /^Model providers\nprovider +status/m);
  });

  test('telemetry shows states and transitions of sessions', async () => {
    const [text, [telemetry]] = await both<{ sessions: { total: number } }>(
      'telemetry',
      '--timeframe',
      '7d',
    );
    assert.equal(telemetry?.sessions.total, 1);
    assert.match(text, /\n1 sessions?, 1 active, 0 aborted \(0%\)\n/);
    assert.match(text, /^States\nstate +reached +last state/m);
    assert.match(text, /^AUTH +1 /m);
  });

  test('sessions are a list with filters', async () => {
    const [text, sessions] = await both<{ state: string }>(
      'sessions',
      '--active',
      '--client',
      'claude-code',
    );
    assert.equal(sessions.length, 1);
    assert.match(text, /^started +state +client +user +domain +turns +requests +took +session\n/);
    assert.match(text, / AUTH +claude-code .*grace-user +shop\.example\.com .*grace-session-1\n$/);
    const none = await cli.run(['admin', 'sessions', '--inactive']);
    assert.deepEqual([none.code, none.stdout], [0, '']);
    assert.match(none.stderr, /^No sessions found\./);
    const wrong = await cli.run(['admin', 'sessions', '--active', '--inactive']);
    assert.equal(wrong.code, 2);
  });

  test('errors lead to their groups, and to one with its stack', async () => {
    const [text, errors] = await both<LoggedErrorDetail>(
      'errors',
      '--type',
      'rate_limit',
      '--domain',
      'shop.example.com',
    );
    const [first] = errors;
    assert.ok(first);
    assert.match(text, /^at +severity +type +message +source +domain +agent +user +id\n/);
    assert.match(text, /rate_limit +Too many requests/);
    const [one] = await both('error', first.id);
    assert.match(one, new RegExp(`^id +${first.id}\nat +`));
    assert.match(one, /^message +Too many requests$/m);
    const [groups] = await both('error-groups', '--severity', first.severity);
    assert.ok(groups.includes(first.group), groups);
    const [ofGroup] = await both('errors', '--group', first.group);
    assert.ok(ofGroup.includes(first.id));
    const missing = await cli.run(['admin', 'error', '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99']);
    assert.equal(missing.code, 5);
  });

  test('resources shows what the installation uses', async () => {
    const [text, [found]] = await both<{ database: { kind: string } }>('resources');
    assert.match(text, /^read at +\d{4}-/);
    assert.match(text, new RegExp(`^database +${found?.database.kind}, [\\d.]+ [kMG]B$`, 'm'));
    assert.match(text, /^Tables\ntable +size +rows\n/m);
  });

  test('durable-objects says why there are none', async () => {
    const { code, stdout, stderr } = await cli.run(['admin', 'durable-objects']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^No Durable Objects found\.\nnamespaces is unavailable: .*CLOUDFLARE/);
  });

  test('security shows refusals and keys', async () => {
    const [text] = await both('security', '--timeframe', '7d');
    assert.match(text, /^failed logins +1: password 1$/m);
    assert.match(text, /^refused tokens +0$/m);
    assert.match(text, /^Latest refusals\nat +refused +reason/m);
    assert.match(text, /^Keys\nkey +kind +role/m);
  });

  test('refusals are counted and listed one by one', async () => {
    const [counted] = await both('refusals', '--timeframe', '7d', '--by', 'reason');
    assert.match(counted, /^times +reason +latest\n +1 +password +\d{4}-/);
    const [bySubject] = await both('refusals', '--timeframe', '7d', '--by', 'subject');
    assert.match(bySubject, /^times +account or key +latest\n/);
    const [listed, events] = await both<{ kind: string }>('security-events', '--kind', 'login');
    assert.match(listed, /^at +refused +reason +account or key +address +times\n/);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['login'],
    );
    const none = await cli.run(['admin', 'unusual', '--timeframe', '7d']);
    assert.deepEqual([none.code, none.stdout], [0, '']);
  });

  test('audit is a list with filters', async () => {
    const [text, entries] = await both<{ action: string }>('audit', '--action', 'auth.login');
    assert.ok(entries.length > 0 && entries.every(({ action }) => action === 'auth.login'));
    assert.match(text, /^at +action +kind +by +target +address/);
    assert.match(text, / auth\.login +account +/);
    const wrong = await cli.run(['admin', 'audit', '--actor', 'ada']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^cloudbrain: --actor /);
  });

  test('is cut to a terminal, which gets nothing that it would act upon', async () => {
    for (const line of ['admin sessions', 'admin errors', 'admin audit', 'admin security']) {
      const { code, screen } = await cli.terminal(`NO_COLOR=1 cloudbrain ${line}`);
      assert.equal(code, 0, screen);
      assert.ok(
        screen.split('\n').every((shown) => shown.length <= 80),
        screen,
      );
      assert.ok(!screen.includes('\u001b[2J'));
    }
  });

  test('names the roles that may', async () => {
    const env = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    for (const name of ['stats', 'health', 'audit']) {
      const { code, stderr } = await cli.run(['admin', name], { env });
      assert.equal(code, 4);
      assert.match(
        stderr,
        / the role admin.*\nrole_required: http\S+\n`cloudbrain whoami` shows yours\.\n$/,
      );
    }
  });
});
