import { errorKinds, type CodeOf, type ErrorCode } from './error-codes.ts';
import type { FieldError } from './field-error.ts';
import type { Schemas } from './types.ts';

/** Where the pages about errors are; `/{code}` is that of one. */
export const ERROR_PAGES = '/api/docs/errors';

interface ProblemOptions {
  errors?: readonly FieldError[];
  requiredRoles?: readonly Schemas['Role'][];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal. Thrown anywhere below the contract, it becomes the answer. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly requiredRoles: readonly Schemas['Role'][] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what the caller did or may do about it, as a sentence */
  constructor(code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.errors = options.errors ?? [];
    this.requiredRoles = options.requiredRoles;
    this.headers = options.headers ?? {};
  }

  /** The HTTP status. */
  get status(): number {
    return errorKinds[this.code].status;
  }

  /** @param base the server's public address, where it knows it */
  toJSON(requestId: string, base = ''): Schemas['Problem'] {
    const { code } = this;
    const { status, title } = errorKinds[code];
    return {
      type: `${base}${ERROR_PAGES}/${code}`,
      title,
      status,
      code,
      detail: this.message,
      requestId,
      errors: [...this.errors],
      ...(this.requiredRoles && { requiredRoles: [...this.requiredRoles] }),
    };
  }

  toResponse(requestId: string, base?: string): Response {
    return new Response(JSON.stringify(this.toJSON(requestId, base)), {
      status: this.status,
      headers: { 'content-type': 'application/problem+json', ...this.headers },
    });
  }
}

/** 400 for fields that are wrong, at least one. */
export function badRequest(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const code = first?.in === 'body' ? 'invalid_body' : 'invalid_parameter';
  return new Problem(code, first?.message ?? 'The request is malformed.', { errors });
}

export const unauthorized = (detail: string, code: CodeOf<401>): Problem =>
  new Problem(code, detail, { headers: { 'WWW-Authenticate': 'Bearer' } });

export const forbidden = (
  detail: string,
  code: CodeOf<403>,
  requiredRoles?: readonly Schemas['Role'][],
): Problem => new Problem(code, detail, requiredRoles && { requiredRoles });

/** 404, for example `notFound('There is no such execution.')`. */
export const notFound = (detail: string, code: CodeOf<404> = 'not_found'): Problem =>
  new Problem(code, detail);

export const conflict = (detail: string, code: CodeOf<409>): Problem => new Problem(code, detail);

export const unprocessable = (
  detail: string,
  code: CodeOf<422>,
  errors: readonly FieldError[] = [],
): Problem => new Problem(code, detail, { errors });

/** @param seconds until it is worth to come again */
export const tooManyRequests = (seconds: number, code: CodeOf<429> = 'rate_limited'): Problem =>
  new Problem(code, `Try again in ${Math.max(1, Math.ceil(seconds))} s.`, retryAfter(seconds));

interface Unavailability {
  /** Until it is worth to come again. */
  seconds?: number;
  cause?: unknown;
}

export const unavailable = (
  detail: string,
  code: CodeOf<503>,
  { seconds = 1, cause }: Unavailability = {},
): Problem => new Problem(code, detail, { ...retryAfter(seconds), cause });

const retryAfter = (seconds: number) => ({
  headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) },
});
