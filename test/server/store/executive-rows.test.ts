/** The executive overview equals plain SQL on the rows: any period, zone and domains. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { ExecutiveStore, type ExecutiveOverview } from '../../../server/store/read/executive.ts';
import type { BusinessBatch } from '../../../server/store/business/records.ts';
import { runs } from '../../support/effort.ts';
import { Business, credit, customer, DAY, subscription } from './business-data.ts';
import { END, fleet, SPAN_MS } from './fleet.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const LENGTHS = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 } as const;
const DOMAINS = ['a.example.com', 'b.example.com', 'c.example.com'];

let telemetry: Telemetry;
let business: Business;
let executive: ExecutiveStore;
before(async () => {
  telemetry = await Telemetry.open();
  telemetry.clock.now = END;
  business = new Business(telemetry);
  const onError = (path: string, error: unknown): never => assert.fail(`${path}: ${String(error)}`);
  executive = new ExecutiveStore({ store: telemetry.store, onError });
});
after(() => telemetry.close());

const names = ['acme', 'bolt', 'cern', 'dune'];
const moment = fc
  .integer({ min: END - 100 * DAY, max: END + DAY })
  .map((at) => new Date(at).toISOString());

const records: fc.Arbitrary<Partial<BusinessBatch>> = fc.record({
  customers: fc.tuple(
    ...names.map((name) =>
      fc
        .record({ domains: fc.subarray(DOMAINS), deleted: fc.boolean() })
        .map((more) => customer(name, more)),
    ),
  ),
  subscriptions: fc.array(
    fc
      .record({
        id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
        customerId: fc.constantFrom(...names, 'nobody'),
        at: moment,
        endedAt: fc.option(moment),
        status: fc.constantFrom('active', 'active', 'trial', 'ended'),
        amountUsd: fc.constantFrom('0', '10', '99.99'),
        interval: fc.constantFrom('month', 'year', 'week', 'quarter'),
      })
      .map(({ id, at, endedAt, status, interval, ...more }) =>
        subscription(id, at, {
          ...more,
          endedAt: endedAt !== null && endedAt >= at ? endedAt : null,
          status: status as 'active',
          interval: interval as 'month',
        }),
      ),
    { maxLength: 12 },
  ),
  credits: fc.array(
    fc
      .tuple(fc.nat(1_000), moment, fc.constantFrom(...names, null), fc.constantFrom(1, 0.25))
      .map(([id, at, customerId, n]) => credit(String(id), at, n, { customerId })),
    { maxLength: 8 },
  ),
});

const question = fc.record({
  now: fc.integer({ min: END - 15 * DAY, max: END + 7_200_000 }),
  timeframe: fc.constantFrom('24h' as const, '7d' as const, '30d' as const, '90d' as const),
  timezone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York'),
  domains: fc.constantFrom(null, ['a.example.com'], ['b.example.com', 'c.example.com']),
});

it('equals the rows', async () => {
  assert.ok(SPAN_MS < 90 * DAY);
  await fc.assert(
    fc.asyncProperty(
      fleet,
      records,
      fc.array(question, { minLength: 3, maxLength: 3 }),
      async (observations, told, questions) => {
        const workspace = telemetry.workspace();
        await workspace.write(...observations);
        await business.send(workspace, told);
        for (const asked of questions) {
          const overview = await executive.overview(workspace.id, asked);
          const to = asked.now;
          const from = to - LENGTHS[asked.timeframe] * DAY;
          const exact = await fromRows(workspace, from, to, asked.domains);
          assert.deepEqual(figuresOf(overview), exact.figures);
          const { avgRuntimeMs, p95RuntimeMs } = overview.executionMetrics ?? {};
          assertMean(avgRuntimeMs, exact.runtimes.avg);
          assertClose(p95RuntimeMs, exact.runtimes.p95);
          assertTrends(overview);
        }
      },
    ),
    { numRuns: runs(25) },
  );
});

function figuresOf(overview: ExecutiveOverview) {
  const { userMetrics: users, executionMetrics: runs, businessMetrics: money } = overview;
  const { dau, wau, mau, active, new: fresh, churned } = users ?? {};
  const { total, completed, failed, creditsUsed } = runs ?? {};
  return {
    users: [dau, wau, mau, active, fresh, churned],
    runs: [total, completed, failed],
    agents: overview.agentMetrics?.topAgents.map((agent) => [
      agent.name,
      agent.total,
      agent.completed,
      agent.avgRuntimeMs?.toFixed(6) ?? null,
    ]),
    topUsers: overview.topUsers?.map(({ user, requests }) => [user, requests]),
    credits: creditsUsed ?? 0,
    annual: Math.round(Number(money?.arrUsd ?? 0) * 100),
    customers: [money?.paidCustomers ?? 0, money?.trialCustomers ?? 0, money?.newCustomers ?? 0],
    churn: money?.churnRate ?? null,
  };
}

/** Each trend adds up to the figure of the whole period, or ends with it. */
function assertTrends({ trends, executionMetrics, businessMetrics }: ExecutiveOverview): void {
  const sum = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);
  assert.equal(sum(trends.executions?.map(({ total }) => total)), executionMetrics?.total);
  assert.equal(sum(trends.executions?.map(({ failed }) => failed)), executionMetrics?.failed);
  const last = trends.revenue?.at(-1);
  // Before the first subscription there is none.
  if (last && last.mrrUsd !== null) assert.equal(last.mrrUsd, businessMetrics?.mrrUsd);
}

/** A mean is a sum and a count: only its last digits are a double's own. */
function assertMean(value: number | null | undefined, exact: number | null): void {
  assert.equal(value?.toFixed(6) ?? null, exact?.toFixed(6) ?? null);
}

