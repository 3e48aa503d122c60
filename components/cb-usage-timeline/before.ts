import type { Granularity, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import type { Line } from './series.ts';

const HOUR = 3_600_000;
/** Lengths of intervals in ms; a day of 23 or 25 hours makes the period before start within one. */
const LENGTH: Record<Exclude<Granularity, 'month'>, number> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
};

/**
 * The query for as many intervals just before those of a timeline; undefined if there are none. It
 * stays the same until the timeline starts with another interval.
 */
export function queryBefore(
  params: StatsTimelineQuery,
  { granularity, points, period }: StatsTimeline,
): StatsTimelineQuery | undefined {
  const start = points[0]?.at;
  if (start === undefined || params.timeframe === 'all') return undefined;
  const from = new Date(start);
  if (granularity === 'month') from.setUTCMonth(from.getUTCMonth() - points.length);
  else from.setTime(from.getTime() - points.length * LENGTH[granularity]);
  return {
    ...(params.domain === undefined ? {} : { domain: params.domain }),
    from: from.toISOString(),
    to: start,
    granularity,
    timezone: period.timezone,
  };
}

/** A line of the period before, point by point beside one of `count` points: both end together. */
export function valuesBefore({ values }: Line, count: number): (number | null)[] {
  return Array.from({ length: count }, (_, index) => values[values.length - count + index] ?? null);
}
