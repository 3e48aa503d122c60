import type { StatsModels } from '@cloudbrain/sdk';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { traceOf, type AgentRun } from '../server/api/traces.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

/** A Monday. */
const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);
const PERIOD = ['--from', '2026-03-02T00:00:00Z', '--to', '2026-03-03T00:00:00Z'];

const runs: AgentRun[] = [
  { startedAt: at('10:00:00'), user: 'ada', service: 'shop.example.com' },
  { startedAt: at('10:05:00'), user: 'ada' },
  { startedAt: at('10:10:00'), user: 'grace', failed: true },
  { startedAt: at('12:00:00'), user: 'eve\u001b[2J', agent: 'planner', model: 'unpriced-1' },
];

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const token = await server.ingestKey();
  for (const run of runs) {
    assert.equal((await server.call('/v1/traces', { token, body: traceOf(run) })).status, 200);
  }
  const env = { CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: await server.apiKey('admin') };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

/** What a statistic of the day says, apart from what nobody knows. */
async function said(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(['stats', ...args, ...PERIOD]);
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /^(?!\S+ is unavailable: )./m);
  return stdout.trimEnd().split('\n');
}

test('domains are listed with their shares', async () => {
  assert.deepEqual(await said('domains'), [
    'domain            requests  errors  tokens      cost  share     p95  users  last request',
    'app.example.com          3       1    3.3K  ≥ $0.007    75%  802 ms      3  2026-03-02 12:00:00',
    'shop.example.com         1       0    1.1K   $0.0035    25%  802 ms      1  2026-03-02 10:00:00',
  ]);
});

test('models are listed, and compared', async () => {
  assert.deepEqual(await said('models', '--domain', 'app.example.com'), [
    'model       requests  errors  tokens    cost  share  change     p95',
    'gpt-4o             2       1    2.2K  $0.007  66.7%          802 ms',
    'unpriced-1         1       0    1.1K       -  33.3%          802 ms',
  ]);
  const args = ['stats', 'compare', 'unpriced-1', 'gpt-4o', ...PERIOD];
  const { code, stdout, stderr } = await cli.run(args);
  assert.equal(code, 0);
  const [, first, second] = stdout.split('\n');
  assert.match(first ?? '', /^unpriced-1 +1 +0% +- +- +802 ms +- +125$/);
  assert.match(second ?? '', /^gpt-4o +3 +33\.3% +\$0\.0035 +\$3\.18 +802 ms +- +125$/);
  assert.match(
    stderr,
    /^models\.0\.cost\.perRequestUsd is unavailable: No request has a known price\.$/m,
  );
});

test('entries that are not listed are counted', async () => {
  const args = ['stats', 'models', '--limit', '1', ...PERIOD];
  const { code, stdout, stderr } = await cli.run(args);
  assert.equal(code, 0);
  assert.match(stdout, /^model .*\ngpt-4o .*\n$/);
  const lines = stderr.split('\n');
  assert.equal(lines[0], '1 more not listed: use --limit 4 or --all.');
  assert.match(lines[1] ?? '', /^other\.cost\.usd is unavailable: No request has a known price\.$/);
  const json = await cli.run([...args, '--json']);
  const found = JSON.parse(json.stdout) as { data: object[]; other: { entries: number } };
  assert.deepEqual([found.data.length, found.other.entries, json.stderr], [1, 1, '']);
});

test('costs have the chosen breakdown, and a row for what has no name', async () => {
  assert.deepEqual(await said('costs', '--breakdown', 'agent'), [
    'agent    requests  errors  tokens     cost  share',
    'support         3       1    3.3K  $0.0105   100%',
    'planner         1       0    1.1K        -      -',
  ]);
  const [, ...teams] = await said('costs', '--breakdown', 'team');
  assert.deepEqual(teams, ['(no team)         4       1    4.4K  ≥ $0.0105   100%']);
  const wrong = await cli.run(['stats', 'costs', '--breakdown', 'colour']);
  assert.equal(wrong.code, 2);
});

