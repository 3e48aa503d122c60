/** Percentiles, from sketches and, at the ragged edges, from rows. */
import type { Schemas } from '../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import type { Span } from '../time/period.ts';
import type { GrainLevel } from '../time/segments.ts';
import { quantile, tidy } from './sketch.ts';
import { time, unnest } from '../database/batch-columns.ts';
import { DAY, QUARTER } from '../time/zones.ts';
import { WORKSPACE } from './deltas.ts';
import {
  acrossWindows,
  isAmong,
  isGone,
  rollupWindows,
  within,
  type Domains,
  type RollupWindow,
} from './windows.ts';
import { usageOf } from './usage.ts';

/** Milliseconds; `null` where there is no request with a latency. */
export type Latency = Schemas['Latency'];

export const NO_LATENCY: Latency = { p50: null, p95: null, p99: null };

/** What is measured: the whole call, or until its first token. */
type Measure = 'latency' | 'first_token';

/**
 * Of how many requests an answer reads the rows where no sketch is fine enough: at the ends of an
 * old period that begins or ends within a day of ours. What needs more is not told.
 */
const MAX_ROWS = 100_000;

const FRACTIONS = [0.5, 0.95, 0.99] as const;

/** The percentiles of each span; `null` where they can't be told any more. */
export async function latenciesOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<(Latency | null)[]> {
  const windows = rollupWindows(spans, levelsOf(floors));
  const unavailable = await unavailableSpans(ws, windows, domains, floors);
  const latencies = spans.map((_, index) => (unavailable.has(index) ? null : NO_LATENCY));
  const query = acrossWindows(
    windows.filter(({ index }) => !unavailable.has(index)),
    (grain) =>
      grain === 0
        ? sql`select '' as key, t.latency_bucket as bucket, count(*)::float8 as n from requests t
            where ${within(ws, domains, 'started_at')} and t.latency_bucket is not null
            group by t.latency_bucket`
        : sql`select '' as key, t.bucket, sum(t.n)::float8 as n from sketches t
            where t.measure = 'latency' and t.label = '' and t.grain = ${sql.lit(grain)}
              and ${within(ws, domains ?? [WORKSPACE], 'slot')}
            group by t.bucket`,
  );
  for (const { index, latency } of await ranked(ws, query)) latencies[index] = latency;
  return latencies;
}

/** Sketches of the finest grain, and hourly ones of single models, are kept for days. */
function levelsOf(floors: RetentionFloors | null, ofModels = false): GrainLevel[] {
  const { hour = -Infinity, fine = -Infinity } = floors ?? {};
  const daily = { grain: 1440, floor: -Infinity } as const;
  return ofModels
    ? [daily, { grain: 60, floor: fine }]
    : [daily, { grain: 60, floor: hour }, { grain: 15, floor: fine }];
}

/** Percentiles of each span, by model or domain; `null` where they can't be told any more. */
export type LatenciesBy = ReadonlyMap<string, readonly (Latency | null)[]>;

/** The percentiles of some models or domains. */
export async function latenciesBy(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
  {
    by,
    keys,
    measure = 'latency',
  }: { by: 'model' | 'domain'; keys: readonly string[]; measure?: Measure },
): Promise<LatenciesBy> {
  const windows = rollupWindows(spans, levelsOf(floors, by === 'model'));
  const unavailable = await unavailableSpans(ws, windows, domains, floors);
  const none = spans.map((_, index) => (unavailable.has(index) ? null : NO_LATENCY));
  const latencies = new Map(keys.map((key) => [key, [...none]]));
  const series = by === 'model' ? await seriesOf(ws, spans, domains, keys) : keys.map(ofDomain);
  const key = sql.ref(`t.${by}`);
  const bucket = sql.ref(`t.${measure}_bucket`);
  const query = acrossWindows(
    windows.filter(
      ({ index, grain }) => !unavailable.has(index) && (grain === 0 || series.length > 0),
    ),
    (grain) =>
      grain === 0
        ? sql`select ${key} as key, ${bucket} as bucket, count(*)::float8 as n from requests t
            where ${within(ws, domains, 'started_at')} and ${bucket} is not null
              and ${key} = any(${keys}::text[])
            group by ${key}, ${bucket}`
        : sql`select s.key, x.bucket, sum(x.n)::float8 as n from ${tableOf(series)}
            cross join lateral (
              select t.bucket, sum(t.n)::float8 as n from sketches t
              where t.measure = ${sql.lit(measure)} and t.label = s.label
                and t.domain = s.domain and t.grain = ${sql.lit(grain)}
                and ${within(ws, null, 'slot')}
              group by t.bucket
            ) x group by s.key, x.bucket`,
  );
  for (const { key: of, index, latency } of await ranked(ws, query)) {
    const ofKey = latencies.get(of);
    if (ofKey) ofKey[index] = latency;
  }
  return latencies;
}

