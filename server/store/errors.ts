/** What PostgreSQL and the network say when a thing can't be done now but may be later. */
const passing = new Set([
  '57P01', // the database is going down
  '57P02',
  '57P03', // it is starting
  '57014', // the statement took too long
  '53300', // too many connections
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const messages =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|The embedded database has been closed|driver has already been destroyed)/;

/** Whether an error means that the database is away or busy, and nothing is wrong with the query. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Some libraries number their errors.
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (passing.has(code) || code.startsWith('08'))) return true;
  if (messages.test(error.message)) return true;
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  return causes.some(isUnavailable);
}
