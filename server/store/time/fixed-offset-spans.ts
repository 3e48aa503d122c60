/** Parts of a span in which a zone's clock is not changed. Pure. */
import type { Span } from './period.ts';
import { DAY, offsetAt, QUARTER } from './zones.ts';

export interface FixedOffsetSpan extends Span {
  /** How far the clock is ahead of UTC, in milliseconds. */
  offset: number;
}

/** The stretches of a span, oldest first. */
export function fixedOffsetSpans({ from, to }: Span, zone: string): FixedOffsetSpan[] {
  const spans: FixedOffsetSpan[] = [];
  for (let since = from; since < to;) {
    const offset = offsetAt(zone, since);
    const end = changeAfter(since, to, zone);
    spans.push({ from: since, to: end, offset });
    since = end;
  }
  return spans;
}

/** When the clock is next changed; `to` where it is not before. */
function changeAfter(since: number, to: number, zone: string): number {
  const offset = offsetAt(zone, since);
  const isChanged = (instant: number): boolean => offsetAt(zone, instant) !== offset;
  let unchanged = since;
  let next = Math.min(since + DAY, to);
  while (!isChanged(next)) {
    if (next === to) return to;
    unchanged = next;
    next = Math.min(next + DAY, to);
  }
  // Clocks are changed at a full quarter of an hour: it is found by halving.
  let low = Math.floor(unchanged / QUARTER);
  let high = Math.ceil(next / QUARTER);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (isChanged(middle * QUARTER)) high = middle;
    else low = middle;
  }
  return Math.min(high * QUARTER, to);
}
