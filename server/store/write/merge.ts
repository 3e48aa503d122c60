/** Which of two versions of one observation is kept: the same one, in whatever order they come. */
import type { Observation } from '../../model/observation.ts';
import { isPlain } from '../../model/plain-name.ts';

/**
 * The version that is kept: one that has ended beats one that has not, then the later end, then
 * a plain name, then the larger by content. Where the time of receipt stands for a clock that was off, the first
 * receipt is kept: what is sent again changes nothing. A total order, so that merging does not
 * depend on the order of arrival.
 */
export function preferred(a: Observation, b: Observation): Observation {
  if (a.data.clockSkewed !== b.data.clockSkewed) return a.data.clockSkewed ? b : a;
  if (a.data.clockSkewed && a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? a : b;
  const ends = (a.endedAt ?? -Infinity) - (b.endedAt ?? -Infinity);
  if (ends > 0) return a;
  if (ends < 0) return b;
  // Sent again, a span that was emptied stays so: null and [] are larger than any text or list.
  if (isPlain(a) !== isPlain(b)) return isPlain(a) ? a : b;
  return canonical(a) >= canonical(b) ? a : b;
}

export function sameObservation(a: Observation, b: Observation): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted keys: equal contents, equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
