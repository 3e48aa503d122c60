/** The breakdowns without rollups: SQL on the rows, as one would write it by hand. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../server/store/database/database.ts';
import type { Span } from '../../server/store/time/period.ts';
import { time } from '../../server/store/database/batch-columns.ts';
import { DAY, startOf } from '../../server/store/time/zones.ts';

/** One line of an answer: what names it, and its figures. */
export interface RawEntry {
  label: string;
  requests?: number;
  errors?: number;
  input?: number;
  output?: number;
  cost?: string;
  unpriced?: number;
  /** p50, p95 and p99 in milliseconds, of one or two measures. */
  latencies?: number[];
  users?: number;
  at?: string;
  calls?: number;
}

const within = (ws: WorkspaceTx, { from, to }: Span): RawBuilder<unknown> =>
  sql`${ws.of()} and started_at >= ${time(from)} and started_at < ${time(to)}`;

const USAGE = sql`count(*) as requests, count(error_type) as errors,
  coalesce(sum(uncached_input + cache_read + cache_write), 0)::bigint as input,
  coalesce(sum(output), 0)::bigint as output, coalesce(sum(cost_usd), 0)::text as cost,
  count(*) - count(cost_usd) as unpriced`;

const percentiles = (column: string): RawBuilder<unknown> =>
  sql`percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${sql.ref(column)})`;

const LATENCIES = sql`${percentiles('latency_ms')} as latencies`;

const run = async (ws: WorkspaceTx, query: RawBuilder<RawEntry>): Promise<RawEntry[]> =>
  (await query.execute(ws.tx)).rows;

/** What stands beside any period in the overview. */
export async function rawTotals(
  ws: WorkspaceTx,
  now: number,
  domains: readonly string[] | null,
  timezone: string,
): Promise<void> {
  const isOne = domains === null ? sql`true` : sql`domain = any(${domains}::text[])`;
  for (const from of [startOf('day', now, timezone), startOf('month', now, timezone), 0]) {
    await run(
      ws,
      sql`select ${USAGE} from requests where ${within(ws, { from, to: now })} and ${isOne}`,
    );
  }
}

/** The sums of every day of the weeks that a timeline is held against. */
export async function rawSeasons(ws: WorkspaceTx, { from }: Span, timezone: string) {
  return run(
    ws,
    sql`select date_trunc('day', started_at, ${timezone}::text) as label, ${USAGE} from requests
      where ${within(ws, { from: from - 42 * DAY, to: from })} group by 1`,
  );
}

export const rawDomains = (ws: WorkspaceTx, span: Span) =>
  run(
    ws,
    sql`select domain as label, ${USAGE}, ${LATENCIES}, count(distinct user_id) as users,
        max(started_at) as at
      from requests where ${within(ws, span)} group by domain order by requests desc`,
  );

/** @param more what else is told of each model */
export const rawModels = (ws: WorkspaceTx, span: Span, more = sql``) =>
  run(
    ws,
    sql`select model as label, ${USAGE}, ${LATENCIES},
        sum(output) / nullif(sum(latency_ms) filter (where error_type is null), 0) as speed ${more}
      from requests where ${within(ws, span)} group by model order by requests desc`,
  );

export const FIRST_TOKEN = sql`, ${percentiles('first_token_ms')} as first`;

export const rawCosts = (ws: WorkspaceTx, span: Span, column: string) =>
  run(
    ws,
    sql`select ${sql.ref(column)} as label, ${USAGE} from requests where ${within(ws, span)}
      group by 1 order by sum(cost_usd) desc limit 20`,
  );

export const rawHeatmap = (ws: WorkspaceTx, span: Span, timezone: string) =>
  run(
    ws,
    sql`select concat_ws(' ', extract(isodow from started_at at time zone ${timezone}::text),
          extract(hour from started_at at time zone ${timezone}::text)) as label,
        count(*) as requests,
        coalesce(sum(uncached_input + cache_read + cache_write), 0)::bigint as input,
        coalesce(sum(output), 0)::bigint as output
      from requests where ${within(ws, span)} group by 1`,
  );

/** The hours and days are summed of the heat map; the busiest hours are another question. */
export async function rawPeaks(ws: WorkspaceTx, span: Span, timezone: string) {
  await rawHeatmap(ws, span, timezone);
  return run(
    ws,
    sql`select date_trunc('hour', started_at, ${timezone}::text) as at, count(*) as requests
      from requests where ${within(ws, span)} group by 1 order by 2 desc, 1 limit 10`,
  );
}

export async function rawErrors(ws: WorkspaceTx, span: Span, timezone: string) {
  const day = sql`date_trunc('day', started_at, ${timezone}::text) as at`;
  await run(
    ws,
    sql`select ${day}, count(*) as requests from requests
    where ${within(ws, span)} group by 1`,
  );
  return run(
    ws,
    sql`select ${day}, error_type as label, count(*) as errors from requests
      where ${within(ws, span)} and error_type is not null group by 1, 2`,
  );
}

export const rawUsers = (ws: WorkspaceTx, span: Span) =>
  run(
    ws,
    sql`with used as (
        select user_id as label, ${USAGE} from requests
        where ${within(ws, span)} and user_id is not null
        group by user_id order by sum(cost_usd) desc limit 50
      )
      select used.*, last.at from used cross join lateral (
        select min(started_at) as first, max(started_at) as at from requests
        where ${ws.of()} and user_id = used.label
      ) last order by used.cost::numeric desc`,
  );

export async function rawLatency(ws: WorkspaceTx, span: Span, timezone: string) {
  await run(ws, sql`select ${LATENCIES} from requests where ${within(ws, span)}`);
  await run(
    ws,
    sql`select date_trunc('day', started_at, ${timezone}::text) as at, ${LATENCIES}
    from requests where ${within(ws, span)} group by 1`,
  );
  return run(
    ws,
    sql`select model as label, count(*) as requests, ${LATENCIES} from requests
      where ${within(ws, span)} group by 1 order by requests desc`,
  );
}

export const rawFlow = (ws: WorkspaceTx, span: Span) =>
  run(
    ws,
    sql`select concat_ws(' ', source, kind, target) as label, sum(calls)::bigint as calls,
        sum(errors)::bigint as errors
      from (
        select 'model' as kind, coalesce(agent, '') as source, model as target, count(*) as calls,
          count(error_type) as errors
        from requests where ${within(ws, span)} group by 1, 2, 3
        union all
        select l.kind, l.source, l.target, sum(l.calls), sum(l.errors)
        from executions, jsonb_to_recordset(links)
          as l(kind text, source text, target text, calls bigint, errors bigint)
        where ${within(ws, span)} group by 1, 2, 3
      ) links group by 1`,
  );
