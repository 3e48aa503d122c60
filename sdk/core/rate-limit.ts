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
  const policies = itemsOf(headers, 'ratelimit-policy');
  let tightest: RateLimit | undefined;
  for (const [policy, { r: remaining, t }] of itemsOf(headers, 'ratelimit')) {
    if (remaining === undefined || (tightest && tightest.remaining <= remaining)) continue;
    const { q, w } = policies.get(policy) ?? {};
    tightest = { policy, remaining, resetMs: ms(t), limit: q, windowMs: ms(w) };
  }
  return tightest;
}

const ms = (seconds: number | undefined) => seconds && seconds * 1000;

/** A list of structured fields (RFC 9651), with their whole numbers: `"default";r=5;t=30`. */
function itemsOf(headers: Headers, name: string): Map<string, Record<string, number | undefined>> {
  const items = new Map<string, Record<string, number>>();
  const text = headers.get(name) ?? '';
  for (const [, quoted, token, fields = ''] of text.matchAll(
    /(?:"([^"]*)"|([^\s",;]+))((?:\s*;[^,;]*)*)/g,
  )) {
    const numbers = fields.matchAll(/;\s*(\w+)=(\d+)\s*(?=;|$)/g);
    const entries = Array.from(numbers, ([, key, value]) => [key, Number(value)]);
    items.set(quoted ?? token ?? '', Object.fromEntries(entries) as Record<string, number>);
  }
  return items;
}
