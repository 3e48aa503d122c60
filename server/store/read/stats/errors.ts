/** Requests that failed, by the type of their error, over time. */
import type { Schemas } from '../../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../../database/pages.ts';
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
import { periodOf, told, type ListQuery, type TimelineQuery } from '../../rollups/query.ts';
import { exactly, listed, type Listed } from '../listed.ts';
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
  query: TimelineQuery & ListQuery & { model?: string | undefined },
): Promise<Listed<StatsErrors>> {
  const period = await periodOf(ws, query);
  const { domains, now, model, page } = query;
  const { granularity, intervals } = intervalsFor(period, query);
  const spans = intervals.map(({ span }) => withData(span, now));
  const usage = await usageOf(ws, spans, domains, model);
  const found = await errorCounts(ws, spans, { domains, model, page });
  const { entries: types, count } = found;
  const data = { first: await firstDataAt(ws, domains), now };
  const points = intervals.map((interval, index): ErrorPoint => {
    const { requests = 0, errors: failed = 0 } = usage[index] ?? {};
    const counts = types.map(({ type }) => found.bySpan.get(index)?.get(type) ?? 0);
    const other = failed - counts.reduce((sum, n) => sum + n, 0);
    const at = new Date(interval.at).toISOString();
    const coverage = coverageOf(interval, data, requests > 0);
    return { at, ...coverage, requests, errors: failed, counts, other };
  });
  const total = (of: (point: ErrorPoint) => number) =>
    points.reduce((sum, point) => sum + of(point), 0);
  const [requests, failed] = [total((point) => point.requests), total((point) => point.errors)];
  const rest = total(({ other }) => other);
  return listed<StatsErrors>(period, found, {
    period: told(period),
    granularity,
    requests,
    errors: failed,
    errorRate: ratio(failed, requests),
    count: exactly(count),
    data: types.map(({ type, n }) => ({ type, errors: n, share: ratio(n, failed) })),
    other:
      count > types.length
        ? { entries: count - types.length, errors: rest, share: ratio(rest, failed) }
        : null,
    points,
    unavailable: requests === 0 ? [{ path: 'errorRate', reason: NO_REQUEST }] : [],
  });
}

interface TypeCount {
  type: string;
  n: number;
}

interface ErrorCounts extends Page<TypeCount> {
  /** How many types there are. */
  count: number;
  /** Of the types on the page, by span. */
  bySpan: Map<number, Map<string, number>>;
}

/** The most frequent first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('n'), type: 'bigint', order: 'desc' },
  { value: sql.ref('type'), type: 'text', order: 'asc' },
];

async function errorCounts(
  ws: WorkspaceTx,
  spans: readonly Span[],
  { domains, model, page }: { domains: Domains; model: string | undefined; page: PageQuery },
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
  const bySpan: ErrorCounts['bySpan'] = new Map();
  if (!query) return { ...pageOf<TypeCount>([], page, () => []), count: 0, bySpan };
  const { isBeyond, inOrder } = seek(ORDER, page.from);
  const { rows } = await sql<{ index: number | null; type: string | null; n: number }>`
    with counted as materialized (
      select index, type, sum(n)::bigint as n from (${query}) windows group by index, type
    ), types as materialized (
      select type, sum(n)::bigint as n from counted group by type
    ), listed as materialized (
      select type, n, row_number() over (${inOrder}) as place from types
      where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    )
    select null::integer as index, null as type, count(*) as n, 0 as place from types
    union all
    select null, type, n, place from listed
    union all
    select index, type, c.n, place from counted c join listed using (type)
    order by place`.execute(ws.tx);
  const found: TypeCount[] = [];
  let count = 0;
  for (const { index, type, n } of rows) {
    if (type === null) count = n;
    else if (index === null) found.push({ type, n });
    else bySpan.set(index, (bySpan.get(index) ?? new Map<string, number>()).set(type, n));
  }
  const around = pageOf(found, page, ({ type, n }) => [String(n), type]);
  return { ...around, count, bySpan };
}
