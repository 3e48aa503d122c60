/** When usage peaks. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { NO_REQUEST, ratio, tokensOf } from './figures.ts';
import { periodOf, told, type StatsQuery } from '../../rollups/query.ts';
import { together, cellFigures, weekOf, type Cell, type CellFigures } from './week.ts';

interface Part extends CellFigures {
  /** `null` where no hour of the period lies in it. */
  requestsPerHour: number | null;
}

export type StatsPeaks = Schemas['StatsPeaks'];

/** @throws PeriodError */
export async function peaks(ws: WorkspaceTx, query: StatsQuery): Promise<StatsPeaks> {
  const period = await periodOf(ws, query);
  const { cells, busiest } = await weekOf(ws, period, query);
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    hour,
    ...partOf(cells.filter((__, index) => index % 24 === hour)),
  }));
  const weekdays = Array.from({ length: 7 }, (_, day) => ({
    weekday: day + 1,
    ...partOf(cells.slice(day * 24, (day + 1) * 24)),
  }));
  const peak = {
    hour: highest(hours)?.hour ?? null,
    weekday: highest(weekdays)?.weekday ?? null,
  };
  return {
    period: told(period),
    peak,
    hours,
    weekdays,
    busiest: busiest.map(({ at, ...hour }) => ({
      at: new Date(at).toISOString(),
      requests: hour.requests,
      tokens: tokensOf(hour),
    })),
    unavailable: peak.hour === null ? [{ path: 'peak', reason: NO_REQUEST }] : [],
  };
}

function partOf(cells: readonly Cell[]): Part {
  const whole = cellFigures(together(cells));
  return { ...whole, requestsPerHour: ratio(whole.requests, whole.hours) };
}

/**
 * The first of those with most requests an hour. A part of which less than an hour is over, such as
 * the one that has just begun, says little: it counts where there is no other.
 */
function highest<P extends Part>(parts: readonly P[]): P | undefined {
  const rate = (part: P | undefined): number => part?.requestsPerHour ?? 0;
  const best = (some: readonly P[]) =>
    some.reduce<P | undefined>((most, part) => (rate(part) > rate(most) ? part : most), undefined);
  return best(parts.filter(({ hours }) => hours >= 1)) ?? best(parts);
}
