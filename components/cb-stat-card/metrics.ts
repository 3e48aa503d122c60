import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { StatsOverview, StatsTimeline } from '@cloudbrain/sdk';

/** Whether an increase of a figure is good or bad. */
export type Polarity = 'good-when-up' | 'good-when-down' | 'neutral';

/** The default `format` of a figure of the overview. */
export function formatOf(metric: string): ValueFormat {
  if (/rate$/i.test(metric)) return 'percent';
  if (metric === 'cost.usd') return 'currency';
  if (metric.startsWith('latencyMs')) return 'duration';
  return metric.startsWith('tokens') ? 'tokens' : 'number';
}

/**
 * The default `polarity`. Good: more requests, conversations, users, executions, a higher success
 * rate. Bad: more errors, failures, cost, latency. Neither: tokens, and running executions.
 */
export function polarityOf(metric: string): Polarity {
  if (/^tokens|running/.test(metric)) return 'neutral';
  return /error|failed|abandoned|^cost|^latency/.test(metric) ? 'good-when-down' : 'good-when-up';
}

/** The value at a dotted path; undefined if it doesn't exist. */
function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce(
      (value, key) =>
        value instanceof Object && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      data,
    );
}

/** The data of a metric in an overview. */
export interface Reading {
  value?: Value | null | undefined;
  change?: number | null | undefined;
  /** Why there is no value, if the server says so. */
  reason?: string | undefined;
  /** Why there is no change, if the server says so. */
  changeReason?: string | undefined;
}

/** Reads a metric from an overview. An unknown path has the value `undefined`. */
export function readMetric(data: StatsOverview, metric: string): Reading {
  const value = at(data, metric);
  return {
    value: value instanceof Object ? undefined : (value as Value | null | undefined),
    change: at(data.change, metric) as number | null | undefined,
    reason: reasonOf(data, metric),
    changeReason: reasonOf(data, `change.${metric}`),
  };
}

/** The server's reason for a path, or for an object that contains it. */
const reasonOf = ({ unavailable }: StatsOverview, metric: string): string | undefined =>
  unavailable.find(({ path }) => `${metric}.`.startsWith(`${path}.`))?.reason;

/** Whether a timeline has a metric: it has sums and latency, but no rates and no users. */
export function hasTrend(metric: string): boolean {
  return !/rate$|^users/i.test(metric);
}

/**
 * A metric over time, oldest first. Partial intervals would look like a rise or a fall, and
 * intervals without data like a 0, so they are gaps, and omitted at the ends.
 */
export function readTrend(data: StatsTimeline | undefined, metric: string): unknown[] {
  const points = data?.points ?? [];
  const first = points[0]?.partial ? 1 : 0;
  const end = points.at(-1)?.partial ? -1 : undefined;
  return points
    .slice(first, end)
    .map((point) => (point.partial || point.noData ? null : at(point, metric)));
}
