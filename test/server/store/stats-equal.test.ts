/** Every statistic equals plain SQL on the rows, for any period, zone and filter. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { plainUsd } from '../../../server/store/rollups/money.ts';
import { DAY } from '../../../server/store/time/zones.ts';
import { runs } from '../../support/effort.ts';
import { END, longFleet, moment } from './fleet.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const ZONES = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin'];
const BREAKDOWNS = ['model', 'domain', 'user', 'agent', 'team'] as const;
const LABELS = { model: 'model', domain: 'domain', user: 'user_id', agent: 'agent', team: 'team' };

const question = fc.record({
  edges: fc.uniqueArray(moment, { minLength: 2, maxLength: 2 }),
  timezone: fc.constantFrom(...ZONES),
  domains: fc.constantFrom(null, ['a.example.com'], ['b.example.com', 'c.example.com']),
  granularity: fc.constantFrom('hour', 'day', 'week', 'month'),
  limit: fc.constantFrom(1, 2, 100),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

/** What is summed of rows, as an answer has it. */
interface Summed {
  requests: number;
  errors: number;
  tokens: number;
  reasoning: number;
  usd: string;
  unpriced: number;
}
const SUMMED = `count(*) as requests, count(error_type) as errors,
  coalesce(sum(coalesce(uncached_input, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0)
    + coalesce(output, 0)), 0)::bigint as tokens,
  coalesce(sum(reasoning), 0)::bigint as reasoning,
  coalesce(sum(cost_usd), 0)::text as usd, count(*) - count(cost_usd) as unpriced`;
const PERCENTILES = 'percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms)';

interface Told {
  requests: number;
  errors: number;
  tokens: { total: number; reasoning: number };
  cost: { usd: string; unpricedRequests: number };
}
const summedOf = ({ requests, errors, tokens, cost }: Told): Summed => ({
  requests,
  errors,
  tokens: tokens.total,
  reasoning: tokens.reasoning,
  usd: cost.usd,
  unpriced: cost.unpricedRequests,
});
const plain = <T extends { usd: string }>(row: T): T => ({ ...row, usd: plainUsd(row.usd) });

type Percentiles = Record<'p50' | 'p95' | 'p99', number | null>;
function assertClose(told: Percentiles, exact: readonly number[] | null): void {
  for (const [place, name] of (['p50', 'p95', 'p99'] as const).entries()) {
    const [value, truth] = [told[name], exact?.[place] ?? null];
    if (truth === null) assert.equal(value, null);
    else assert.ok(value !== null && Math.abs(value - truth) <= truth * 0.02 + 1e-4, name);
  }
}

/** By its largest, so that a list can be cut anywhere. */
const total = <T>(some: readonly T[], of: (it: T) => number): number =>
  some.reduce((sum, it) => sum + of(it), 0);

