import type { ErrorCode, Problem, Role } from '../types.ts';
import { readRetryAfter } from './retry.ts';

/**
 * The base class of all errors of this SDK.
 *
 * @example
 * try { await cb.stats.overview(); }
 * catch (error) { if (error instanceof CloudBrainError) report(error.name, error.message); }
 */
export class CloudBrainError extends Error {
  // A minifier renames classes, so each says its name itself.
  override name = 'CloudBrainError';
}

/** A `Response`, as far as an error needs it. */
export interface AnswerHead {
  status: number;
  statusText: string;
  headers?: Headers;
}

/**
 * The server answered with an error.
 *
 * @example
 * catch (error) { if (error instanceof APIError) console.error(error.code, error.requestId); }
 */
export class APIError extends CloudBrainError {
  override name = 'APIError';
  /** The HTTP status. */
  readonly status: number;
  /** Stable code of the error; `undefined` if something else answered, such as a proxy. */
  readonly code: ErrorCode | undefined;
  /** Absolute address of the page about `code`: its meaning and the remedy. */
  readonly type: string | undefined;
  /** The answer's headers; those that CORS hides are missing. */
  readonly headers: Headers;
  /** The problem document (RFC 9457), or `undefined` if something else answered, such as a proxy. */
  readonly problem: Problem | undefined;
  /** Id of the request in the server's log. */
  readonly requestId: string | undefined;

  /**
   * @param body The parsed body of the answer.
   * @param baseUrl Address of the server.
   */
  constructor(
    { status, statusText, headers = new Headers() }: AnswerHead,
    body?: unknown,
    baseUrl = '',
  ) {
    const { title, type } = (body ?? {}) as Partial<Problem>;
    const problem = title === undefined ? undefined : (body as Problem);
    super(`${status} ${problem?.detail ?? statusText}`);
    this.status = status;
    this.code = problem?.code;
    this.type = typeof type === 'string' ? type.replace(/^(?=\/)/, baseUrl) : undefined;
    this.headers = headers;
    this.problem = problem;
    this.requestId = problem?.requestId ?? headers.get('x-request-id') ?? undefined;
  }

  /** Pause that the server asks for, in milliseconds, or `undefined`. */
  get retryAfterMs(): number | undefined {
    return readRetryAfter(this.headers);
  }
}

/** 400: the request is malformed; `problem.errors` names the fields. */
export class BadRequestError extends APIError {
  override name = 'BadRequestError';
}
/** 401: no token, or one that is not (or no longer) valid. */
export class AuthenticationError extends APIError {
  override name = 'AuthenticationError';
}
/** 403: the token is valid but isn't allowed to do this. */
export class PermissionError extends APIError {
  override name = 'PermissionError';
  /** Roles that are allowed to; empty if the server names none. */
  get requiredRoles(): readonly Role[] {
    return this.problem?.requiredRoles ?? [];
  }
}
/** 404: it doesn't exist, or the token has no access to it. */
export class NotFoundError extends APIError {
  override name = 'NotFoundError';
}
/** 409: the current state doesn't allow it. */
export class ConflictError extends APIError {
  override name = 'ConflictError';
}
/** 422: the request is well-formed but can't be carried out. */
export class UnprocessableError extends APIError {
  override name = 'UnprocessableError';
}
/** 429: too many requests; `retryAfterMs` is the time to wait. */
export class RateLimitError extends APIError {
  override name = 'RateLimitError';
}
/** 5xx: the service, or a proxy in front of it, failed. */
export class ServerError extends APIError {
  override name = 'ServerError';
}

/**
 * The answer isn't one of a CloudBrain server, such as the login page of a proxy: a redirect to another
 * origin, another media type, or no body. `baseUrl` is probably wrong. Such a call isn't retried.
 */
export class InvalidResponseError extends CloudBrainError {
  override name = 'InvalidResponseError';
  /** The answer; its body may not have been read. */
  readonly response: Response;

  constructor(message: string, response: Response, options?: ErrorOptions) {
    super(message, options);
    this.response = response;
  }
}

/** No answer: the network or the server failed. `cause` has the reason. */
export class ConnectionError extends CloudBrainError {
  override name = 'ConnectionError';
}
/** No complete answer within `timeout`. */
export class TimeoutError extends ConnectionError {
  override name = 'TimeoutError';
}
/** The caller's own `signal` ended the call. `cause` is the signal's reason. */
export class UserAbortError extends CloudBrainError {
  override name = 'UserAbortError';
}
/** A stream broke and can't be resumed, or `reconnect` doesn't allow it. `cause` has the last failure. */
export class StreamError extends CloudBrainError {
  override name = 'StreamError';
}

const byStatus: Record<number, typeof APIError | undefined> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableError,
  429: RateLimitError,
};

/** The error that fits the status. */
export function toAPIError(answer: AnswerHead, body?: unknown, baseUrl?: string): APIError {
  const Class = byStatus[answer.status] ?? (answer.status >= 500 ? ServerError : APIError);
  return new Class(answer, body, baseUrl);
}

/**
 * Why something failed, in one line. What `fetch` throws says little itself; its innermost cause
 * names the fault and the address, such as `connect ECONNREFUSED 127.0.0.1:4400`.
 */
export function reasonOf(thrown: unknown, depth = 8): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause, message } = thrown;
  // Of a name with several addresses, one error each.
  const { code, errors } = thrown as { code?: unknown; errors?: unknown };
  if (depth && cause instanceof Error) return reasonOf(cause, depth - 1);
  if (depth && Array.isArray(errors) && errors.length > 0) {
    return errors.map((error) => reasonOf(error, depth - 1)).join(', ');
  }
  return typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message;
}