test('errors, latency and flow have their tables', async () => {
  assert.deepEqual(await said('errors'), [
    'type        errors  share',
    'rate_limit       1   100%',
  ]);
  assert.deepEqual(await said('latency'), [
    'model       requests     p50     p95     p99',
    'gpt-4o             3  802 ms  802 ms  802 ms',
    'unpriced-1         1  802 ms  802 ms  802 ms',
  ]);
  assert.deepEqual(await said('flow'), [
    'agent    calls              times  errors',
    'support  model  gpt-4o          3       1',
    'planner  model  unpriced-1      1       0',
  ]);
});

test('users are a list, and their names are harmless to a terminal', async () => {
  const [, ...rows] = await said('users', '--sort', 'requests');
  assert.match(
    rows[0] ?? '',
    /^ada +2 +0 +2\.2K +\$0\.007 +2026-03-02 10:00:00 +2026-03-02 10:05:00$/,
  );
  assert.ok(rows.some((row) => row.startsWith(String.raw`eve\x1b[2J  `)));
  const [page = ''] = await said('users', '--json', '--limit', '2');
  const { data } = JSON.parse(page) as { data: { user: string }[] };
  assert.deepEqual(
    data.map(({ user }) => typeof user),
    ['string', 'string'],
  );
});

test('peaks and the heatmap show the hours in a time zone', async () => {
  assert.deepEqual(await said('peaks'), [
    'Busiest: the hour from 10:00, and Mon.',
    'busiest hours     requests  tokens',
    '2026-03-02 10:00         3    3.3K',
    '2026-03-02 12:00         1    1.1K',
  ]);
  const [head, monday, tuesday] = await said('heatmap');
  assert.equal(head, '     00    03    06    09    12    15    18    21');
  assert.equal(monday, `Mon  ${'··'.repeat(10)}██··▒▒${'··'.repeat(11)}`);
  assert.equal(tuesday, `Tue  ${'··'.repeat(24)}`);
  const [, east] = await said('heatmap', '--timezone', 'Asia/Tokyo');
  assert.equal(east, `Mon  ${'··'.repeat(19)}██··▒▒····`);
});

test('a period without data says so', async () => {
  for (const name of ['models', 'costs', 'errors', 'latency', 'flow', 'peaks']) {
    const { code, stdout, stderr } = await cli.run([
      ...['stats', name, '--from', '2025-01-01', '--to', '2025-01-02'],
    ]);
    assert.deepEqual([code, stdout], [0, ''], name);
    assert.match(stderr, /^No data in this period\.\n/, name);
  }
});

test('a role that may not see users gets the roles that may', async () => {
  const env = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
  const args = ['stats', 'costs', '--breakdown', 'user'];
  const { code, stderr } = await cli.run(args, { env });
  assert.equal(code, 4);
  assert.match(stderr, /admin.*support/);
});

test('a list of figures is read to its end, however many pages it has', async () => {
  const items = Array.from({ length: 205 }, (_, index) => ({
    startedAt: at('10:00:00') - 86_400_000 + index,
    model: `model-${index}`,
    user: 'hedy',
  }));
  const token = await server.ingestKey();
  for (const run of items) await server.call('/v1/traces', { token, body: traceOf(run) });
  const day = ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-02T00:00:00Z'];
  const args = ['stats', 'models', ...day];
  const all = await cli.run([...args, '--all']);
  assert.equal(all.stdout.trimEnd().split('\n').length, 206);
  assert.doesNotMatch(all.stderr, /more not listed/);
  const some = await cli.run([...args, '--limit', '203']);
  assert.equal(some.stdout.trimEnd().split('\n').length, 204);
  assert.match(some.stderr, /^2 more not listed: use --limit 812 or --all\.$/m);
  const json = await cli.run([...args, '--limit', '203', '--json']);
  const pages = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as StatsModels);
  assert.deepEqual(
    pages.map(({ data }) => data.length),
    [200, 3],
  );
});