function assertClose(value: number | null | undefined, exact: number | null): void {
  if (exact === null) assert.equal(value, null);
  else assert.ok(value != null && Math.abs(value - exact) <= exact * 0.0201, `${value} ${exact}`);
}

/** The same figures by SQL that knows no rollup, and looks for each subscription's state anew. */
async function fromRows(
  workspace: Workspace,
  from: number,
  to: number,
  domains: readonly string[] | null,
) {
  const time = (at: number): string => `timestamptz '${new Date(at).toISOString()}'`;
  const mine = domains === null ? 'true' : `domain in ('${domains.join("','")}')`;
  const within = (column: string, since: number, until: number): string =>
    `${mine} and ${column} >= ${time(since)} and ${column} < ${time(until)}`;
  const users = (since: number, until = to): string =>
    `(select count(distinct user_id) from requests where ${within('started_at', since, until)})`;
  const customers =
    domains === null
      ? `customer_id is null or customer_id not in (select id from customers where deleted)`
      : `customer_id in (select id from customers
          where not deleted and domains && array['${domains.join("','")}'])`;
  const runs = `executions where ${within('started_at', from, to)}`;
  const before = from - (to - from);
  /** What each subscription is just before a moment. */
  const states = (at: number): string => `
    select customer_id, status, annual_usd from (
      select distinct on (id) * from subscription_changes where changed_at < ${time(at)}
      order by id, changed_at desc
    ) latest
    where (ended_at is null or ended_at >= ${time(at)}) and (${customers})`;
  const paying = (at: number): string =>
    `select customer_id from (${states(at)}) s where status = 'active' and annual_usd > 0`;
  const [row] = await workspace.query<Record<string, number> & { ranks: number[] | null }>(`
    select
      ${users(to - DAY)} as dau, ${users(to - 7 * DAY)} as wau, ${users(to - 30 * DAY)} as mau,
      ${users(from)} as active,
      (select count(*) from (
        select min(started_at) as first from requests where ${mine} and user_id is not null
        group by user_id
      ) firsts where first >= ${time(from)} and first < ${time(to)}) as fresh,
      (select count(*) from (
        select user_id from requests
        where ${within('started_at', before, from)} and user_id is not null
        except select user_id from requests where ${within('started_at', from, to)}
      ) gone) as churned,
      (select coalesce(min(at) <= ${time(before)}, false) from (
        select started_at as at from requests where ${mine}
        union all select started_at from executions where ${mine}
        union all select first_at from conversations where ${mine}
      ) firsts) as "hasBefore",
      (select count(*) from ${runs}) as total,
      (select count(*) from ${runs} and status = 'completed') as completed,
      (select count(*) from ${runs} and status = 'failed') as failed,
      (select avg(extract(epoch from ended_at - started_at) * 1000)::float8
        from ${runs} and status in ('completed', 'failed')) as avg,
      (select percentile_cont(0.95) within group (
          order by extract(epoch from ended_at - started_at) * 1000)
        from ${runs} and status in ('completed', 'failed')) as p95,
      (select coalesce(sum(credits), 0)::float8 from credits
        where at >= ${time(from)} and at < ${time(to)} and (${customers})) as credits,
      (select coalesce(sum(annual_usd), 0)::float8 from (${states(to)}) s
        where status = 'active') as annual,
      (select count(distinct customer_id) from (${paying(to)}) p) as paid,
      (select count(distinct customer_id) from (${states(to)}) s where status = 'trial'
        and customer_id not in (${paying(to)})) as trial,
      (select count(distinct customer_id) from (${paying(from)}) p) as "atBegin",
      (select count(*) from (${paying(from)} except ${paying(to)}) lost) as lost
  `);
  assert.ok(row);
  const agents = await workspace.query<{
    agent: string;
    n: number;
    ok: number;
    ms: number | null;
  }>(`
    select agent, count(*) as n, count(*) filter (where status = 'completed') as ok,
      (avg(extract(epoch from ended_at - started_at) * 1000)
        filter (where status in ('completed', 'failed')))::float8 as ms
    from ${runs} and agent is not null group by agent order by n desc, agent limit 10`);
  const top = await workspace.query<{ user_id: string; n: number }>(`
    select user_id, count(*) as n from requests
    where ${within('started_at', from, to)} and user_id is not null
    group by user_id order by n desc, user_id limit 10`);
  const fresh = await firstPaid(workspace, customers, time(from), time(to));
  return {
    figures: {
      users: [row.dau, row.wau, row.mau, row.active, row.fresh, row.hasBefore ? row.churned : null],
      runs: [row.total, row.completed, row.failed],
      agents: agents.map(({ agent, n, ok, ms }) => [agent, n, ok, ms?.toFixed(6) ?? null]),
      topUsers: top.map(({ user_id, n }) => [user_id, n]),
      credits: row.credits,
      annual: Math.round((row.annual ?? 0) * 100),
      customers: [row.paid, row.trial, fresh],
      churn: row.atBegin === 0 ? null : (row.lost ?? 0) / (row.atBegin ?? 0),
    },
    runtimes: { avg: row.avg ?? null, p95: row.p95 ?? null },
  };
}

/** Customers who paid for the first time in a period. */
async function firstPaid(
  workspace: Workspace,
  customers: string,
  from: string,
  to: string,
): Promise<number> {
  const [row] = await workspace.query<{ n: number }>(`
    select count(*) as n from (
      select customer_id, min(changed_at) as first from subscription_changes c
      where status = 'active' and annual_usd > 0 and (${customers})
        and (ended_at is null or ended_at > changed_at)
      group by customer_id
    ) firsts where first >= ${from} and first < ${to}`);
  return row?.n ?? 0;
}
