/** Usage by the hours of the week, as the reader's clock shows them. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { withData, type Period } from '../../time/period.ts';
import { fixedOffsetSpans, type FixedOffsetSpan } from '../../time/fixed-offset-spans.ts';
import { HOUR } from '../../time/zones.ts';
import { tokensOf, type TokenCounts } from './figures.ts';
import { acrossWindows, rollupWindows, within } from '../../rollups/windows.ts';
import type { StatsQuery } from '../../rollups/query.ts';

export interface HourSums {
  requests: number;
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
}

/** A part of the clock: an hour of the week, or several. */
export interface Cell extends HourSums {
  /** How many hours of the period, as far as it is over, lie in it. */
  hours: number;
}

/** A single hour. */
interface Hour extends HourSums {
  /** Epoch ms at which it begins. */
  at: number;
}

export interface Week {
  /** From Monday's first hour on. */
  cells: Cell[];
  /** The hours with the most requests, the busiest first. */
  busiest: Hour[];
}

const WEEK_HOURS = 168;

/** 1970 began with a Thursday. */
const FIRST_HOUR = 3 * 24;

/** Single hours that are told. */
const BUSIEST = 10;

const COLUMNS: Record<keyof HourSums, string> = {
  requests: 'requests',
  uncachedInput: 'uncached_input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  output: 'output',
  reasoning: 'reasoning',
};

const noHour = (): HourSums => ({
  requests: 0,
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
});

/** The week of a period: all its Mondays at 0 o'clock in one cell, and so on. */
export async function weekOf(
  ws: WorkspaceTx,
  period: Period,
  { domains, now }: StatsQuery,
): Promise<Week> {
  // What is still to come has no hours yet.
  const { from, to } = withData(period, now);
  const spans = fixedOffsetSpans({ from, to: Math.max(from, Math.min(to, now)) }, period.timezone);
  const hours = hoursOf(spans);
  const week: Week = {
    cells: hours.map((length) => ({ ...noHour(), hours: length })),
    busiest: [],
  };
  // Where the zone is whole hours ahead, its hours are those of the rollups.
  const grain = spans.every(({ offset }) => offset % HOUR === 0) ? 60 : 15;
  const query = acrossWindows(rollupWindows(spans, [{ grain, floor: -Infinity }]), (of) =>
    of === 0
      ? sql`select date_bin(${sql.lit(`${grain} minutes`)}, t.started_at,
            timestamptz '2000-01-01Z') as slot, count(*) as requests, ${tokenSums('t')}
          from requests t where ${within(ws, domains, 'started_at')} group by 1`
      : sql`select t.slot, ${sum('t', 'requests')}, ${tokenSums('t')} from model_sums t
          where t.grain = ${sql.lit(of)} and ${within(ws, domains, 'slot')} group by t.slot`,
  );
  if (!query) return week;
  const offsets = spans.map(({ offset }) => offset / 1_000);
  const sums = sql`${sum('h', 'requests')}, ${tokenSums('h')}`;
  const columns = sql.join(
    Object.entries(COLUMNS).map(([name, column]) => sql`h.${sql.ref(column)} as ${sql.ref(name)}`),
  );
  const { rows } = await sql<HourSums & { stretch: number | null; hour: number }>`
    with hours as materialized (
      select h.index as stretch,
        floor((extract(epoch from h.slot) + o.seconds) / 3600)::bigint as hour, ${sums}
      from (${query}) h
      join unnest(${offsets}::float8[]) with ordinality as o(seconds, place)
        on o.place = h.index + 1
      group by 1, 2
    ), cells as (
      select null::integer as stretch,
        (h.hour + ${sql.lit(FIRST_HOUR)}) % ${sql.lit(WEEK_HOURS)} as hour, ${sums}
      from hours h group by 2
    ), busiest as (
      select * from hours where requests > 0 order by requests desc, stretch, hour
      limit ${sql.lit(BUSIEST)}
    )
    select h.stretch, h.hour, ${columns}
    from (select * from cells union all select * from busiest) h`.execute(ws.tx);
  for (const { stretch, hour, ...told } of rows) {
    if (stretch === null) Object.assign(week.cells[hour] ?? {}, told);
    else week.busiest.push({ at: beginOf(spans, stretch, hour), ...told });
  }
  week.busiest.sort((a, b) => b.requests - a.requests || a.at - b.at);
  return week;
}

const sum = (table: string, column: string): RawBuilder<unknown> =>
  sql`coalesce(sum(${sql.ref(`${table}.${column}`)}), 0)::bigint as ${sql.ref(column)}`;

const tokenSums = (table: string): RawBuilder<unknown> =>
  sql.join(
    Object.values(COLUMNS)
      .filter((column) => column !== 'requests')
      .map((column) => sum(table, column)),
  );

/** An hour in which the clock is changed begins anew where it is. */
function beginOf(spans: readonly FixedOffsetSpan[], index: number, hour: number): number {
  const { offset, from } = spans[index] ?? { offset: 0, from: 0 };
  const begin = hour * HOUR - offset;
  return index === 0 ? begin : Math.max(begin, from);
}

/** How many hours of some stretches lie in each hour of the week. */
export function hoursOf(spans: readonly FixedOffsetSpan[]): number[] {
  const hours = Array.from({ length: WEEK_HOURS }, () => 0);
  for (const { from, to, offset } of spans) {
    for (let at = from; at < to;) {
      const local = Math.floor((at + offset) / HOUR);
      const end = Math.min((local + 1) * HOUR - offset, to);
      const cell = (local + FIRST_HOUR) % WEEK_HOURS;
      hours[cell] = (hours[cell] ?? 0) + (end - at) / HOUR;
      at = end;
    }
  }
  return hours;
}

/** Several cells as one. */
export function together(cells: readonly Cell[]): Cell {
  const whole: Cell = { ...noHour(), hours: 0 };
  for (const cell of cells) {
    for (const name of Object.keys(whole) as (keyof Cell)[]) whole[name] += cell[name];
  }
  return whole;
}

export interface CellFigures {
  hours: number;
  requests: number;
  tokens: TokenCounts;
}

export const cellFigures = (cell: Cell): CellFigures => ({
  hours: cell.hours,
  requests: cell.requests,
  tokens: tokensOf(cell),
});
