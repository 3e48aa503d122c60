import { isRetryable } from '@cloudbrain/sdk/core';

/** The states of an element. Each is a custom state: `cb-stat-card:state(stale)`. */
export type Status = 'loading' | 'fresh' | 'stale' | 'partial' | 'forbidden' | 'empty' | 'error';

/** The state of a query to the server. */
export interface QueryState<T> {
  /** The last response, with later live events applied. Kept through later failures. */
  data?: T | undefined;
  /** Why the last attempt failed; cleared by the next response. */
  error?: unknown;
  /** When `data` was last known to be true, by the reader's clock. */
  updatedAt?: number | undefined;
  /** When the next attempt is after a failure; undefined if there is no automatic one. */
  retryAt?: number | undefined;
  /** Whether a request is in progress. */
  loading: boolean;
  /** Whether changes are pushed as they happen. */
  live: boolean;
  /** Whether `data` is the answer for other parameters, shown until the new one arrives. */
  isPrevious?: boolean;
  /** Whether everything known was dropped, as it belonged to another account. */
  isReset?: boolean;
}

/** No request and no data. */
export const IDLE: QueryState<never> = { loading: false, live: false };

/** The HTTP status of an error, 0 without a response. */
export function errorStatus(error: unknown): number {
  return (error as { status?: number } | undefined)?.status ?? 0;
}

/** Whether the error is a missing permission. */
export function isRefused({ data, error }: QueryState<unknown>): boolean {
  const status = errorStatus(error);
  // An expired token is replaced before long; until then the data can stay visible.
  return status === 403 || (status === 401 && data === undefined);
}

/** Whether retrying later may help: no response, an overloaded server, or a server error. */
export function isTransient(error: unknown): boolean {
  const status = errorStatus(error);
  // The SDK's base class is for what the caller got wrong.
  if ((error as Error | undefined)?.name === 'CloudBrainError') return false;
  return !status || isRetryable(status);
}
