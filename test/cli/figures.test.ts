import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiKey, CloudBrain } from '@cloudbrain/sdk';
import { traceOf, type AgentRun } from '../server/api/traces.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

/** A name that would clear the screen, and turn what follows it around. */
const HOSTILE = 'eve\u001b[2J\u202e\u009b31m\nroot';

let server: TestServer;
let cli: Cli;
let key: string;
let ingestKey: string;

async function send(...runs: AgentRun[]): Promise<void> {
  for (const run of runs) {
    const { status } = await server.call('/v1/traces', { token: ingestKey, body: traceOf(run) });
    assert.equal(status, 200);
  }
}

const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);

before(async () => {
  server = await TestServer.start();
  key = await server.apiKey('viewer');
  ingestKey = await server.ingestKey();
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: key });
  await send(
    { startedAt: at('10:00:00'), service: 'shop.example.com', user: 'ada' },
    { startedAt: at('10:30:00'), service: 'app.example.com', user: 'grace', failed: true },
    { startedAt: at('12:05:00'), service: 'app.example.com', user: HOSTILE, agent: 'planner' },
    // Long before: the data cover the period before.
    { startedAt: Date.parse('2026-02-01T00:00:00Z'), service: 'app.example.com', user: 'ada' },
    // In the period before.
    { startedAt: at('04:00:00'), service: 'app.example.com', user: 'ada' },
    { startedAt: at('04:10:00'), service: 'app.example.com', user: 'ada' },
  );
});
after(async () => {
  await cli.close();
  await server.close();
});

const PERIOD = ['--from', '2026-03-02T09:00:00Z', '--to', '2026-03-02T15:00:00Z'];

describe('stats', () => {
  test('shows the figures of a period, and their change', async () => {
    const { code, stdout, stderr } = await cli.run(['stats', ...PERIOD]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      stdout,
      [
        '2026-03-02 09:00:00 to 2026-03-02 15:00:00, UTC',
        'requests             3      +50%',
        'errors               1            33.3% of requests',
        'conversations        3      +50%',
        'executions           3      +50%  2 completed, 1 failed, 0 running',
        'success rate     66.7%  -33.3 pp',
        'tokens            3.3K      +50%  3K in, 0 of them cached, 300 out',
        'cost           $0.0105      +50%',
        'latency p50     802 ms        0%',
        'latency p95     802 ms        0%',
        'latency p99     802 ms        0%',
        'users                3     +200%  2 new',
        '',
      ].join('\n'),
    );
  });

  test('is for a domain, in a time zone', async () => {
    const args = ['stats', 'overview', ...PERIOD, '--domain', 'shop.example.com'];
    const { stdout } = await cli.run([...args, '--timezone', 'Asia/Kathmandu']);
    assert.match(
      stdout,
      /^2026-03-02 14:45:00 to 2026-03-02 20:45:00, Asia\/Kathmandu\nrequests +1\n/,
    );
    const elsewhere = await cli.run(['stats', ...PERIOD], { env: { TZ: 'America/New_York' } });
    assert.match(
      elsewhere.stdout,
      /^2026-03-02 04:00:00 to 2026-03-02 10:00:00, America\/New_York\n/,
    );
  });

  test('starts days in this machine’s time zone', async () => {
    const env = { TZ: 'Australia/Eucla' };
    const args = ['stats', '--from', '2026-03-02', '--to', '2026-03-03', '--json'];
    const { stdout } = await cli.run(args, { env });
    const { period } = JSON.parse(stdout) as { period: object };
    assert.deepEqual(period, {
      from: '2026-03-01T15:15:00.000Z',
      to: '2026-03-02T15:15:00.000Z',
      timezone: 'Australia/Eucla',
    });
  });

  test('starts days in the time zone of an option', async () => {
    const days = ['--from', '2026-03-02', '--to', '2026-03-03', '--timezone', 'Asia/Tokyo'];
    const { stdout } = await cli.run(['stats', ...days, '--json']);
    const { period } = JSON.parse(stdout) as { period: object };
    assert.deepEqual(period, {
      from: '2026-03-01T15:00:00.000Z',
      to: '2026-03-02T15:00:00.000Z',
      timezone: 'Asia/Tokyo',
    });
    // The day of Tokyo ends at 15:00 in UTC, that of Kiritimati at 10:00.
    for (const [zone, runs] of [
      ['Asia/Tokyo', 4],
      ['Pacific/Kiritimati', 2],
    ] as const) {
      const args = ['executions', ...days.slice(0, 4), '--timezone', zone, '--json'];
      const listed = await cli.run([...args, '--agent', 'support']);
      assert.equal(listed.stdout.split('\n').filter(Boolean).length, runs, zone);
    }
  });

  test('is the SDK’s answer as JSON', async () => {
    const { code, stdout } = await cli.run(['stats', '--json', ...PERIOD]);
    const cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(key) });
    const [, from = '', , to = ''] = PERIOD;
    assert.equal(code, 0);
    assert.equal(stdout.split('\n').length, 2);
    assert.deepEqual(JSON.parse(stdout), await cb.stats.overview({ from, to, timezone: 'UTC' }));
  });

  test('shows a period without data', async () => {
    const { code, stdout } = await cli.run(['stats', '--from', '2025-01-01', '--to', '2025-01-02']);
    assert.equal(code, 0);
    assert.match(stdout, /requests +0\n/);
    assert.match(stdout, /success rate +-\n/);
    assert.match(stdout, /latency p50 +-\n/);
  });

  test('shows them over time, one point per line', async () => {
    const args = ['stats', 'timeline', ...PERIOD, '--granularity', 'hour'];
    const { stdout } = await cli.run(args);
    const lines = stdout.split('\n');
    assert.match(lines[0] ?? '', /^hour +requests +errors +executions +tokens +cost +p50 +p95$/);
    assert.match(lines[1] ?? '', /^2026-03-02 09:00 +0 +0 +0 +0 +\$0\.00 +- +-$/);
    assert.match(
      lines[2] ?? '',
      /^2026-03-02 10:00 +2 +▇{12} +1 +2 +2\.2K +\$0\.007 +80\d ms +80\d ms$/,
    );
    assert.match(lines[4] ?? '', /^2026-03-02 12:00 +1 +▇{6} +0 +1/);
    assert.equal(lines.length, 8);
    const json = await cli.run([...args, '--json']);
    const points = json.stdout.trim().split('\n');
    assert.deepEqual(
      points.map((line) => (JSON.parse(line) as { requests: number }).requests),
      [0, 2, 0, 1, 0, 0],
    );
    const days = await cli.run(['stats', 'timeline', ...PERIOD, '--granularity', 'day']);
    assert.match(days.stdout, /^day .*\n2026-03-02 +3 /);
    // A day of a week is a part of it.
    const weeks = await cli.run(['stats', 'timeline', ...PERIOD, '--granularity', 'week']);
    assert.match(weeks.stdout, /^week .*\n2026-03-02 +3 .* partial\n$/);
  });

  test('names the option that the server rejects', async () => {
    const zone = await cli.run(['stats', '--timezone', 'Mars/Olympus']);
    assert.equal(zone.code, 2);
    assert.match(zone.stderr, /^cloudbrain: --timezone .*\nSee --help\.\n$/);
    const long = ['stats', 'timeline', '--granularity', 'hour', '--from', '2025-01-01'];
    const { code, stderr } = await cli.run(long);
    assert.equal(code, 2);
    assert.match(stderr, /^cloudbrain: --granularity /);
  });
});

