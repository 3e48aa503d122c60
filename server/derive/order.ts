import { hintsOf } from '../model/hints.ts';
import type { Observation } from '../model/observation.ts';

export function byKey(a: Observation, b: Observation): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** By when they began; a total order, so that the order of arrival can't show. */
export function byStart(a: Observation, b: Observation): number {
  return a.startedAt - b.startedAt || withinMillisecond(a, b);
}

/** By when they were told: a log record is written at the end of what it tells. */
export function byEnd(a: Observation, b: Observation): number {
  return endOf(a) - endOf(b) || withinMillisecond(a, b);
}

/** The last moment that is known of it, in epoch milliseconds. */
export function endOf({ startedAt, endedAt }: Observation): number {
  return endedAt ?? startedAt;
}

function withinMillisecond(a: Observation, b: Observation): number {
  const one = hintsOf(a);
  const other = hintsOf(b);
  return (
    (one.nanoseconds ?? 0) - (other.nanoseconds ?? 0) ||
    (one.order ?? 0) - (other.order ?? 0) ||
    byKey(a, b)
  );
}

/** The largest of some moments, however many. */
export function latest(moments: readonly number[]): number {
  return moments.reduce((most, moment) => Math.max(most, moment), -Infinity);
}

/** The first of some values, in their order, that is known. */
export function first<T>(values: Iterable<T | null | undefined>): T | null {
  for (const value of values) if (value != null) return value;
  return null;
}
