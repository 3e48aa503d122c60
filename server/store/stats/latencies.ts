/** Percentiles of latency, from sketches and, at the ragged edges, from rows. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Floors } from '../floors.ts';
import type { Span } from '../period.ts';
import type { GrainLevel } from '../segments.ts';
import { quantile } from '../sketch.ts';
import { QUARTER } from '../zones.ts';
import { WORKSPACE } from '../write/deltas.ts';
import { acrossPieces, piecesOf, within, type Domains, type Piece } from './pieces.ts';
import { sumsOf } from './sums.ts';

/** Milliseconds; `null` where there is no request with a latency. */
export interface Latency {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/**
 * Of how many requests the rows are read where no sketch is fine enough: an old period in a zone
 * whose days begin in the middle of ours. What needs more is not told.
 */
const MAX_ROWS = 100_000;

const FRACTIONS = [0.5, 0.95, 0.99] as const;

const NONE: Latency = { p50: null, p95: null, p99: null };

/** The percentiles of each span; `null` where they can't be told any more. */
export async function latenciesOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: Floors | null,
): Promise<(Latency | null)[]> {
  const levels: GrainLevel[] = [
    { grain: 1440, floor: -Infinity },
    { grain: 60, floor: floors?.hour ?? -Infinity },
    { grain: 15, floor: floors?.fine ?? -Infinity },
  ];
  const pieces = piecesOf(spans, levels);
  const untold = await tooManyRows(ws, pieces, domains);
  const latencies = spans.map((_, index) => (untold.has(index) ? null : NONE));
  const query = acrossPieces(
    pieces.filter(({ index }) => !untold.has(index)),
    (grain) =>
      grain === 0
        ? sql`select t.latency_bucket as bucket, count(*)::float8 as n from requests t
            where ${within(ws, domains, 'started_at')} and t.latency_bucket is not null
            group by t.latency_bucket`
        : sql`select t.bucket, sum(t.n)::float8 as n from sketches t
            where t.measure = 'latency' and t.label = '' and t.grain = ${sql.lit(grain)}
              and ${within(ws, domains ?? [WORKSPACE], 'slot')}
            group by t.bucket`,
  );
  if (!query) return latencies;

  const ranks = FRACTIONS.map((fraction) => {
    const rank = sql`${sql.lit(fraction)}::float8 * (count - 1)`;
    return sql`
      min(bucket) filter (where upto > floor(${rank})),
      min(bucket) filter (where upto > ceil(${rank}))`;
  });
  // Counts as float8, which adds up faster than numeric and is as exact.
  const { rows } = await sql<{ index: number; count: number; ranks: number[] }>`
    with buckets as (
      select index, bucket, sum(n) as n from (${query}) pieces group by index, bucket
    ), ranked as (
      select index, bucket, sum(n) over (partition by index order by bucket) as upto,
        sum(n) over (partition by index) as count
      from buckets
    )
    select index, count, array[${sql.join(ranks)}]::integer[] as ranks
    from ranked group by index, count`.execute(ws.tx);
  for (const { index, count, ranks: found } of rows) {
    const told = FRACTIONS.map((fraction, place) => {
      const [low, high] = found.slice(place * 2);
      if (low === undefined || high === undefined) return null;
      return tidy(quantile(fraction, { low, high, count }));
    });
    latencies[index] = { p50: told[0] ?? null, p95: told[1] ?? null, p99: told[2] ?? null };
  }
  return latencies;
}

/** Six digits: more would pretend to an exactness that a sketch does not have. */
const tidy = (value: number): number => Number(value.toPrecision(6));

/** The spans of which more rows would have to be read than one question is worth. */
async function tooManyRows(
  ws: WorkspaceTx,
  pieces: readonly Piece[],
  domains: Domains,
): Promise<Set<number>> {
  const wide = pieces.filter(({ grain, from, to }) => grain === 0 && to - from > QUARTER);
  if (wide.length === 0) return new Set();
  const sums = await sumsOf(ws, wide, domains);
  const total = sums.reduce((sum, { requests }) => sum + requests, 0);
  return total > MAX_ROWS ? new Set(wide.map(({ index }) => index)) : new Set();
}