const LIST = ['executions', 'list', ...PERIOD];

describe('executions list', () => {
  test('is a table, newest first', async () => {
    const { code, stdout } = await cli.run(LIST);
    assert.equal(code, 0);
    const [head, ...rows] = stdout.trim().split('\n');
    assert.match(
      head ?? '',
      /^started +status +agent +domain +user +model +steps +took +cost +id$/,
    );
    assert.equal(rows.length, 3);
    assert.match(
      rows[1] ?? '',
      /^2026-03-02 10:30:00 {2}failed +support +app\.example\.com +grace/,
    );
    assert.match(
      rows[2] ?? '',
      /^2026-03-02 10:00:00 {2}completed +support +shop\.example\.com +ada/,
    );
    assert.match(rows[2] ?? '', /gpt-4o +1\/1 +2\.0 s +\$0\.0035 +[\da-f-]{36}$/);
  });

  test('spells out what a terminal would act upon', async () => {
    const { stdout } = await cli.run([...LIST, '--agent', 'planner']);
    assert.match(stdout, /eve\\x1b\[2J\\u202e\\x9b31m root/);
    const json = await cli.run([...LIST, '--agent', 'planner', '--json']);
    const controls = /[\p{Cc}\u202e]/u;
    assert.doesNotMatch(stdout.replaceAll('\n', ''), controls);
    assert.doesNotMatch(json.stdout.trim(), controls);
    assert.equal((JSON.parse(json.stdout) as { user: string }).user, HOSTILE);
    const { id } = JSON.parse(json.stdout) as { id: string };
    const one = await cli.run(['executions', 'get', id]);
    assert.match(one.stdout, /^user +eve\\x1b\[2J\\u202e\\x9b31m root$/m);
  });

  test('is filtered', async () => {
    for (const [args, users] of [
      [['--status', 'failed'], ['grace']],
      [['--domain', 'shop.example.com'], ['ada']],
      [['--user', 'ada'], ['ada']],
      [['--model', 'other'], []],
    ] as const) {
      const { stdout } = await cli.run([...LIST, ...args, '--json']);
      const rows = stdout.split('\n').filter(Boolean);
      assert.deepEqual(
        rows.map((line) => (JSON.parse(line) as { user: string }).user),
        users,
      );
    }
  });

  test('says that nothing was found, and prints nothing for scripts', async () => {
    const none = await cli.run([...LIST, '--user', 'nobody']);
    assert.deepEqual(none, { code: 0, stdout: '', stderr: 'No executions found.\n' });
    const json = await cli.run([...LIST, '--user', 'nobody', '--json']);
    assert.deepEqual(json, { code: 0, stdout: '', stderr: '' });
  });

  test('is the default of its family', async () => {
    const { stdout } = await cli.run(['executions', ...PERIOD]);
    assert.equal(stdout, (await cli.run(LIST)).stdout);
  });

  test('reads as many pages as it needs', async () => {
    const start = at('20:00:00');
    const many = Array.from({ length: 230 }, (_, index) => ({ startedAt: start + index * 1_000 }));
    const spans = many.map((run) => traceOf(run) as { resourceSpans: object[] });
    const body = { resourceSpans: spans.flatMap(({ resourceSpans }) => resourceSpans) };
    assert.equal((await server.call('/v1/traces', { token: ingestKey, body })).status, 200);
    const args = ['executions', 'list', '--from', '2026-03-02T20:00:00Z', '--json'];
    const lines = async (...more: string[]): Promise<string[]> =>
      (await cli.run([...args, ...more])).stdout.split('\n').filter(Boolean);
    assert.equal((await lines()).length, 50);
    assert.equal((await lines('--limit', '7')).length, 7);
    assert.equal((await lines('--limit', '205')).length, 205);
    const all = await lines('--all');
    assert.equal(new Set(all).size, 230);
    const { code, screen } = await cli.terminal(
      `cloudbrain executions --from 2026-03-02T20:00:00Z --limit 210`,
      { columns: 120 },
    );
    assert.equal(code, 0);
    assert.match(screen, /Reading 200/);
    assert.match(screen, /More are available: use --limit 840 or --all\./);
    const line = 'cloudbrain executions --from 2026-03-02T20:00:00Z --limit 1';
    const narrow = await cli.terminal(line, { columns: 60 });
    const sizeless = await cli.terminal(line, { columns: 0 });
    assert.doesNotMatch(narrow.screen, /domain.*model.*steps/);
    assert.match(sizeless.screen, /domain.*model.*steps/);
    // A reader that has enough ends it without a word.
    const head = await cli.shell(
      'cloudbrain executions --from 2026-03-02T20:00:00Z --all --json | head -1; echo "${PIPESTATUS[@]}"',
    );
    assert.match(head.stdout, /^\{.*\}\n0 0\n$/);
    assert.equal(head.stderr, '');
  });
});

describe('executions get', () => {
  test('shows one execution and its steps', async () => {
    const list = await cli.run([...LIST, '--status', 'failed', '--json']);
    const { id } = JSON.parse(list.stdout) as { id: string };
    const { code, stdout } = await cli.run(['executions', 'get', id]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^id +${id}\n`));
    assert.match(stdout, /^status +failed$/m);
    assert.match(stdout, /^tokens +1K in, 100 out$/m);
    assert.match(stdout, /^error +Too many requests$/m);
    assert.match(
      stdout,
      /^step +kind +status +took +model +tool +error\nchat +request +failed +800 ms/m,
    );
    const json = await cli.run(['executions', 'get', id, '--json']);
    const detail = JSON.parse(json.stdout) as { id: string; stepList: unknown[] };
    assert.deepEqual([detail.id, detail.stepList.length], [id, 1]);
  });

  test('fails for an unknown id, and for a malformed one', async () => {
    const none = await cli.run(['executions', 'get', '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99']);
    assert.equal(none.code, 5);
    assert.match(
      none.stderr,
      /^cloudbrain: There is no such execution\. \(request req_\S+\)\nnot_found: http:\S+\/api\/docs\/errors\/not_found\n$/,
    );
    const wrong = await cli.run(['executions', 'get', 'nonsense']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^cloudbrain: id must be a UUID such as \S+ \(got "nonsense"\)\.\n/);
    assert.equal((await cli.run(['executions', 'get'])).code, 2);
  });
});

describe('in a terminal', () => {
  const line = `cloudbrain ${LIST.join(' ')} --status failed`;

  test('a table has colours, unless NO_COLOR is set', async () => {
    const { screen } = await cli.terminal(line);
    assert.ok(screen.includes('\u001b[31mfailed'), screen);
    const { screen: plain } = await cli.terminal(line, { env: { NO_COLOR: '1' } });
    assert.ok(!plain.includes('\u001b['), plain);
  });

  test('a table fits the width', async () => {
    for (const columns of [140, 100, 80]) {
      const { screen } = await cli.terminal(line, { columns, env: { NO_COLOR: '1' } });
      for (const each of screen.split('\n')) assert.ok(each.length <= columns, each);
      assert.match(screen, /failed.*[\da-f-]{36}\n/);
    }
  });
});
