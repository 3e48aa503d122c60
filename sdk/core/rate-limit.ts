/**
 * Milliseconds until a limit that leaves nothing is reset, by the `RateLimit` header of an answer; of
 * several, the longest. 0 where every limit leaves something.
 *
 * The header is a list of structured fields (RFC 9651): `"api";r=5;t=30`.
 */
export function exhaustedFor(headers: Headers): number {
  const limits = headers.get('ratelimit')?.split(',') ?? [];
  const resets = limits
    .filter((limit) => /;\s*r=0\s*(;|$)/.test(limit))
    .map((limit) => Number(/;\s*t=(\d+)/.exec(limit)?.[1] ?? 0));
  return Math.max(0, ...resets) * 1000;
}
