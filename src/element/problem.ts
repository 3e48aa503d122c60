import type { BaseMessage } from '../i18n/base.ts';
import { errorStatus, isTransient } from '../data/status.ts';

/** The text of an error. */
export interface ErrorDetail {
  message: BaseMessage;
  /** What the server itself said. */
  detail?: string;
  /** HTTP status, or a name such as `TimeoutError`. */
  code?: string;
  /** Roles that have access. */
  roles?: readonly string[];
  /** Whether trying again may help. */
  retry: boolean;
}

/** The parts of the SDK's errors that are looked at; the SDK itself need not be here. */
interface ErrorLike {
  name?: string;
  message?: string;
  status?: number;
  problem?: { detail?: string; requiredRoles?: readonly string[] };
}

/** Describes an error. */
export function describeError(error: unknown): ErrorDetail {
  const { name, message, problem } = (error ?? {}) as ErrorLike;
  const status = errorStatus(error);
  const result: ErrorDetail = { message: 'unexpected', retry: isTransient(error) };
  if (status) result.code = String(status);
  else if (name && name !== 'Error') result.code = name;
  if (problem?.detail) result.detail = problem.detail;
  if (problem?.requiredRoles?.length) result.roles = problem.requiredRoles;
  if (name === 'CloudBrainError') result.detail = message ?? '';
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
