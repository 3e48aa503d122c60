import type { LiveStats, StatsDelta, StatsOverview, StatsTimeline } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { addDecimal, applyToOverview, applyToTimeline } from '../../src/data/queries/delta.ts';

const tokens = (input: number) => ({
  input,
  uncachedInput: input,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  total: input,
});

const delta = (requests: number, change: Partial<StatsDelta> = {}): StatsDelta => ({
  requests,
  conversations: 0,
  executions: { total: 0, completed: 0, failed: 0, running: 0, abandoned: 0 },
  errors: 0,
  tokens: tokens(10 * requests),
  cost: { usd: '0.1', unpricedRequests: 0 },
  ...change,
});

const event = (
  deltas: [at: string, delta: StatsDelta][],
  { domain = 'a.example', changed = [] as LiveStats['data']['changed'] } = {},
): LiveStats => ({
  event: 'stats',
  id: '7',
  data: { domain, deltas: deltas.map(([at, it]) => ({ at, delta: it })), changed },
});

const sums = {
  requests: 0,
  errors: 0,
  tokens: tokens(0),
  cost: { usd: '0.00', unpricedRequests: 0 },
};

const overview = (): StatsOverview => ({
  period: { from: '2026-11-20T10:07:00Z', to: '2026-11-21T10:07:00Z', timezone: 'UTC' },
  requests: 100,
  conversations: 10,
  executions: { total: 10, completed: 6, failed: 2, running: 1, abandoned: 1, successRate: 0.75 },
  errors: 10,
  errorRate: 0.1,
  tokens: tokens(1000),
  cost: { usd: '9.95', unpricedRequests: 1 },
  latencyMs: { p50: 1, p95: 2, p99: 3 },
  users: { active: 4, new: 1 },
  totals: { today: sums, month: sums, all: sums },
  change: {
    requests: 1,
    conversations: null,
    executions: {
      total: 0,
      completed: 0,
      failed: 0,
      running: null,
      abandoned: null,
      successRate: 0,
    },
    errors: 0,
    errorRate: 0,
    tokens: { ...tokens(0) },
    cost: { usd: 0, unpricedRequests: null },
    latencyMs: { p50: 0, p95: 0, p99: 0 },
    users: { active: 0, new: 0 },
  },
  unavailable: [],
});

describe('an overview with a live event', () => {
  it('has the sums, and the rates that follow from them', () => {
    const counts = { total: 2, completed: 2, failed: 0, running: -1, abandoned: 0 };
    const change = { executions: counts, errors: 1 };
    const applied = applyToOverview(
      overview(),
      event([['2026-11-21T10:00:00Z', delta(10, change)]]),
      { timeframe: '24h' },
    );
    const data = applied?.data ?? assert.fail('nothing');
    assert.equal(data.requests, 110);
    assert.equal(data.tokens.input, 1100);
    assert.equal(data.cost.usd, '10.05');
    assert.equal(data.errorRate, 0.1);
    assert.equal(data.executions.successRate, 0.8);
    assert.equal(data.executions.running, 0);
    // Twice as many as the 50 before; now there are 110.
    assert.approximately(data.change.requests ?? NaN, 1.2, 1e-9);
    assert.isNull(data.change.conversations);
    assert.deepEqual(data.latencyMs, { p50: 1, p95: 2, p99: 3 });
  });

  it('asks again soon for what no sum tells, and before long for what slid out', () => {
    const at = '2026-11-21T10:00:00Z';
    const soon = applyToOverview(overview(), event([[at, delta(1)]], { changed: ['users'] }), {});
    const later = applyToOverview(overview(), event([[at, delta(1)]]), {});
    assert.isBelow(soon?.refetchIn ?? Infinity, 5_000);
    assert.isAbove(later?.refetchIn ?? 0, 5_000);
  });

  it('leaves out other domains and other times', () => {
    const now = event([['2026-11-21T10:00:00Z', delta(1)]]);
    assert.isUndefined(applyToOverview(overview(), now, { domain: 'b.example' }));
    assert.isDefined(applyToOverview(overview(), now, { domain: 'a.example' }));
    const old = event([['2026-11-20T09:00:00Z', delta(1)]]);
    assert.isUndefined(applyToOverview(overview(), old, {}));
    const after = event([['2026-11-21T11:00:00Z', delta(1)]]);
    assert.isUndefined(applyToOverview(overview(), after, { to: '2026-11-21T10:07:00Z' }));
  });

  it('has nothing of what happens now where the period is over', () => {
    const now = event([['2026-11-21T10:15:00Z', delta(1)]]);
    for (const timeframe of ['yesterday', 'last-week', 'last-month'] as const) {
      assert.isUndefined(applyToOverview(overview(), now, { timeframe }), timeframe);
      const late = event([['2026-11-21T09:45:00Z', delta(1)]]);
      assert.equal(applyToOverview(overview(), late, { timeframe })?.data?.requests, 101);
    }
    assert.equal(applyToOverview(overview(), now, { timeframe: 'today' })?.data?.requests, 101);
  });

  it('asks the server what of an interval at the edge is meant', () => {
    const edge = applyToOverview(overview(), event([['2026-11-20T10:00:00Z', delta(1)]]), {});
    assert.equal(edge?.data?.requests, 100);
    assert.isBelow(edge?.refetchIn ?? Infinity, 5_000);
  });
});

