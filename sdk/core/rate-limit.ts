/** What a limit of the server leaves, by the `RateLimit` headers of an answer. */
export interface RateLimit {
  /** The name of the limit. */
  policy: string;
  /** How many requests are left until the reset. */
  remaining: number;
  /** Milliseconds from the answer to the reset; `undefined` where the server doesn't say. */
  resetMs: number | undefined;
  /** How many requests the limit allows in its window; `undefined` where the server doesn't say. */
  limit: number | undefined;
  /** Milliseconds of the window; `undefined` where the server doesn't say. */
  windowMs: number | undefined;
}

/** The limit that leaves the least, or `undefined` where an answer has none. */
export function readRateLimit(headers: Headers): RateLimit | undefined {
  const policies = new Map(itemsOf(headers, 'ratelimit-policy'));
  const limits = itemsOf(headers, 'ratelimit').flatMap(([policy, { r, t }]): RateLimit[] => {
    const { q, w } = policies.get(policy) ?? {};
    if (r === undefined) return [];
    return [{ policy, remaining: r, resetMs: ms(t), limit: q, windowMs: ms(w) }];
  });
  // Of several that leave nothing, the last to be reset.
  return limits.sort((a, b) => a.remaining - b.remaining || (b.resetMs ?? 0) - (a.resetMs ?? 0))[0];
}

const ms = (seconds: number | undefined) => seconds && seconds * 1000;

/** A list of structured fields (RFC 9651), with their whole numbers: `"default";r=5;t=30`. */
function itemsOf(headers: Headers, name: string): [string, Record<string, number | undefined>][] {
  const items = (headers.get(name) ?? '').matchAll(/(?:"([^"]*)"|([^\s",;]+))((?:\s*;[^,;]*)*)/g);
  return [...items].map(([, quoted, token = '', fields = '']) => [
    quoted ?? token,
    Object.fromEntries(
      [...fields.matchAll(/;\s*(\w+)=(\d+)\s*(?=;|$)/g)].map(([, key = '', value]) => [
        key,
        +(value ?? 0),
      ]),
    ),
  ]);
}
