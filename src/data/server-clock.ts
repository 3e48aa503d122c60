import type { Middleware } from '@cloudbrain/sdk/core';

/** The difference between the server's clock and the reader's. */
export interface ServerClock {
  /** Milliseconds by which the server's clock is ahead; 0 while unknown, or where they agree. */
  readonly offset: number;
  /** Reads the `Date` of each answer. */
  observe(around: Middleware | undefined): Middleware;
}

/** The header has whole seconds. */
const PRECISION = 1_000;

/** Makes the clock of a session. */
export function createServerClock(): ServerClock {
  let offset = 0;
  return {
    get offset() {
      return offset;
    },
    observe: (around) => async (request, next) => {
      const sentAt = Date.now();
      const response = await (around ? around(request, next) : next(request));
      offset = offsetOf(response.headers.get('date'), sentAt, Date.now()) ?? offset;
      return response;
    },
  };
}

/**
 * How far the server's clock is ahead of the reader's, from the `Date` of an answer; 0 if the
 * difference is within what can be known. Undefined without a date.
 */
export function offsetOf(
  date: string | null,
  sentAt: number,
  receivedAt: number,
): number | undefined {
  const written = Date.parse(date ?? '');
  if (Number.isNaN(written)) return undefined;
  const ahead = written + PRECISION / 2 - (sentAt + receivedAt) / 2;
  const error = PRECISION + (receivedAt - sentAt) / 2;
  return Math.abs(ahead) <= error ? 0 : ahead;
}
