import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { PeriodError } from '../../../server/store/time/period.ts';
import type { StatsQuery } from '../../../server/store/rollups/query.ts';
import { runs } from '../../support/effort.ts';
import { at, call, run } from './calls.ts';
import { DAY, type Granularity } from '../../../server/store/time/zones.ts';
import { END, longFleet, moment } from './fleet.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const NOW = at('2026-11-21T10:07:00Z');

describe('statistics', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = NOW;
  });
  after(() => telemetry.close());

  const ask = (query: Partial<StatsQuery> = {}): StatsQuery => ({
    domains: null,
    now: NOW,
    ...query,
  });
  const overview = (workspace: Workspace, query?: Partial<StatsQuery>) =>
    telemetry.stats.overview(workspace.id, ask(query));

  describe('of a period', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      await workspace.write(
        // Three days ago: before the period, and before the one that it is compared with.
        call({ at: '2026-11-18T09:00:00Z', user: 'ada' }),
        // The day before.
        call({ at: '2026-11-19T10:07:00Z', user: 'ada', tokens: 100, conversation: 'old' }),
        call({ at: '2026-11-20T10:06:59.999Z', user: 'grace', tokens: 100 }),
        run('2026-11-20T08:00:00Z', 'failed'),
        // The last 24 hours, from their first millisecond to their last.
        call({ at: '2026-11-20T10:07:00Z', user: 'grace', latencyMs: 100, tokens: 20 }),
        call({ at: '2026-11-20T10:20:00Z', user: 'ada', conversation: 'old', latencyMs: 200 }),
        call({ at: '2026-11-20T23:59:00Z', user: 'edsger', failed: true, latencyMs: 300 }),
        call({ at: '2026-11-21T10:06:59.999Z', user: 'edsger', model: 'mystery', latencyMs: 400 }),
        run('2026-11-20T12:00:00Z', 'completed'),
        run('2026-11-20T12:00:00Z', 'completed', { domain: 'b.example.com' }),
        run('2026-11-20T12:00:00Z', 'failed'),
        run('2026-11-21T10:05:00Z', 'open'),
        run('2026-11-21T03:00:00Z', 'open'),
        // Not yet: a clock that is ahead.
        call({ at: '2026-11-21T10:07:00Z', user: 'alan' }),
      );
    });

    it('counts what began in it', async () => {
      const { change: _change, totals: _totals, ...told } = await overview(workspace);
      const unavailable = told.unavailable.filter(({ path }) => !path.startsWith('change.'));
      assert.deepEqual(
        { ...told, unavailable },
        {
          period: {
            from: '2026-11-20T10:07:00.000Z',
            to: '2026-11-21T10:07:00.000Z',
            timezone: 'UTC',
          },
          requests: 4,
          conversations: 3,
          executions: {
            total: 5,
            completed: 2,
            failed: 1,
            running: 1,
            abandoned: 1,
            successRate: 2 / 3,
          },
          errors: 1,
          errorRate: 0.25,
          tokens: {
            input: 50,
            uncachedInput: 50,
            cacheRead: 0,
            cacheWrite: 0,
            output: 0,
            reasoning: 0,
            total: 50,
          },
          cost: { usd: '0.0004', unpricedRequests: 1 },
          latencyMs: told.latencyMs,
          users: { active: 3, new: 1 },
          // Today there is one request, of a model without a price.
          unavailable: [{ path: 'totals.today.cost.usd', reason: 'No request has a known price.' }],
        },
      );
      const { p50, p95, p99 } = told.latencyMs;
      // percentile_cont of 100, 200, 300, 400
      for (const [value, exact] of [
        [p50, 250],
        [p95, 385],
        [p99, 397],
      ] as const) {
        assert.ok(value !== null && Math.abs(value - exact) <= exact * 0.02, `${value} ${exact}`);
      }
    });

    it('compares with the period before', async () => {
      const { change } = await overview(workspace);
      assert.equal(change.requests, 1);
      assert.equal(change.tokens.total, -0.75);
      assert.equal(change.cost.usd, -0.8);
      assert.equal(change.executions.failed, 0);
      assert.equal(change.executions.completed, null);
      assert.equal(change.executions.successRate, null);
      assert.equal(change.errors, null);
      assert.equal(change.users.active, 0.5);
      assert.equal(change.users.new, 0);
    });

    it('has no period before all', async () => {
      const { period, requests, change, users } = await overview(workspace, { timeframe: 'all' });
      assert.equal(period.from, '2026-11-18T00:00:00.000Z');
      assert.equal(requests, 7);
      assert.equal(users.new, 3);
      assert.equal(change.requests, null);
      assert.equal(change.latencyMs.p95, null);
    });

    it('tells of some domains only', async () => {
      const { requests, executions, users } = await overview(workspace, {
        domains: ['b.example.com', 'c.example.com'],
      });
      assert.equal(requests, 0);
      assert.equal(executions.total, 1);
      assert.equal(users.active, 0);
    });

    it('says why there is no figure', async () => {
      const empty = await overview(telemetry.workspace());
      assert.equal(empty.errorRate, null);
      assert.deepEqual(empty.latencyMs, { p50: null, p95: null, p99: null });
      assert.deepEqual(
        empty.unavailable.map(({ path }) => path),
        ['latencyMs', 'errorRate', 'executions.successRate', 'change'],
      );
      const silent = telemetry.workspace();
      await silent.write(call({ at: '2026-11-21T10:00:00Z', tokens: null }));
      const { unavailable, cost } = await overview(silent);
      assert.equal(cost.unpricedRequests, 1);
      assert.deepEqual(
        unavailable.map(({ path }) => path),
        [
          'executions.successRate',
          ...['tokens', 'cost.usd', 'change'],
          ...['totals.today.', 'totals.month.', 'totals.all.'].flatMap((of) => [
            `${of}tokens`,
            `${of}cost.usd`,
          ]),
        ],
      );
      const over = await telemetry.stats.timeline(silent.id, { ...ask(), granularity: 'day' });
      assert.deepEqual(
        over.unavailable.map(({ path }) => path),
        ['points.1.tokens', 'points.1.cost.usd'],
      );
    });

    it('knows a user as new in a domain, though known in another', async () => {
      const elsewhere = telemetry.workspace();
      await elsewhere.write(
        call({ at: '2026-11-18T09:00:00Z', domain: 'a.example.com' }),
        call({ at: '2026-11-21T09:00:00Z', domain: 'b.example.com' }),
      );
      assert.equal((await overview(elsewhere)).users.new, 0);
      assert.equal((await overview(elsewhere, { domains: ['b.example.com'] })).users.new, 1);
      const both = { domains: ['a.example.com', 'b.example.com'] };
      assert.equal((await overview(elsewhere, both)).users.new, 0);
    });
  });

  describe('over time', () => {
    const timeline = async (
      workspace: Workspace,
      query: Partial<StatsQuery> & { granularity?: Granularity },
    ) => {
      const { points } = await telemetry.stats.timeline(workspace.id, { ...ask(), ...query });
      return points.map(({ at: start, requests }) => [start, requests]);
    };

    it('has a point for each hour of the reader, also where it begins at the half', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T09:29:59Z' }),
        call({ at: '2026-11-20T09:30:00Z' }),
        call({ at: '2026-11-20T10:29:59Z' }),
        call({ at: '2026-11-20T11:30:00Z' }),
      );
      const period = { from: '2026-11-20T09:00:00Z', to: '2026-11-20T12:00:00Z' };
      assert.deepEqual(
        await timeline(workspace, { ...period, timezone: 'Asia/Kolkata', granularity: 'hour' }),
        [
          ['2026-11-20T08:30:00.000Z', 1],
          ['2026-11-20T09:30:00.000Z', 2],
          ['2026-11-20T10:30:00.000Z', 0],
          ['2026-11-20T11:30:00.000Z', 1],
        ],
      );
      assert.deepEqual(
        await timeline(workspace, { ...period, timezone: 'Asia/Kathmandu', granularity: 'hour' }),
        [
          ['2026-11-20T08:15:00.000Z', 0],
          ['2026-11-20T09:15:00.000Z', 2],
          ['2026-11-20T10:15:00.000Z', 1],
          ['2026-11-20T11:15:00.000Z', 1],
        ],
      );
    });

    it('has days of 23 and of 25 hours', async () => {
      const workspace = telemetry.workspace();
      const spring = at('2026-03-28T23:30:00Z');
      const autumn = at('2026-10-24T22:30:00Z');
      const everyHour = (from: number) =>
        Array.from({ length: 72 }, (_, hour) =>
          call({ at: new Date(from + (hour - 24) * 3_600_000).toISOString() }),
        );
      await workspace.write(...everyHour(spring), ...everyHour(autumn));
      const berlin = { timezone: 'Europe/Berlin', granularity: 'day' as const };
      const springDays = { from: '2026-03-27T23:00:00Z', to: '2026-03-30T22:00:00Z' };
      assert.deepEqual(await timeline(workspace, { ...springDays, ...berlin }), [
        ['2026-03-27T23:00:00.000Z', 24],
        ['2026-03-28T23:00:00.000Z', 23],
        ['2026-03-29T22:00:00.000Z', 24],
      ]);
      const autumnDays = { from: '2026-10-23T22:00:00Z', to: '2026-10-26T23:00:00Z' };
      assert.deepEqual(await timeline(workspace, { ...autumnDays, ...berlin }), [
        ['2026-10-23T22:00:00.000Z', 24],
        ['2026-10-24T22:00:00.000Z', 25],
        ['2026-10-25T23:00:00.000Z', 23],
      ]);
    });

    it('has months as long as they are, and the data only inside the period', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-01-31T22:59:59Z' }),
        call({ at: '2026-01-31T23:00:00Z' }),
        call({ at: '2026-02-28T22:59:59Z' }),
        call({ at: '2026-02-28T23:00:00Z' }),
        call({ at: '2026-04-05T00:00:00Z' }),
      );
      assert.deepEqual(
        await timeline(workspace, {
          from: '2026-01-15T00:00:00Z',
          to: '2026-04-05T00:00:00Z',
          timezone: 'Europe/Berlin',
          granularity: 'month',
        }),
        [
          ['2025-12-31T23:00:00.000Z', 1],
          ['2026-01-31T23:00:00.000Z', 2],
          ['2026-02-28T23:00:00.000Z', 1],
          ['2026-03-31T22:00:00.000Z', 0],
        ],
      );
    });

    it('has weeks from Monday on, partial where the period cuts them', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-01-01T00:00:00Z' }),
        // The last moment of a Sunday in Berlin, and the first of the Monday after it.
        call({ at: '2026-10-25T22:59:59.999Z' }),
        call({ at: '2026-10-25T23:00:00Z' }),
        call({ at: '2026-11-01T22:59:59.999Z' }),
        call({ at: '2026-11-01T23:00:00Z' }),
      );
      const { points } = await telemetry.stats.timeline(workspace.id, {
        ...ask({ from: '2026-10-20T22:00:00Z', to: '2026-11-04T00:00:00Z' }),
        timezone: 'Europe/Berlin',
        granularity: 'week',
      });
      assert.deepEqual(
        points.map(({ at: start, requests, partial }) => [start, requests, partial]),
        [
          ['2026-10-18T22:00:00.000Z', 1, true],
          ['2026-10-25T23:00:00.000Z', 2, false],
          ['2026-11-01T23:00:00.000Z', 1, true],
        ],
      );
    });

    it('names the granularity to ask for instead of too many points', async () => {
      const workspace = telemetry.workspace();
      await assert.rejects(
        timeline(workspace, { timeframe: '90d', granularity: 'hour' }),
        (error) => error instanceof PeriodError && error.message.includes('use day'),
      );
    });

    it('has no points before there are data', async () => {
      assert.deepEqual(await timeline(telemetry.workspace(), { timeframe: 'all' }), []);
    });
  });

  it('equal the rows, for any period, zone and domains', async () => {
    const zones = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin'];
    telemetry.clock.now = END;
    await fc.assert(
      fc.asyncProperty(
        longFleet,
        fc.array(
          fc.record({
            edges: fc.uniqueArray(moment, { minLength: 2, maxLength: 2 }),
            timezone: fc.constantFrom(...zones),
            domains: fc.constantFrom(null, ['a.example.com'], ['b.example.com', 'c.example.com']),
            granularity: fc.constantFrom('hour', 'day', 'week', 'month'),
          }),
          { minLength: 3, maxLength: 3 },
        ),
        async (observations, questions) => {
          const workspace = telemetry.workspace();
          await workspace.write(...observations);
          for (const { edges, timezone, domains, ...asked } of questions) {
            const [from = 0, to = 0] = [...edges].sort((a, b) => a - b);
            // Of hours there would be too many points.
            const isLong = to - from > 80 * DAY;
            const granularity = isLong && asked.granularity === 'hour' ? 'day' : asked.granularity;
            const [since, until] = [new Date(from).toISOString(), new Date(to).toISOString()];
            const query = { from: since, to: until, timezone, domains, now: END };
            const told = await telemetry.stats.overview(workspace.id, query);
            const exact = await figuresFromRows(workspace, since, until, domains);
            assert.deepEqual(
              {
                requests: told.requests,
                errors: told.errors,
                tokens: told.tokens.total,
                reasoning: told.tokens.reasoning,
                cost: Number(told.cost.usd),
                unpriced: told.cost.unpricedRequests,
                conversations: told.conversations,
                executions: told.executions.total,
                abandoned: told.executions.abandoned,
                active: told.users.active,
                new: told.users.new,
              },
              exact.figures,
            );
            assertClose(told.latencyMs, exact.percentiles);
            const { points } = await telemetry.stats.timeline(workspace.id, {
              ...query,
              granularity,
            });
            const sum = (figure: (point: (typeof points)[number]) => number) =>
              points.reduce((total, point) => total + figure(point), 0);
            assert.equal(
              sum((point) => point.requests),
              told.requests,
            );
            assert.equal(
              sum((point) => point.tokens.total),
              told.tokens.total,
            );
            assert.equal(
              sum((point) => point.executions.total),
              told.executions.total,
            );
            const busiest = points.find((point) => point.requests === told.requests);
            if (busiest) assertClose(busiest.latencyMs, exact.percentiles);
          }
        },
      ),
      { numRuns: runs(30) },
    );
  });
});

