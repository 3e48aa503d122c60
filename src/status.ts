import type { BaseMessage } from './i18n/base.ts';

/** What an element is in. Each is a custom state: `cb-stat-card:state(stale)`. */
export type Status = 'loading' | 'fresh' | 'stale' | 'partial' | 'forbidden' | 'empty' | 'error';

/** All of them. */
export const STATUSES: readonly Status[] = [
  'loading',
  'fresh',
  'stale',
  'partial',
  'forbidden',
  'empty',
  'error',
];

/** What is known of a question to the server. */
export interface QueryState<T> {
  /** The last answer, with what live events said since. Stays through later failures. */
  data?: T;
  /** Why the last try failed; gone with the next answer. */
  error?: unknown;
  /** When `data` was last known to be true, by the reader's clock. */
  updatedAt?: number;
  /** When the next try comes after a failure; undefined where none will come by itself. */
  retryAt?: number;
  /** Whether a try is under way. */
  loading: boolean;
  /** Whether changes are pushed as they happen. */
  live: boolean;
}

/** Nothing asked, nothing known. */
export const IDLE: QueryState<never> = { loading: false, live: false };

/** An error in words. */
export interface ErrorDetail {
  message: BaseMessage;
  /** What the server itself said. */
  detail?: string;
  /** HTTP status, or a name such as `TimeoutError`. */
  code?: string;
  /** Roles that would be let in. */
  roles?: readonly string[];
  /** Whether trying again may help. */
  retry: boolean;
}

/** The parts of the SDK's errors that are looked at; the SDK itself need not be here. */
interface ErrorLike {
  name?: string;
  status?: number;
  problem?: { detail?: string; requiredRoles?: readonly string[] };
}

/** The HTTP status of an error, 0 where there was no answer. */
export function errorStatus(error: unknown): number {
  return (error as ErrorLike | undefined)?.status ?? 0;
}

/** Whether trying again later may help: no answer, too busy, or the server's own failure. */
export function isTransient(error: unknown): boolean {
  const status = errorStatus(error);
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

/** Puts an error into words. */
export function describeError(error: unknown): ErrorDetail {
  const { name, problem } = (error ?? {}) as ErrorLike;
  const status = errorStatus(error);
  const result: ErrorDetail = { message: 'unexpected', retry: isTransient(error) };
  if (status) result.code = String(status);
  else if (name && name !== 'Error') result.code = name;
  if (problem?.detail) result.detail = problem.detail;
  if (problem?.requiredRoles?.length) result.roles = problem.requiredRoles;
  if (name === 'NotConnectedError') return { message: 'unconnected', retry: false };
  if (status === 401) result.message = 'signIn';
  else if (status === 403) result.message = result.roles ? 'needsRole' : 'forbidden';
  else if (status === 404) result.message = 'notFound';
  else if (status === 429) result.message = 'busy';
  else if (status >= 500) result.message = 'failed';
  else if (status >= 400) result.message = 'refused';
  else if (name === 'ConnectionError' || name === 'TimeoutError') result.message = 'unreachable';
  return result;
}
