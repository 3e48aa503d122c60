import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { StatsOverview, StatsTimeline } from '@cloudbrain/sdk';

/** What a rise of a figure means. */
export type Polarity = 'good-when-up' | 'good-when-down' | 'neutral';

/** How a figure of the overview is written where `format` is left out. */
export function formatOf(metric: string): ValueFormat {
  if (/rate$/i.test(metric)) return 'percent';
  if (metric === 'cost.usd') return 'currency';
  if (metric.startsWith('latencyMs')) return 'duration';
  return metric.startsWith('tokens') ? 'tokens' : 'number';
}

/**
 * What a rise means where `polarity` is left out. Good: more requests, conversations, users,
 * executions, a higher success rate. Bad: more errors, failures, cost, latency. Neither: tokens,
 * and what runs now.
 */
export function polarityOf(metric: string): Polarity {
  if (/^tokens|running/.test(metric)) return 'neutral';
  return /error|failed|abandoned|^cost|^latency/.test(metric) ? 'good-when-down' : 'good-when-up';
}

/** The value at a dotted path; undefined where there is none. */
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

/** What an overview says of a metric. */
export interface Reading {
  value?: Value | null | undefined;
  change?: number | null | undefined;
  /** Why there is no value, where the server says so. */
  reason?: string | undefined;
  /** Why there is no change, where the server says so. */
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

/** What the server says of a path, or of what it is a part of. */
const reasonOf = ({ unavailable }: StatsOverview, metric: string): string | undefined =>
  unavailable.find(({ path }) => `${metric}.`.startsWith(`${path}.`))?.reason;

/** Whether a timeline can tell a metric: it has sums and latency, no rates and no people. */
export function hasTrend(metric: string): boolean {
  return !/rate$|^users/i.test(metric);
}

/**
 * A metric over time, oldest first. An interval that is covered in part would look like a rise or a
 * fall, and one without data like a 0: they are gaps, and at the ends left out.
 */
export function readTrend(data: StatsTimeline | undefined, metric: string): unknown[] {
  const points = data?.points ?? [];
  const first = points[0]?.partial ? 1 : 0;
  const end = points.at(-1)?.partial ? -1 : undefined;
  return points
    .slice(first, end)
    .map((point) => (point.partial || point.noData ? null : at(point, metric)));
}
