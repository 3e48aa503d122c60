import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** What is kept of an error: drivers hang the values of a query on theirs. */
function plainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return { type: name, message, code, stack, ...(cause ? { cause: plainError(cause) } : {}) };
}

/**
 * Structured logs, one JSON object a line. Requests are logged by their path, without query,
 * headers and body; what might slip in by one of these names is crossed out.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const secrets = ['authorization', 'password', 'token', 'accessToken', 'refreshToken', 'secret'];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: plainError, err: plainError },
      redact: [...secrets, ...secrets.map((name) => `*.${name}`), '*["x-api-key"]'],
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}
