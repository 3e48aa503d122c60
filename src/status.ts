import { isRetryable } from '@cloudbrain/sdk/core';

/** What an element is in. Each is a custom state: `cb-stat-card:state(stale)`. */
export type Status = 'loading' | 'fresh' | 'stale' | 'partial' | 'forbidden' | 'empty' | 'error';

/** What is known of a question to the server. */
export interface QueryState<T> {
  /** The last answer, with what live events said since. Stays through later failures. */
  data?: T | undefined;
  /** Why the last try failed; gone with the next answer. */
  error?: unknown;
  /** When `data` was last known to be true, by the reader's clock. */
  updatedAt?: number | undefined;
  /** When the next try comes after a failure; undefined where none will come by itself. */
  retryAt?: number | undefined;
  /** Whether a try is under way. */
  loading: boolean;
  /** Whether changes are pushed as they happen. */
  live: boolean;
}

/** Nothing asked, nothing known. */
export const IDLE: QueryState<never> = { loading: false, live: false };

/** The HTTP status of an error, 0 where there was no answer. */
export function errorStatus(error: unknown): number {
  return (error as { status?: number } | undefined)?.status ?? 0;
}

/** Whether the answer is that one may not ask. */
export function isRefused({ data, error }: QueryState<unknown>): boolean {
  const status = errorStatus(error);
  // A token that ends is replaced before long; until then what is shown may stay.
  return status === 403 || (status === 401 && data === undefined);
}

/** Whether trying again later may help: no answer, too busy, or the server's own failure. */
export function isTransient(error: unknown): boolean {
  const status = errorStatus(error);
  return !status || isRetryable(status);
}
