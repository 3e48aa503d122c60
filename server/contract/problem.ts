import type { Schemas } from './types.ts';

/** A field that a refusal is about. `path` is a parameter's name, or a JSON pointer into the body. */
export type FieldError = Schemas['Problem']['errors'][number];

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

interface ProblemOptions {
  errors?: FieldError[];
  requiredRoles?: readonly Schemas['Role'][];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal. Thrown anywhere below the contract, it becomes the answer. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: FieldError[];
  readonly requiredRoles: readonly Schemas['Role'][] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what the caller did or may do about it, as a sentence */
  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.errors = options.errors ?? [];
    this.requiredRoles = options.requiredRoles;
    this.headers = options.headers ?? {};
  }

  toJSON(requestId: string): Schemas['Problem'] {
    return {
      type: 'about:blank',
      title: titles[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      requestId,
      errors: this.errors,
      ...(this.requiredRoles && { requiredRoles: [...this.requiredRoles] }),
    };
  }

  toResponse(requestId: string): Response {
    return new Response(JSON.stringify(this.toJSON(requestId)), {
      status: this.status,
      headers: { 'content-type': 'application/problem+json', ...this.headers },
    });
  }
}

/** 400. The detail is made of the fields where it is left out. */
export function badRequest(errors: FieldError[], detail?: string): Problem {
  const first = errors[0];
  const where = first && (first.in === 'body' ? `body${first.path}` : first.path);
  const made = first ? `${where ?? ''} ${first.message}` : 'The request is malformed.';
  return new Problem(400, detail ?? made, { errors });
}

export const unauthorized = (detail: string): Problem =>
  new Problem(401, detail, { headers: { 'WWW-Authenticate': 'Bearer' } });

export const forbidden = (detail: string, requiredRoles?: readonly Schemas['Role'][]): Problem =>
  new Problem(403, detail, requiredRoles && { requiredRoles });

/** 404, for example `notFound('There is no such execution.')`. */
export const notFound = (detail: string): Problem => new Problem(404, detail);

export const conflict = (detail: string): Problem => new Problem(409, detail);

export const unprocessable = (detail: string, errors: FieldError[] = []): Problem =>
  new Problem(422, detail, { errors });

/** @param seconds until it is worth to come again */
export const tooManyRequests = (seconds: number): Problem =>
  new Problem(429, `Try again in ${Math.max(1, Math.ceil(seconds))} s.`, retryAfter(seconds));

/** @param seconds until it is worth to come again */
export const unavailable = (detail: string, seconds = 1, cause?: unknown): Problem =>
  new Problem(503, detail, { ...retryAfter(seconds), cause });

const retryAfter = (seconds: number) => ({
  headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) },
});
