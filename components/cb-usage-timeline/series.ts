import type { StatsTimeline, TimelinePoint } from '@cloudbrain/sdk';
import { dateFormat } from '../../src/format/formatters.ts';
import type { ValueFormat } from '../../src/format/value.ts';
import type { UsageTimelineMessage } from './cb-usage-timeline.messages.ts';

/** What is drawn over time. */
export type UsageMetric = 'requests' | 'tokens' | 'cost';

export const METRICS: readonly UsageMetric[] = ['requests', 'tokens', 'cost'];

/** A line of the chart. */
export interface Series {
  name: UsageTimelineMessage;
  format: ValueFormat;
  /** `null`: no data yet. */
  values: readonly (number | null)[];
}

type Read = (point: TimelinePoint) => number;

const LINES: Record<UsageMetric, readonly [UsageTimelineMessage, ValueFormat, Read][]> = {
  requests: [
    ['requests', 'number', (point) => point.requests],
    ['errors', 'number', (point) => point.errors],
  ],
  tokens: [
    ['input', 'tokens', (point) => point.tokens.input],
    ['output', 'tokens', (point) => point.tokens.output],
  ],
  cost: [['cost', 'currency', (point) => Number(point.cost.usd)]],
};

/** The metric that an attribute names; requests by default. */
export function metricOf(name: string | undefined): UsageMetric {
  return METRICS.find((metric) => metric === name) ?? 'requests';
}

/** The lines of a metric. Money becomes a number here: for a position on the axis only. */
export function seriesOf({ points }: Pick<StatsTimeline, 'points'>, metric: UsageMetric): Series[] {
  return LINES[metric].map(([name, format, read]) => ({
    name,
    format,
    values: points.map((point) => (point.noData ? null : read(point))),
  }));
}

/** Whether there is any usage. */
export function hasUsage(timeline: StatsTimeline): boolean {
  return timeline.points.some(({ requests, executions }) => requests > 0 || executions.total > 0);
}

/** The starts of the intervals, as labels of the axis. */
export function labelsOf(timeline: StatsTimeline, locale: string): string[] {
  const labels = write(timeline, locale, dateOptions(timeline).axis);
  // A period of a week ends on the weekday on which it started, so dates are used to distinguish
  // them.
  const isTwice = timeline.granularity === 'day' && new Set(labels).size < labels.length;
  return isTwice ? write(timeline, locale, DATE) : labels;
}

/** The starts of the intervals in full. */
export function timesOf(timeline: StatsTimeline, locale: string): string[] {
  if (timeline.granularity === 'week') return writeWeeks(timeline, locale);
  const { full } = dateOptions(timeline);
  const times = write(timeline, locale, full);
  // When clocks go back, an hour occurs twice; the zone distinguishes them.
  const isTwice = new Set(times).size < times.length;
  return isTwice ? write(timeline, locale, { ...full, timeZoneName: 'short' }) : times;
}

function write(
  { points, period: { timezone } }: StatsTimeline,
  locale: string,
  options: Intl.DateTimeFormatOptions,
): string[] {
  const format = dateFormat(locale, { ...options, timeZone: timezone });
  return points.map(({ at }) => format.format(new Date(at)));
}

/** Sunday's noon, from Monday's midnight on; the clock may change in between. */
const TO_SUNDAY = 6.5 * 86_400_000;

/** Monday to Sunday: `Nov 16 – 22, 2026`. */
function writeWeeks({ points, period: { timezone } }: StatsTimeline, locale: string): string[] {
  const format = dateFormat(locale, { ...DATE, year: 'numeric', timeZone: timezone });
  return points.map(({ at }) => format.formatRange(Date.parse(at), Date.parse(at) + TO_SUNDAY));
}

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
/** The same hours on the axis and in text; short enough for an axis. */
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

function dateOptions({ granularity, points: { length } }: StatsTimeline): {
  axis: Intl.DateTimeFormatOptions;
  full: Intl.DateTimeFormatOptions;
} {
  if (granularity === 'month')
    return { axis: { month: 'short', year: 'numeric' }, full: { month: 'long', year: 'numeric' } };
  if (granularity === 'week') return { axis: DATE, full: DATE };
  if (granularity === 'day') {
    const axis: Intl.DateTimeFormatOptions = length <= 8 ? { weekday: 'short' } : DATE;
    return { axis, full: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } };
  }
  return {
    axis: length <= 49 ? CLOCK : DATE,
    full: { weekday: 'short', ...DATE, ...CLOCK },
  };
}
