/** What a timer takes at most, in milliseconds; a longer one would fire at once. */
export const MAX_TIMER = 2 ** 31 - 1;

/** Whether an answer of this status may be another one next time. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * The wait that `Retry-After` asks for, in milliseconds: 0 means now, `undefined` that it asks for
 * none, as do a negative one and a date in the past. A date is measured against the server's own
 * `Date`, so that a wrong clock here does no harm.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^[\d.]+$/.test(value)) return Number.isNaN(+value) ? undefined : +value * 1000;
  // Only a date has a name of a month in it: `Date.parse` reads "-5" as one, too.
  const at = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  const wait = at - (Date.parse(headers.get('date') ?? '') || Date.now());
  return wait > 0 ? wait : undefined;
}

/** Doubles from `min` to `max` milliseconds; between half and all of it, so that clients spread. */
export function backoff(attempt: number, min: number, max: number): number {
  return Math.min(max, min * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** The promise's outcome, or the signal's reason, whichever is first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