type Percentiles = Record<'p50' | 'p95' | 'p99', number | null>;

function assertClose(told: Percentiles, exact: Percentiles): void {
  for (const name of ['p50', 'p95', 'p99'] as const) {
    const [value, truth] = [told[name], exact[name]];
    if (truth === null) assert.equal(value, null);
    else assert.ok(value !== null && Math.abs(value - truth) <= truth * 0.02 + 1e-4, name);
  }
}

/** The same figures by plain SQL on the rows. */
async function figuresFromRows(
  workspace: Workspace,
  since: string,
  until: string,
  domains: readonly string[] | null,
) {
  const mine = domains === null ? 'true' : `domain in ('${domains.join("','")}')`;
  const inPeriod = (column: string) =>
    `${mine} and ${column} >= '${since}' and ${column} < '${until}'`;
  const [row] = await workspace.query<Record<string, number> & { ranks: number[] | null }>(`
    select r.*, e.*, c.*, u.* from (
      select count(*) as requests, count(error_type) as errors,
        coalesce(sum(coalesce(uncached_input, 0) + coalesce(cache_read, 0)
          + coalesce(cache_write, 0) + coalesce(output, 0)), 0)::bigint as tokens,
        coalesce(sum(reasoning), 0)::bigint as reasoning,
        coalesce(sum(cost_usd), 0)::float8 as cost,
        count(*) - count(cost_usd) as unpriced,
        count(distinct user_id) as active,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms) as ranks
      from requests where ${inPeriod('started_at')}
    ) r, (
      select count(*) as executions, count(*) filter (where status = 'abandoned') as abandoned
      from executions where ${inPeriod('started_at')}
    ) e, (
      select count(*) as conversations from conversations where ${inPeriod('first_at')}
    ) c, (
      select count(*) as new from (
        select min(started_at) as first from requests where ${mine} and user_id is not null
        group by user_id
      ) firsts where first >= '${since}' and first < '${until}'
    ) u`);
  assert.ok(row);
  const { ranks, ...figures } = row;
  const [p50 = null, p95 = null, p99 = null] = ranks ?? [];
  return { figures, percentiles: { p50, p95, p99 } };
}
