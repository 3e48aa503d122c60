import type { StatsTimeline, TimelinePoint } from '@cloudbrain/sdk';
import { dateFormat } from '../../src/format/formatters.ts';
import type { ValueFormat } from '../../src/format/value.ts';
import type { UsageTimelineMessage } from './cb-usage-timeline.messages.ts';

/** What is drawn over time. */
export type UsageMetric = 'requests' | 'tokens' | 'cost' | 'latency' | 'errors' | 'executions';

export const METRICS: readonly UsageMetric[] = [
  'requests',
  'tokens',
  'cost',
  'latency',
  'errors',
  'executions',
];

/** A line of the chart. */
export interface Line {
  name: UsageTimelineMessage;
  format: ValueFormat;
  /** Its colour: 0 to 7. */
  colour: number;
  /** 1: in a strip of its own, because next to the others it would always be at 0. */
  axis: 0 | 1;
  /** `null`: no data yet, or an unknown figure. */
  values: readonly (number | null)[];
}

type Read = (point: TimelinePoint) => number | null;
type LineOf = readonly [UsageTimelineMessage, ValueFormat, Read, colour: number, axis?: 0 | 1];

const BLUE = 0;
const GREEN = 1;
const ORANGE = 2;

const LINES: Record<UsageMetric, readonly LineOf[]> = {
  requests: [
    ['requests', 'number', (point) => point.requests, BLUE],
    ['errors', 'number', (point) => point.errors, ORANGE, 1],
  ],
  tokens: [
    ['input', 'tokens', (point) => point.tokens.input, BLUE],
    ['output', 'tokens', (point) => point.tokens.output, ORANGE],
  ],
  cost: [['cost', 'currency', (point) => Number(point.cost.usd), BLUE]],
  latency: [
    ['p50', 'duration', (point) => point.latencyMs.p50, BLUE],
    ['p95', 'duration', (point) => point.latencyMs.p95, ORANGE],
    ['p99', 'duration', (point) => point.latencyMs.p99, GREEN],
  ],
  errors: [['errors', 'number', (point) => point.errors, ORANGE]],
  executions: [
    ['executions', 'number', (point) => point.executions.total, BLUE],
    ['failed', 'number', (point) => point.executions.failed, ORANGE, 1],
  ],
};

/** The metric that an attribute names; requests by default. */
export function metricOf(name: string | undefined): UsageMetric {
  return METRICS.find((metric) => metric === name) ?? 'requests';
}

/** The lines of a metric. Money becomes a number here: for a position on the axis only. */
export function seriesOf({ points }: Pick<StatsTimeline, 'points'>, metric: UsageMetric): Line[] {
  return LINES[metric].map(([name, format, read, colour, axis = 0]): Line => ({
    name,
    format,
    colour,
    axis,
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
