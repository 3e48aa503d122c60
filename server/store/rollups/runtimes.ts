/** How long executions took that completed or failed: the mean from sums, percentiles from sketches. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import type { Span } from '../time/period.ts';
import { bucketOf, quantile, tidy } from './sketch.ts';
import { WORKSPACE } from './deltas.ts';
import { acrossWindows, LEVELS, rollupWindows, within, type Domains } from './windows.ts';

/** Milliseconds; `null` where no execution has ended. */
export interface Runtime {
  /** Also `null` where durations of some executions were never summed, and their rows are gone. */
  average: number | null;
  p95: number | null;
}

/** Why a mean is unavailable although executions have ended. */
export const NOT_SUMMED =
  'Some of the executions ran before durations were recorded, and their rows are no longer stored.';

/** What a mean is made of. */
export interface DurationTotal {
  timed: number;
  /** `null`: of some executions it is not known. */
  durationMs: number | null;
}

export const meanOf = ({ timed, durationMs }: DurationTotal): number | null =>
  timed === 0 || durationMs === null ? null : durationMs / timed;

/** The columns of `DurationTotal` from rows of `executions t`. */
export const DURATION_COUNTED = sql`
  count(t.ended_at) filter (where t.status in ('completed', 'failed')) as timed,
  coalesce(sum(greatest(0, round(extract(epoch from t.ended_at - t.started_at) * 1000)))
    filter (where t.status in ('completed', 'failed')), 0)::bigint as "durationMs"`;

/** The same from rows of a rollup `t`; a single unknown sum makes the whole unknown. */
export const DURATION_SUMMED = sql`
  coalesce(sum(t.timed), 0)::bigint as timed,
  case when not coalesce(bool_or(t.duration_ms is null), false)
    then coalesce(sum(t.duration_ms), 0)::bigint end as "durationMs"`;

/** The same from rows that have these columns already. */
export const DURATION_TOTAL = sql`
  coalesce(sum(timed), 0)::bigint as timed,
  case when not coalesce(bool_or("durationMs" is null), false)
    then coalesce(sum("durationMs"), 0)::bigint end as "durationMs"`;

interface Bucket {
  index: number;
  /** `null`: `ms` is what it took. */
  bucket: number | null;
  ms: number | null;
  n: number;
}

/** Executions by how long they took. */
type Durations = Map<number, number>;

/** The runtimes of all executions of each span. */
export async function runtimesOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<(Runtime & { isSummed: boolean })[]> {
  const totals = await durationTotals(ws, spans, domains);
  const durations = spans.map((): Durations => new Map());
  for (const { index, bucket, ms, n } of await bucketsOf(ws, spans, domains, floors)) {
    const place = bucket ?? bucketOf(Math.max(0, ms ?? 0));
    durations[index]?.set(place, (durations[index].get(place) ?? 0) + n);
  }
  return spans.map((_, index) => {
    const total = totals[index] ?? { timed: 0, durationMs: 0 };
    const p95 = p95Of(durations[index] ?? new Map<number, number>());
    return { average: meanOf(total), p95, isSummed: total.durationMs !== null };
  });
}

async function durationTotals(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<DurationTotal[]> {
  const totals = spans.map((): DurationTotal => ({ timed: 0, durationMs: 0 }));
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select ${DURATION_COUNTED} from executions t where ${within(ws, domains, 'started_at')}`
      : sql`select ${DURATION_SUMMED} from domain_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
  );
  if (!query) return totals;
  const { rows } = await sql<DurationTotal & { index: number }>`
    select index, ${DURATION_TOTAL} from (${query}) windows group by index`.execute(ws.tx);
  for (const { index, ...total } of rows) totals[index] = total;
  return totals;
}

async function bucketsOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<Bucket[]> {
  const windows = rollupWindows(spans, [
    { grain: 1440, floor: -Infinity },
    { grain: 60, floor: floors?.hour ?? -Infinity },
  ]);
  const query = acrossWindows(windows, (grain) =>
    grain === 0
      ? sql`select null::integer as bucket,
            (extract(epoch from t.ended_at - t.started_at) * 1000)::float8 as ms,
            count(*)::float8 as n
          from executions t
          where ${within(ws, domains, 'started_at')}
            and t.status in ('completed', 'failed') and t.ended_at is not null
          group by 2`
      : sql`select t.bucket::integer, null::float8 as ms, sum(t.n)::float8 as n
          from sketches t
          where t.measure = 'duration' and t.label = '' and t.grain = ${sql.lit(grain)}
            and ${within(ws, domains ?? [WORKSPACE], 'slot')}
          group by t.bucket`,
  );
  return query ? (await sql<Bucket>`${query}`.execute(ws.tx)).rows : [];
}

function p95Of(durations: Durations): number | null {
  const sorted = [...durations].sort(([a], [b]) => a - b);
  const count = sorted.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) return null;
  const at = (rank: number): number => {
    let upto = 0;
    return sorted.find(([, n]) => (upto += n) > rank)?.[0] ?? 0;
  };
  const rank = 0.95 * (count - 1);
  return tidy(quantile(0.95, { low: at(Math.floor(rank)), high: at(Math.ceil(rank)), count }));
}