/** Sketches that add up to those of a key: one range of the index each. */
interface Series {
  key: string;
  domain: string;
  label: string;
}

const ofDomain = (domain: string): Series => ({ key: domain, domain, label: '' });

const tableOf = (series: readonly Series[]): RawBuilder<unknown> =>
  unnest<Series>(
    [
      ['key', 'text', ({ key }) => key],
      ['domain', 'text', ({ domain }) => domain],
      ['label', 'text', ({ label }) => label],
    ],
    series,
    's',
  );

/** Where some models were used: their sketches are kept by domain. */
async function seriesOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  models: readonly string[],
): Promise<Series[]> {
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  const { rows } = await sql<{ domain: string; model: string }>`
    select distinct domain, model from model_sums
    where ${ws.of()} and grain = 1440 and model = any(${models}::text[])
      and slot > ${time(from - DAY)} and slot < ${time(to)}
      and ${isAmong(domains)}`.execute(ws.tx);
  return rows.map(({ domain, model }) => ({ key: model, domain, label: model }));
}

interface Ranked {
  index: number;
  key: string;
  latency: Latency;
}

/** @param query the table `(index, key, bucket, n)` */
async function ranked(ws: WorkspaceTx, query: RawBuilder<unknown> | null): Promise<Ranked[]> {
  if (!query) return [];
  const ranks = FRACTIONS.map((fraction) => {
    const rank = sql`${sql.lit(fraction)}::float8 * (count - 1)`;
    return sql`
      min(bucket) filter (where upto > floor(${rank})),
      min(bucket) filter (where upto > ceil(${rank}))`;
  });
  // Counts as float8, which adds up faster than numeric and is as exact.
  const { rows } = await sql<{ index: number; key: string; count: number; ranks: number[] }>`
    with buckets as (
      select index, key, bucket, sum(n) as n from (${query}) windows group by index, key, bucket
    ), ranked as (
      select index, key, bucket, sum(n) over (partition by index, key order by bucket) as upto,
        sum(n) over (partition by index, key) as count
      from buckets
    )
    select index, key, count, array[${sql.join(ranks)}]::integer[] as ranks
    from ranked group by index, key, count`.execute(ws.tx);
  return rows.map(({ index, key, count, ranks: found }) => {
    const told = FRACTIONS.map((fraction, place) => {
      const [low, high] = found.slice(place * 2);
      if (low === undefined || high === undefined) return null;
      return tidy(quantile(fraction, { low, high, count }));
    });
    const [p50 = null, p95 = null, p99 = null] = told;
    return { index, key, latency: { p50, p95, p99 } };
  });
}

/**
 * The spans of which rows are gone, or more would have to be read than one question is worth. Those that come
 * first come first: a period is told even where the one before it, which serves `change`, is not.
 */
async function unavailableSpans(
  ws: WorkspaceTx,
  windows: readonly RollupWindow[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<Set<number>> {
  const wide = windows.filter(({ grain, from, to }) => grain === 0 && to - from > QUARTER);
  const unavailable = new Set<number>();
  if (wide.length === 0) return unavailable;
  const sums = await usageOf(ws, wide, domains);
  const rows = new Map<number, number>();
  for (const [place, piece] of wide.entries()) {
    const { requests = 0 } = sums[place] ?? {};
    rows.set(piece.index, (rows.get(piece.index) ?? 0) + requests);
    if (requests > 0 && isGone(piece, floors)) unavailable.add(piece.index);
  }
  let left = MAX_ROWS;
  for (const [index, n] of [...rows].sort(([a], [b]) => a - b)) {
    if (unavailable.has(index)) continue;
    if (n > left) unavailable.add(index);
    else left -= n;
  }
  return unavailable;
}