describe('a timeline with a live event', () => {
  const point = (at: string) => ({
    ...delta(1),
    at,
    partial: false,
    noData: false,
    latencyMs: { p50: null, p95: null, p99: null },
  });
  const data: StatsTimeline = {
    period: { from: '2026-11-21T08:00:00Z', to: '2026-11-21T10:00:00Z', timezone: 'UTC' },
    granularity: 'hour',
    anomalies: null,
    unavailable: [],
    points: [point('2026-11-21T08:00:00Z'), point('2026-11-21T09:00:00Z')],
  };

  it('has it in the right interval', () => {
    const applied = applyToTimeline(data, event([['2026-11-21T08:45:00Z', delta(4)]]), {});
    assert.deepEqual(
      applied?.data?.points.map(({ requests }) => requests),
      [5, 1],
    );
    assert.equal(data.points[0]?.requests, 1, 'the answer itself is not changed');
  });

  it('has data from then on where there was none yet', () => {
    const [first, ...rest] = data.points;
    const empty = { ...data, points: [{ ...first!, requests: 0, noData: true }, ...rest] };
    const applied = applyToTimeline(empty, event([['2026-11-21T08:45:00Z', delta(4)]]), {});
    const [point_] = applied?.data?.points ?? [];
    assert.deepEqual([point_?.requests, point_?.noData], [4, false]);
  });

  it('has nothing of what happens now where the period is over', () => {
    const now = event([['2026-11-21T10:00:00Z', delta(1)]]);
    for (const timeframe of ['yesterday', 'last-week', 'last-month'] as const) {
      assert.isUndefined(applyToTimeline(data, now, { timeframe }), timeframe);
    }
    // The interval goes on, and the period doesn't.
    const weeks = { ...data, granularity: 'week' as const };
    assert.isUndefined(applyToTimeline(weeks, now, { timeframe: 'last-month' }));
    assert.isUndefined(applyToTimeline(weeks, now, { to: weeks.period.to }));
  });

  it('has it in the current week, and asks when the next has begun', () => {
    const week = { ...data, granularity: 'week' as const, points: [point('2026-11-16T00:00:00Z')] };
    const inIt = applyToTimeline(week, event([['2026-11-22T23:45:00Z', delta(4)]]), {});
    assert.equal(inIt?.data?.points[0]?.requests, 5);
    const next = applyToTimeline(week, event([['2026-11-23T00:00:00Z', delta(4)]]), {});
    assert.equal(next?.data?.points[0]?.requests, 1);
    assert.isBelow(next?.refetchIn ?? Infinity, 5_000);
  });

  it('asks for an interval that has only begun', () => {
    const applied = applyToTimeline(data, event([['2026-11-21T10:00:00Z', delta(1)]]), {});
    assert.isBelow(applied?.refetchIn ?? Infinity, 5_000);
    assert.equal(applied?.data?.points.length, 2);
  });
});

describe('decimal strings', () => {
  it('are added exactly', () => {
    assert.equal(addDecimal('0.1', '0.2'), '0.3');
    assert.equal(addDecimal('9007199254740993.01', '0.000001'), '9007199254740993.010001');
    assert.equal(addDecimal('1', '-2.50'), '-1.50');
    assert.equal(addDecimal('-0.05', '0.05'), '0.00');
    assert.equal(addDecimal('-0.05', '0'), '-0.05');
  });
});
