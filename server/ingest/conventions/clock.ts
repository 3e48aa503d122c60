import type { Nanoseconds } from '../wire/model.ts';

/** Nothing that is measured here happened before 2015: such a clock was never set. */
const EARLIEST_MS = Date.UTC(2015, 0, 1);

const DAY_MS = 24 * 3_600_000;

/** When something happened, in epoch milliseconds. */
export interface Interval {
  startedAt: number;
  endedAt: number | null;
  /** Whole and fractions; `null` where the clock ran backwards. */
  durationMs: number | null;
  /** The client's clock was off: the time of receipt stands for it. */
  skewed: boolean;
}

/** When a span began and ended. One without an end has not ended. */
export function spanInterval(start: Nanoseconds, end: Nanoseconds, receivedAt: number): Interval {
  const length = end === 0n || end < start ? null : Number((end - start) / 1_000n) / 1_000;
  const startedAt = milliseconds(start);
  if (isOff(startedAt, receivedAt)) {
    const sane = length !== null && length < DAY_MS ? Math.ceil(length) : 0;
    const begun = { startedAt: receivedAt - sane, durationMs: sane === 0 ? null : length };
    return { ...begun, endedAt: end === 0n ? null : receivedAt, skewed: true };
  }
  const endedAt = end === 0n ? null : Math.max(milliseconds(end), startedAt);
  if (endedAt !== null && isOff(endedAt, receivedAt)) {
    return { startedAt, endedAt: Math.max(receivedAt, startedAt), durationMs: null, skewed: true };
  }
  return { startedAt, endedAt, durationMs: length, skewed: false };
}

/**
 * When a log record was written: its own time, else when the SDK saw it, else the time that the
 * event itself tells.
 * @returns nanoseconds, 0 where nobody tells
 */
export function logTime(
  time: Nanoseconds,
  observed: Nanoseconds,
  eventTimestamp: string | null,
): Nanoseconds {
  if (time !== 0n) return time;
  if (observed !== 0n) return observed;
  const told = eventTimestamp === null ? NaN : Date.parse(eventTimestamp);
  return Number.isFinite(told) && told > 0 ? BigInt(told) * 1_000_000n : 0n;
}

/** A moment in epoch milliseconds. */
export function moment(time: Nanoseconds, receivedAt: number): { at: number; skewed: boolean } {
  const at = milliseconds(time);
  return isOff(at, receivedAt) ? { at: receivedAt, skewed: true } : { at, skewed: false };
}

function milliseconds(time: Nanoseconds): number {
  return Number(time / 1_000_000n);
}

function isOff(at: number, receivedAt: number): boolean {
  return at < EARLIEST_MS || at > receivedAt + DAY_MS;
}
