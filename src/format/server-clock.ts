/**
 * By how many milliseconds a server's clock is ahead of this one: at least `min`, at most `max`.
 * Negative if it is behind.
 */
export interface ClockOffset {
  readonly min: number;
  readonly max: number;
}

/** The header has whole seconds. */
const RESOLUTION = 1_000;

/**
 * What one response says of the server's clock. Undefined without a valid `Date` header; a page of
 * another origin sees it only if the server exposes it.
 *
 * @param date the `Date` header of the response
 * @param sentAt when the request was sent, by the local clock, epoch ms
 * @param receivedAt when the response arrived, by the local clock, epoch ms
 */
export function clockOffset(
  date: string | null | undefined,
  sentAt: number,
  receivedAt: number,
): ClockOffset | undefined {
  const written = Date.parse(date ?? '');
  if (Number.isNaN(written) || !(receivedAt >= sentAt)) return undefined;
  return { min: written - receivedAt, max: written + RESOLUTION - sentAt };
}

/**
 * What is known of the clock after another response: each narrows the range. If two contradict each
 * other, a clock has been set, and the later one counts.
 */
export function refineOffset(known: ClockOffset | undefined, next: ClockOffset): ClockOffset {
  const min = Math.max(known?.min ?? -Infinity, next.min);
  const max = Math.min(known?.max ?? Infinity, next.max);
  return min <= max ? { min, max } : next;
}

/**
 * The server's time, epoch ms, at the local time `now`. The local clock is trusted as long as it
 * may be right, so that a difference below the header's resolution changes nothing.
 */
export function serverTime(offset: ClockOffset | undefined, now: number): number {
  if (!offset || (offset.min <= 0 && offset.max >= 0)) return now;
  return now + (offset.min + offset.max) / 2;
}
