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
    super(`Too much is waiting to be written; come again in ${retryAfterSeconds} s`);
    this.name = 'OverloadedError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
