import type { StatsTimeline } from '@cloudbrain/sdk';
import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { Figures } from './sources.ts';

/** Whether an increase of a figure is good or bad. */
export type Polarity = 'good-when-up' | 'good-when-down' | 'neutral';

/** The default `format` of a figure. */
export function formatOf(metric: string): ValueFormat {
  if (/rate$|growth$/i.test(metric)) return 'percent';
  if (/usd$/i.test(metric)) return 'currency';
  if (/latencyMs|Ms$/.test(metric)) return 'duration';
  if (/(^|\.)bytes$/.test(metric)) return 'bytes';
  return metric.startsWith('tokens') ? 'tokens' : 'number';
}

/**
 * The default `polarity`. Good: more requests, conversations, users, customers, executions, revenue, a
 * higher success rate. Bad: more errors, failures, churn, cost, latency. Neither: tokens, running
 * executions, settings.
 */
export function polarityOf(metric: string): Polarity {
  if (/^tokens|running|^settings|^lastRun|sessions/.test(metric)) return 'neutral';
  return /error|failed|abandoned|churn|^cost|cacUsd|creditsUsed|Ms(\.|$)/.test(metric)
    ? 'good-when-down'
    : 'good-when-up';
}

/** The bounds of good and fair of a figure that has usual ones. */
export function bandsOf(metric: string): readonly [number, number] | undefined {
  return /success\.rate$|successRate$/.test(metric) ? [0.8, 0.6] : undefined;
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

/** Where a metric's change is: `change.cost.usd`, or within its group, `userMetrics.change.dau`. */
function changePath(data: Figures, metric: string): string {
  const [group = '', ...rest] = metric.split('.');
  return data.change === undefined ? `${group}.change.${rest.join('.')}` : `change.${metric}`;
}

/** Reads a metric from an overview. An unknown path has the value `undefined`. */
export function readMetric(data: Figures, metric: string): Reading {
  const value = at(data, metric);
  const change = changePath(data, metric);
  return {
    value: typeof value === 'object' && value !== null ? undefined : (value as Value | null),
    change: at(data, change) as number | null | undefined,
    reason: reasonOf(data, metric),
    changeReason: reasonOf(data, change),
  };
}

/** The server's reason for a path, or for an object that contains it. */
const reasonOf = ({ unavailable = [] }: Figures, metric: string): string | undefined =>
  unavailable.find(({ path }) => `${metric}.`.startsWith(`${path}.`))?.reason;

/** A metric beside another one: `executions.failed` for `failed` and `executions.total`. */
export function sibling(metric: string, name: string): string {
  return [...metric.split('.').slice(0, -1), name].join('.');
}

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
