/** Requests that failed, by the type of their error, over time. */
import type { Schemas } from '../../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { withData, type Span } from '../../time/period.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { coverageOf, type Coverage } from '../../time/coverage.ts';
import { NO_REQUEST, ratio } from './figures.ts';
import {
  acrossWindows,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import { periodOf, told, type TimelineQuery } from '../../rollups/query.ts';
import { intervalsFor } from './timeline.ts';
import { usageOf } from '../../rollups/usage.ts';

interface ErrorPoint extends Coverage {
  at: string;
  requests: number;
  errors: number;
  /** In the order of the types. */
  counts: number[];
  /** Errors of types that are not listed. */
  other: number;
}

export type StatsErrors = Schemas['StatsErrors'];

/** @throws PeriodError */
export async function errors(
  ws: WorkspaceTx,
  query: TimelineQuery & { model?: string | undefined; limit: number },
): Promise<StatsErrors> {
  const period = await periodOf(ws, query);
  const { domains, now, model, limit } = query;
  const { granularity, intervals } = intervalsFor(period, query);
  const spans = intervals.map(({ span }) => withData(span, now));
  const usage = await usageOf(ws, spans, domains, model);
  const { types, count, found } = await errorCounts(ws, spans, { domains, model, limit });
  const data = { first: await firstDataAt(ws, domains), now };
  const points = intervals.map((interval, index): ErrorPoint => {
    const { requests = 0, errors: failed = 0 } = usage[index] ?? {};
    const counts = types.map(({ type }) => found.get(index)?.get(type) ?? 0);
    const other = failed - counts.reduce((sum, n) => sum + n, 0);
    const at = new Date(interval.at).toISOString();
    const coverage = coverageOf(interval, data, requests > 0);
    return { at, ...coverage, requests, errors: failed, counts, other };
  });
  const total = (of: (point: ErrorPoint) => number) =>
    points.reduce((sum, point) => sum + of(point), 0);
  const [requests, failed] = [total((point) => point.requests), total((point) => point.errors)];
  const rest = total(({ other }) => other);
  return {
    period: told(period),
    granularity,
    requests,
    errors: failed,
    errorRate: ratio(failed, requests),
    types: types.map(({ type, n }) => ({ type, errors: n, share: ratio(n, failed) })),
    other:
      count > types.length
        ? { types: count - types.length, errors: rest, share: ratio(rest, failed) }
        : null,
    points,
    unavailable: requests === 0 ? [{ path: 'errorRate', reason: NO_REQUEST }] : [],
  };
}

interface ErrorCounts {
  /** The most frequent. */
  types: { type: string; n: number }[];
  /** How many there are. */
  count: number;
  /** Of those types, by span. */
  found: Map<number, Map<string, number>>;
}

async function errorCounts(
  ws: WorkspaceTx,
  spans: readonly Span[],
  { domains, model, limit }: { domains: Domains; model: string | undefined; limit: number },
): Promise<ErrorCounts> {
  const ofModel = model === undefined ? sql`true` : sql`t.model = ${model}`;
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain): RawBuilder<unknown> =>
    grain === 0
      ? sql`select t.error_type as type, count(*) as n from requests t
          where ${within(ws, domains, 'started_at')} and ${ofModel} and t.error_type is not null
          group by t.error_type`
      : sql`select t.error_type as type, sum(t.n)::bigint as n from error_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${ofModel}
          group by t.error_type`,
  );
  const told: ErrorCounts = { types: [], count: 0, found: new Map() };
  if (!query) return told;
  const { rows } = await sql<{ index: number | null; type: string; n: number; count: number }>`
    with counted as materialized (
      select index, type, sum(n)::bigint as n from (${query}) windows group by index, type
    ), types as materialized (
      select type, sum(n)::bigint as n, count(*) over () as count from counted group by type
      order by n desc, type limit ${limit}
    )
    select null::integer as index, type, n, count from types
    union all
    select index, type, c.n, 0 from counted c join types using (type)`.execute(ws.tx);
  for (const { index, type, n, count } of rows) {
    if (index === null) {
      told.types.push({ type, n });
      told.count = count;
    } else {
      const ofSpan = told.found.get(index) ?? new Map<string, number>();
      told.found.set(index, ofSpan.set(type, n));
    }
  }
  told.types.sort((a, b) => b.n - a.n || (a.type < b.type ? -1 : 1));
  return told;
}
