/** How far data cover an interval of a timeline, or the period that another is compared with. Pure. */
import type { Interval } from './period.ts';

/** What every point of a timeline says of its interval. */
export interface Coverage {
  /** The period, or the data, have only a part of the interval. */
  partial: boolean;
  /** Nothing was recorded yet, or nothing can be: its figures are 0 or null, and measure nothing. */
  noData: boolean;
}

/** Epoch ms. */
export interface DataBounds {
  /** When the first data ever of this scope came; `null`: there are none. */
  first: number | null;
  now: number;
}

/**
 * @param hasFigures whether anything is told of it: a client's clock may be ahead of ours
 */
export function coverageOf(
  { at, until, span }: Interval,
  { first, now }: DataBounds,
  hasFigures: boolean,
): Coverage {
  const isBefore = first === null || span.to <= first;
  const isAfter = span.from >= now;
  if (!hasFigures && (isBefore || isAfter)) return { partial: false, noData: true };
  const partial =
    span.from > at || span.to < until || until > now || (first !== null && first > at);
  return { partial, noData: false };
}

/** Why nothing is compared with the period before `all`. */
export const NO_EARLIER = 'The timeframe `all` has no earlier period.';

/**
 * Why a period can't be compared with an earlier one; `null` where it can.
 * @param from where the earlier one starts; `null`: there is none
 */
export function lackOf(from: number | null, first: number | null): string | null {
  if (from === null) return NO_EARLIER;
  if (first === null) return 'Nothing was recorded in the earlier period.';
  return first <= from
    ? null
    : `The data starts at ${new Date(first).toISOString()}, which is after the earlier period started.`;
}
