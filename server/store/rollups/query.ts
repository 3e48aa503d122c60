/** What a statistic is asked about: a period, and domains. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { PageQuery } from '../database/pages.ts';
import { readFloors } from '../time/retention-floors.ts';
import { resolvePeriod, type Period, type PeriodQuery, type Span } from '../time/period.ts';
import { slotOf } from '../time/segments.ts';
import type { Granularity } from '../time/zones.ts';
import { isAmong, type Domains } from './windows.ts';

/** What to tell of which domains, as of when. */
export interface StatsQuery extends PeriodQuery {
  /** `null`: the whole workspace. */
  domains: Domains;
  /** Epoch ms. */
  now: number;
}

/** A question whose answer is told over time. */
export interface TimelineQuery extends StatsQuery {
  granularity?: Granularity | undefined;
}

/** A question whose answer is a page of a list, and sums what is not on it. */
export interface ListQuery extends StatsQuery {
  page: PageQuery;
  /** The period of the first page, for those that follow; `null`: this is the first. */
  kept: Span | null;
}

export interface PeriodTold {
  from: string;
  to: string;
  timezone: string;
}

/** A figure that can't be told, by its dotted path or that of its group. */
export interface Unavailable {
  path: string;
  reason: string;
}

/** @throws PeriodError */
export async function periodOf(
  ws: WorkspaceTx,
  query: StatsQuery & { kept?: Span | null },
): Promise<Period> {
  const period = await askedPeriod(ws, query);
  // As it was on the first page: one that ends now would move under its reader.
  return { ...period, ...query.kept };
}

/**
 * Where single requests are gone, a period begins and ends with the quarter of an hour that it was
 * to begin and end in: nothing finer is known.
 */
async function askedPeriod(ws: WorkspaceTx, query: StatsQuery): Promise<Period> {
  const begin = query.timeframe === 'all' ? await dataBegin(ws, query.domains) : null;
  const period = resolvePeriod(query, query.now, begin ?? query.now);
  if (query.from === undefined) return period;
  const rows = (await readFloors(ws))?.rows ?? -Infinity;
  const known = (instant: number) => (instant < rows ? slotOf(instant, 15) : instant);
  return { ...period, from: known(period.from), to: known(period.to) };
}

/** The UTC day of the first data, as epoch ms; `null` where there are none. */
export async function dataBegin(ws: WorkspaceTx, domains: Domains): Promise<number | null> {
  const first = (table: 'model_sums' | 'domain_sums') => sql`
    select min(slot) as slot from ${sql.table(table)} where ${ws.of()} and grain = 1440
      and ${isAmong(domains)}`;
  const { rows } = await sql<{ slot: Date | null }>`
    select min(slot) as slot
    from (${first('model_sums')} union all ${first('domain_sums')}) firsts`.execute(ws.tx);
  return rows[0]?.slot?.getTime() ?? null;
}

export function told({ from, to, timezone }: Period): PeriodTold {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timezone };
}