describe('statistics equal the rows', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = END;
  });
  after(() => telemetry.close());

  class Asked {
    readonly workspace: Workspace;
    readonly query;
    /** The rows that the question is about. */
    readonly mine: string;

    constructor(workspace: Workspace, { edges, domains, timezone, granularity, limit }: Question) {
      this.workspace = workspace;
      const [from = 0, to = 0] = [...edges].sort((a, b) => a - b);
      const [since, until] = [new Date(from).toISOString(), new Date(to).toISOString()];
      const period = { from: since, to: until, timezone };
      // Of hours there would be too many points.
      const fitting = granularity === 'hour' && to - from > 80 * DAY ? 'day' : granularity;
      this.query = { ...period, domains, granularity: fitting, limit, now: END };
      const isOne = domains === null ? 'true' : `domain in ('${domains.join("','")}')`;
      this.mine = `${isOne} and started_at >= '${since}' and started_at < '${until}'`;
    }

    rows<T>(text: string): Promise<T[]> {
      return this.workspace.query<T>(text);
    }

    /** The sums by a column, the largest first. */
    async by<Key extends string>(key: Key, column: string, order: string) {
      const rows = await this.rows<Summed & Record<Key, string>>(
        `select ${column} as "${key}", ${SUMMED} from requests
         where ${this.mine} and ${column} is not null group by ${column}
         order by ${order}, ${column} collate "C"`,
      );
      return rows.map(plain);
    }
  }

  async function checkCosts(asked: Asked): Promise<void> {
    const [whole] = await asked.rows<Summed>(`select ${SUMMED} from requests where ${asked.mine}`);
    assert.ok(whole);
    for (const breakdown of BREAKDOWNS) {
      const query = { ...asked.query, breakdown };
      const told = await telemetry.stats.costs(asked.workspace.id, query);
      const order = 'coalesce(sum(cost_usd), 0) desc, count(*) desc';
      const rows = await asked.by('label', LABELS[breakdown], order);
      assert.deepEqual(summedOf(told.total), plain(whole));
      assert.deepEqual(
        told.data.map((entry) => ({ label: entry.label, ...summedOf(entry) })),
        rows.slice(0, query.limit),
        breakdown,
      );
      const rest = rows.slice(query.limit);
      assert.equal(told.other?.entries ?? 0, rest.length);
      for (const name of ['requests', 'errors', 'tokens', 'unpriced'] as const) {
        assert.equal(
          told.other ? summedOf(told.other)[name] : 0,
          total(rest, (row) => row[name]),
          name,
        );
        const named = total(rows, (row) => row[name]);
        assert.equal(told.unnamed ? summedOf(told.unnamed)[name] : 0, whole[name] - named, name);
      }
    }
  }

  async function checkModels(asked: Asked): Promise<void> {
    const rows = await asked.rows<
      Summed & {
        model: string;
        speed: number | null;
        ranks: number[] | null;
        first: number[] | null;
      }
    >(`select model, ${SUMMED}, ${PERCENTILES} as ranks,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by first_token_ms) as first,
        (sum(output) filter (where error_type is null and output > 0 and latency_ms > 0)
          / (sum(latency_ms) filter (where error_type is null and output > 0 and latency_ms > 0)
            / 1000))::float8 as speed
      from requests where ${asked.mine} group by model
      order by count(*) desc, model collate "C"`);
    const { id } = asked.workspace;
    const { data: models, other } = await telemetry.stats.models(id, asked.query);
    const listed = rows.slice(0, asked.query.limit);
    assert.deepEqual(
      models.map((model) => model.model),
      listed.map(({ model }) => model),
    );
    assert.equal(other?.entries ?? 0, rows.length - listed.length);
    const all = rows.map(({ model }) => model);
    const compared = await telemetry.stats.compareModels(id, { ...asked.query, models: all });
    for (const [index, row] of rows.entries()) {
      const { model, speed, ranks, first, ...sums } = row;
      const beside = compared.models[index];
      assert.ok(beside?.model === model);
      assertClose(beside.timeToFirstTokenMs, first);
      const priced = sums.requests - sums.unpriced;
      assert.equal(beside.cost.perRequestUsd === null, priced === 0);
      for (const told of [models[index], beside]) {
        if (!told) continue;
        assert.deepEqual(summedOf(told), plain(sums));
        assert.equal(told.outputTokensPerSecond, speed && Number(speed.toPrecision(3)));
        assertClose(told.latencyMs, ranks);
      }
    }
  }

  async function checkDomains(asked: Asked): Promise<void> {
    const rows = await asked.rows<
      Summed & { domain: string; users: number; ranks: number[] | null }
    >(`select domain, ${SUMMED}, count(distinct user_id) as users, ${PERCENTILES} as ranks
      from requests where ${asked.mine} group by domain
      order by count(*) desc, domain collate "C"`);
    const told = await telemetry.stats.domains(asked.workspace.id, asked.query);
    assert.equal(told.active, rows.length);
    for (const [index, entry] of told.data.entries()) {
      const row = rows[index];
      if (!row) {
        assert.equal(entry.requests, 0);
        continue;
      }
      const { domain, users, ranks, ...sums } = row;
      assert.deepEqual([entry.domain, entry.users.active], [domain, users]);
      assert.deepEqual(summedOf(entry), plain(sums));
      assertClose(entry.latencyMs, ranks);
    }
    const detail = await telemetry.stats.domain(asked.workspace.id, 'a.example.com', asked.query);
    if (!detail || asked.query.domains?.[0] !== 'a.example.com') return;
    assert.equal(detail.requests, rows[0]?.requests ?? 0);
    assert.equal(
      total(detail.points, ({ requests }) => requests),
      detail.requests,
    );
  }

  async function checkUsers(asked: Asked): Promise<void> {
    const { id } = asked.workspace;
    const query = { ...asked.query, sort: 'requests' as const };
    const told = await telemetry.stats.users(id, { ...query, limit: 100 });
    const rows = await asked.by('user', 'user_id', 'count(*) desc');
    assert.deepEqual(
      told.data.map((user) => ({ user: user.user, ...summedOf(user) })),
      rows,
    );
    const { users } = await telemetry.stats.overview(id, asked.query);
    assert.equal(told.data.filter((user) => user.new).length, users.new);
    const overall = asked.mine.split(' and ')[0] ?? '';
    const seen = await asked.rows<{ user: string; first: Date; last: Date }>(`
      select user_id as user, min(started_at) as first, max(started_at) as last from requests
      where ${overall} group by user_id`);
    for (const user of told.data) {
      const row = seen.find((each) => each.user === user.user);
      assert.deepEqual(
        [user.firstSeenAt, user.lastSeenAt],
        [row?.first.toISOString(), row?.last.toISOString()],
      );
    }
  }

  async function checkErrors(asked: Asked): Promise<void> {
    const { granularity, limit, timezone } = asked.query;
    for (const model of [undefined, 'gpt-5']) {
      const query = { ...asked.query, model };
      const told = await telemetry.stats.errors(asked.workspace.id, query);
      const mine = `${asked.mine} and ${model ? `model = '${model}'` : 'true'}`;
      const types = await asked.rows<{ type: string; errors: number }>(`
        select error_type as type, count(*) as errors from requests
        where ${mine} and error_type is not null group by 1 order by 2 desc, error_type collate "C"`);
      assert.deepEqual(
        told.data.map(({ type, errors }) => ({ type, errors })),
        types.slice(0, limit),
      );
      assert.equal(told.other?.entries ?? 0, Math.max(0, types.length - limit));
      const points = await asked.rows<{ at: Date; requests: number; errors: number }>(`
        select date_trunc('${granularity}', started_at, '${timezone}') as at,
          count(*) as requests, count(error_type) as errors
        from requests where ${mine} group by 1 order by 1`);
      assert.deepEqual(
        told.points
          .filter(({ requests }) => requests > 0)
          .map(({ at, requests, errors }) => ({ at, requests, errors })),
        points.map((point) => ({ ...point, at: point.at.toISOString() })),
      );
      for (const [index, { type, errors }] of types.slice(0, limit).entries()) {
        assert.equal(
          total(told.points, ({ counts }) => counts[index] ?? 0),
          errors,
          type,
        );
      }
    }
  }

  async function checkLatency(asked: Asked): Promise<void> {
    const { granularity, timezone, limit } = asked.query;
    const told = await telemetry.stats.latency(asked.workspace.id, asked.query);
    const [whole] = await asked.rows<{ ranks: number[] | null }>(
      `select ${PERCENTILES} as ranks from requests where ${asked.mine}`,
    );
    assertClose(told.latencyMs, whole?.ranks ?? null);
    const points = await asked.rows<{ at: Date; ranks: number[] | null }>(`
      select date_trunc('${granularity}', started_at, '${timezone}') as at, ${PERCENTILES} as ranks
      from requests where ${asked.mine} group by 1 order by 1`);
    const busy = told.points.filter(({ requests }) => requests > 0);
    assert.equal(busy.length, points.length);
    for (const [index, { ranks }] of points.entries()) {
      const point = busy[index];
      assert.ok(point);
      assertClose(point.latencyMs, ranks);
    }
    const models = await asked.by('model', 'model', 'count(*) desc');
    assert.deepEqual(
      told.data.map(({ model, requests }) => [model, requests]),
      models.slice(0, limit).map(({ model, requests }) => [model, requests]),
    );
    assert.equal(
      told.other?.requests ?? 0,
      total(models.slice(limit), ({ requests }) => requests),
    );
  }

  async function checkWeek(asked: Asked): Promise<void> {
    const { timezone } = asked.query;
    const rows = await asked.rows<{ day: number; hour: number; requests: number; tokens: number }>(`
      select extract(isodow from started_at at time zone '${timezone}')::int as day,
        extract(hour from started_at at time zone '${timezone}')::int as hour,
        ${SUMMED} from requests where ${asked.mine} group by 1, 2 order by 1, 2`);
    const { cells } = await telemetry.stats.tokenHeatmap(asked.workspace.id, asked.query);
    assert.deepEqual(
      cells
        .filter(({ requests }) => requests > 0)
        .map(({ weekday, hour, requests, tokens }) => [weekday, hour, requests, tokens.total]),
      rows.map(({ day, hour, requests, tokens }) => [day, hour, requests, tokens]),
    );
    const { hours, weekdays, busiest } = await telemetry.stats.peaks(
      asked.workspace.id,
      asked.query,
    );
    for (const { hour, requests } of hours) {
      const ofHour = rows.filter((row) => row.hour === hour);
      assert.equal(
        requests,
        total(ofHour, (row) => row.requests),
      );
    }
    for (const { weekday, requests } of weekdays) {
      const ofDay = rows.filter((row) => row.day === weekday);
      assert.equal(
        requests,
        total(ofDay, (row) => row.requests),
      );
    }
    const single = await asked.rows<{ requests: number }>(`
      select count(*) as requests from requests where ${asked.mine}
      group by date_trunc('hour', started_at, '${timezone}') order by 1 desc limit 10`);
    assert.deepEqual(
      busiest.map(({ requests }) => requests),
      single.map(({ requests }) => requests),
    );
  }

  async function checkFlow(asked: Asked): Promise<void> {
    const { limit } = asked.query;
    const rows = await asked.rows<{
      kind: string;
      source: string;
      target: string;
      calls: number;
      errors: number;
    }>(`select kind, source, target, sum(calls)::bigint as calls, sum(errors)::bigint as errors
      from (
        select 'model' as kind, coalesce(agent, '') as source, model as target, 1::bigint as calls,
          (error_type is not null)::int::bigint as errors
        from requests where ${asked.mine}
        union all
        select l.kind, coalesce(l.source, ''), l.target, l.calls, l.errors
        from executions, jsonb_to_recordset(links)
          as l(kind text, source text, target text, calls bigint, errors bigint)
        where ${asked.mine}
      ) parts group by 1, 2, 3
      order by 4 desc, source collate "C", target collate "C"`);
    for (const kind of ['model', 'tool', 'agent'] as const) {
      const told = await telemetry.stats.flow(asked.workspace.id, { ...asked.query, kind });
      const ofKind = rows.filter((row) => row.kind === kind);
      assert.deepEqual(
        told.data.map(({ source, target, calls, errors }) => [source, target, calls, errors]),
        ofKind
          .slice(0, limit)
          .map((row) => [`agent:${row.source}`, `${kind}:${row.target}`, row.calls, row.errors]),
      );
      const rest = ofKind.slice(limit);
      const [other] = told.other;
      assert.deepEqual(
        [other?.entries ?? 0, other?.calls ?? 0, other?.errors ?? 0],
        [rest.length, total(rest, ({ calls }) => calls), total(rest, ({ errors }) => errors)],
      );
    }
  }

  const checks = [
    checkCosts,
    checkModels,
    checkDomains,
    checkUsers,
    checkErrors,
    checkLatency,
    checkWeek,
    checkFlow,
  ];

  it('for any period, zone, domains and limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        longFleet,
        fc.array(question, { minLength: 2, maxLength: 2 }),
        async (observations, questions) => {
          const workspace = telemetry.workspace();
          await workspace.write(...observations);
          for (const each of questions) {
            for (const check of checks) await check(new Asked(workspace, each));
          }
        },
      ),
      { numRuns: runs(25) },
    );
  });
});
