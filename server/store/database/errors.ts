/** What PostgreSQL says of one statement that can't be done now but may be later. */
const passing = new Set([
  '57014', // it took too long
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
]);

/** What it and the network say where nothing can be done now. */
const away = new Set([
  '57P01', // the database is going down
  '57P02',
  '57P03', // it is starting
  '53300', // too many connections
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const messages =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|The embedded database has been closed|driver has already been destroyed)/;

/** Whether an error means that the database is away or busy, and nothing is wrong with the query. */
export const isUnavailable = (error: unknown): boolean =>
  isAway(error) || isCausedBy(error, ({ code }) => passing.has(code));

/** Whether the database is away altogether: another statement would fare no better. */
export const isAway = (error: unknown): boolean =>
  isCausedBy(
    error,
    ({ code, message }) => away.has(code) || code.startsWith('08') || messages.test(message),
  );

/** What PostgreSQL says of a value that its type can't hold. Its message quotes the value. */
const unfit = new Set([
  '22001', // too long
  '22003', // number out of range
  '22007', // no such date or time
  '22008', // date or time out of range
  '22023', // such as an unknown time zone
  '22025', // a pattern that ends in its escape
  '2201B', // not a regular expression
  '22P02', // not of the type at all
]);

/** What it says of text that it can't hold, and of what exceeds its limits: without the value. */
const unfitWhatever = new Set(['22021', '22P05', '54000', '54001', '54011', '54023']);

/**
 * Whether the database refused a value, and one of `values` is the one. What it refuses of a value
 * that the service itself has made is a fault of ours, as are divisions by zero and the like.
 * @returns the values that it names, perhaps none; `null` where the error is something else
 */
export function refusedAmong<T extends { value: string }>(
  error: unknown,
  values: readonly T[],
): T[] | null {
  let found: T[] | null = null;
  isCausedBy(error, ({ code, message }) => {
    const named = unfit.has(code)
      ? values.filter(({ value }) => value !== '' && message.includes(`"${value}"`))
      : [];
    if (named.length > 0 || (unfitWhatever.has(code) && values.length > 0)) found = named;
    return found !== null;
  });
  return found;
}

/** Whether an error, or one that it was caused by, is of a kind. */
function isCausedBy(
  error: unknown,
  isSuch: (error: { code: string; message: string }) => boolean,
): boolean {
  if (!(error instanceof Error)) return false;
  // Some libraries number their errors.
  const { code } = error as { code?: unknown };
  if (isSuch({ code: typeof code === 'string' ? code : '', message: error.message })) return true;
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  return causes.some((cause) => isCausedBy(cause, isSuch));
}

/** More is waiting than can be taken in. */
export class OverloadedError extends Error {
  /** When to come again. */
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super(`Too much telemetry is waiting to be written; retry in ${retryAfterSeconds} s`);
    this.name = 'OverloadedError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
