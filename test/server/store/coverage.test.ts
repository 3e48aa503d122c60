/** What timelines and changes say of intervals and periods that data cover only in part, or not at all. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DashboardStore } from '../../../server/store/read/admin/dashboard.ts';
import { ExecutiveStore } from '../../../server/store/read/executive.ts';
import type { StatsOverview } from '../../../server/store/read/stats/overview.ts';
import { DAY, HOUR, startAfter } from '../../../server/store/time/zones.ts';
import { Business, credit, customer, subscription } from './business-data.ts';
import { at, call, run } from './calls.ts';
import { runs } from '../../support/effort.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const NOW = at('2026-11-21T10:07:00Z');
const text = (ms: number): string => new Date(ms).toISOString();

interface Point {
  at: string;
  partial: boolean;
  noData: boolean;
}

let telemetry: Telemetry;
let executive: ExecutiveStore;
before(async () => {
  telemetry = await Telemetry.open();
  telemetry.clock.now = NOW;
  const onError = (path: string, error: unknown): never => assert.fail(`${path}: ${String(error)}`);
  executive = new ExecutiveStore({ store: telemetry.store, onError });
});
after(() => telemetry.close());

const flags = (points: readonly Point[] | null | undefined): string =>
  (points ?? []).map(({ partial, noData }) => (noData ? '-' : partial ? 'p' : 'w')).join('');

describe('the intervals of a timeline', () => {
  const ask = (workspace: Workspace, from: string, to: string, granularity: 'hour' | 'day') => ({
    id: workspace.id,
    query: { domains: null, now: NOW, from, to, granularity },
  });

  it('are partial at both ends, and without data before the first', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(
      call({ at: '2026-11-21T03:20:00Z' }),
      call({ at: '2026-11-21T09:00:00Z', failed: true }),
    );
    const { id, query } = ask(workspace, '2026-11-21T00:30:00Z', '2026-11-21T10:07:00Z', 'hour');
    const expected = '---pwwwwwwp';
    assert.equal(flags((await telemetry.stats.timeline(id, query)).points), expected);
    const limited = { ...query, limit: 5 };
    assert.equal(flags((await telemetry.stats.errors(id, limited)).points), expected);
    assert.equal(flags((await telemetry.stats.latency(id, limited)).points), expected);
    const detail = await telemetry.stats.domain(id, 'a.example.com', query);
    assert.equal(flags(detail?.points), expected);
    const later = { ...query, from: '2026-11-21T04:30:00Z' };
    assert.equal(flags((await telemetry.stats.timeline(id, later)).points), 'pwwwwwp');
    const whole = { ...query, from: '2026-11-21T04:00:00Z', to: '2026-11-21T09:00:00Z' };
    assert.equal(flags((await telemetry.stats.timeline(id, whole)).points), 'wwwww');
    const ahead = { ...query, from: '2026-11-21T09:00:00Z', to: '2026-11-21T13:00:00Z' };
    assert.equal(flags((await telemetry.stats.timeline(id, ahead)).points), 'wp--');
  });

  it('have no data where there has never been any, also of a domain alone', async () => {
    const workspace = telemetry.workspace();
    const { id, query } = ask(workspace, '2026-11-21T08:00:00Z', '2026-11-21T10:00:00Z', 'hour');
    assert.equal(flags((await telemetry.stats.timeline(id, query)).points), '--');
    await workspace.write(call({ at: '2026-11-21T08:00:00Z', domain: 'b.example.com' }));
    const other = { ...query, domains: ['a.example.com'] };
    assert.equal(flags((await telemetry.stats.timeline(id, other)).points), '--');
    assert.equal(flags((await telemetry.stats.timeline(id, query)).points), 'ww');
  });

  it('are told alike by every kind of question, for any period, zone and first data', async () => {
    const moment = fc.integer({ min: NOW - 5 * DAY, max: NOW + 3 * HOUR });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: NOW - 4 * DAY, max: NOW - 1 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.uniqueArray(moment, { minLength: 2, maxLength: 2 }),
        fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York'),
        fc.constantFrom('hour' as const, 'day' as const),
        async (times, startsWithRun, edges, timezone, granularity) => {
          const workspace = telemetry.workspace();
          const first = Math.min(...times);
          await workspace.write(
            ...times.map((ms) =>
              startsWithRun && ms === first ? run(text(ms), 'completed') : call({ at: text(ms) }),
            ),
          );
          const [from = 0, to = 0] = edges.sort((a, b) => a - b);
          const query = {
            ...{ domains: null, now: NOW, from: text(from), to: text(to), timezone, granularity },
            limit: 5,
          };
          const { points } = await telemetry.stats.timeline(workspace.id, query);
          const expected = points.map((point) => {
            const since = Date.parse(point.at);
            const until = startAfter(granularity, since, timezone);
            const [start, end] = [Math.max(since, from), Math.min(until, to)];
            const has = times.some((ms) => ms >= start && ms < end);
            if (!has && (end <= first || start >= NOW)) return '-';
            return since < from || until > to || until > NOW || since < first ? 'p' : 'w';
          });
          assert.equal(flags(points), expected.join(''));
          for (const { noData, requests, executions } of points) {
            if (noData) assert.deepEqual([requests, executions.total], [0, 0]);
          }
          for (const other of ['errors', 'latency'] as const) {
            const answer = await telemetry.stats[other](workspace.id, query);
            assert.equal(flags(answer.points), expected.join(''), other);
          }
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('of the executive trends are of the data that each is made of', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(
      run('2026-11-17T12:00:00Z', 'completed'),
      call({ at: '2026-11-18T12:00:00Z' }),
    );
    await new Business(telemetry).send(workspace, {
      customers: [customer('acme')],
      subscriptions: [
        subscription('1', '2026-11-16T00:00:00Z', { customerId: 'acme', amountUsd: '10' }),
      ],
      credits: [credit('1', '2026-11-19T09:00:00Z', 5)],
    });
    const query = { timeframe: '7d', domains: null, now: NOW } as const;
    const { trends } = await executive.overview(workspace.id, query);
    // From the 14th, which the period has from 10:07 on.
    for (const trend of ['executions', 'users', 'errors'] as const) {
      assert.equal(flags(trends[trend]), '---pwwwp', trend);
    }
    assert.equal(flags(trends.revenue), '--wwwwwp');
    assert.deepEqual(
      trends.revenue?.map(({ mrrUsd }) => mrrUsd),
      [null, null, ...Array<string>(6).fill('10.00')],
    );
    assert.deepEqual(
      trends.revenue.map(({ creditSalesUsd }) => creditSalesUsd === null),
      [true, true, true, true, true, false, false, false],
    );
  });
});

describe('a change', () => {
  const reasonOf = (
    { unavailable }: Pick<StatsOverview, 'unavailable'>,
    path: string,
  ): string | undefined => unavailable.find((one) => `${path}.`.startsWith(`${one.path}.`))?.reason;

  /** Every change that is null has a reason, and no other has one. */
  function checkReasons(answer: Pick<StatsOverview, 'unavailable'>, change: object, path: string) {
    for (const [name, value] of Object.entries(change) as [string, unknown][]) {
      const at = `${path}.${name}`;
      if (value !== null && typeof value === 'object') checkReasons(answer, value, at);
      else assert.equal(reasonOf(answer, at) !== undefined, value === null, at);
    }
  }

  it('is null where data start within the earlier period, by a millisecond', async () => {
    const of = async (first: string) => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: first }),
        ...Array.from({ length: 12 }, () => call({ at: '2026-11-21T09:00:00Z' })),
      );
      const query = { domains: null, now: NOW, timeframe: '24h' } as const;
      const { id } = workspace;
      const overview = await telemetry.stats.overview(id, query);
      const list = await telemetry.stats.models(id, { ...query, limit: 5 });
      const domain = await telemetry.stats.domain(id, 'a.example.com', query);
      assert.ok(domain);
      checkReasons(overview, overview.change, 'change');
      checkReasons(domain, domain.change, 'change');
      for (const [index, model] of list.data.entries()) {
        checkReasons(list, model.change, `data.${index}.change`);
      }
      return {
        changes: [overview.change.requests, list.data[0]?.change.requests, domain.change.requests],
        reason: reasonOf(overview, 'change.requests'),
        reasons: overview.unavailable.filter(({ path }) => path.startsWith('change')).length,
      };
    };
    assert.deepEqual((await of('2026-11-19T10:07:00.000Z')).changes, [11, 11, 11]);
    const late = await of('2026-11-19T10:07:00.001Z');
    assert.deepEqual(late.changes, [null, null, null]);
    assert.match(late.reason ?? '', /starts at 2026-11-19T10:07:00.001Z/);
    assert.equal(late.reasons, 1);
  });

  it('is null, with its reason, where there was none before, and for all', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(
      call({ at: '2026-11-01T00:00:00Z' }),
      call({ at: '2026-11-21T09:00:00Z' }),
    );
    const query = { domains: null, now: NOW } as const;
    const day = await telemetry.stats.overview(workspace.id, { ...query, timeframe: '24h' });
    assert.equal(day.change.requests, null);
    assert.match(reasonOf(day, 'change.requests') ?? '', /It was 0/);
    checkReasons(day, day.change, 'change');
    const all = await telemetry.stats.overview(workspace.id, { ...query, timeframe: 'all' });
    assert.match(reasonOf(all, 'change.requests') ?? '', /`all`/);
    checkReasons(all, all.change, 'change');
  });

  it('of the executive overview needs the data that each figure is made of', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(
      call({ at: '2026-11-01T00:00:00Z', user: 'ada' }),
      call({ at: '2026-11-10T00:00:00Z', user: 'ada' }),
      call({ at: '2026-11-20T00:00:00Z', user: 'ada' }),
      run('2026-11-10T00:00:00Z', 'completed', { agent: 'helper' }),
      run('2026-11-20T00:00:00Z', 'completed', { agent: 'helper' }),
    );
    await new Business(telemetry).send(workspace, {
      customers: [customer('acme')],
      subscriptions: [
        subscription('1', '2026-11-09T00:00:00Z', { customerId: 'acme', amountUsd: '10' }),
        subscription('1', '2026-11-18T00:00:00Z', { customerId: 'acme', amountUsd: '4000' }),
      ],
    });
    const query = { timeframe: '7d', domains: null, now: NOW } as const;
    const answer = await executive.overview(workspace.id, query);
    const { userMetrics, executionMetrics, businessMetrics, agentMetrics } = answer;
    assert.ok(userMetrics && executionMetrics && businessMetrics && agentMetrics);
    assert.equal(executionMetrics.change.total, 0);
    assert.equal(agentMetrics.change.active, 0);
    // 30 days before the earlier period's end there was nothing yet.
    assert.deepEqual([userMetrics.change.wau, userMetrics.change.mau], [0, null]);
    assert.equal(businessMetrics.change.mrrUsd, null);
    assert.match(
      reasonOf(answer, 'businessMetrics.change.mrrUsd') ?? '',
      /starts at 2026-11-09T00:00:00.000Z/,
    );
    for (const part of [
      'userMetrics',
      'executionMetrics',
      'businessMetrics',
      'agentMetrics',
    ] as const) {
      checkReasons(answer, answer[part]?.change ?? {}, `${part}.change`);
    }
  });

  it('of the users of the admin dashboard needs data of two weeks', async () => {
    const dashboard = new DashboardStore(telemetry.store);
    const growth = async (first: string) => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: first, user: 'ada' }),
        call({ at: '2026-11-20T00:00:00Z', user: 'grace' }),
      );
      const asked = { domains: null, timezone: undefined, now: NOW };
      const { users, unavailable } = await dashboard.stats(workspace.id, asked);
      return [users.growth, unavailable.some(({ path }) => path === 'users.growth')];
    };
    assert.deepEqual(await growth('2026-11-07T10:07:00.000Z'), [1, false]);
    assert.deepEqual(await growth('2026-11-07T10:07:00.001Z'), [null, true]);
  });
});
