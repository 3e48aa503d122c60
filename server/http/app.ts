import { Hono } from 'hono';
import { randomBytes } from 'node:crypto';
import { clientAddress } from '../auth/address.ts';
import type { Admission } from '../auth/admission.ts';
import type { Handlers } from '../api/handlers.ts';
import type { Idempotency } from '../api/idempotency.ts';
import type { Origins } from '../auth/origins.ts';
import {
  badRequest,
  CURRENT_VERSION,
  fieldError,
  Problem,
  route,
  unavailable,
  VERSION_HEADER,
  type Contract,
  type ContractEnv,
  type Exchange,
} from '../contract/index.ts';
import { serveErrorPages } from '../reference/errors.ts';
import { cors } from './cors.ts';
import { version } from './version.ts';
import type { Logger } from '../monitoring/logger.ts';
import type { Answered } from '../monitoring/metrics.ts';
import { isUnavailable, refusedAmong } from '../store/database/errors.ts';

export interface AppOptions {
  contract: Contract;
  /** While the service starts, only what needs nothing of it. */
  handlers: Partial<Handlers>;
  admit: Admission;
  idempotency: Pick<Idempotency, 'perform'>;
  origins: Origins;
  logger: Logger;
  /** Aborts when the service goes down: what comes after it gets a 503. */
  closing: AbortSignal;
  /** Whether the service still starts: what it has no handler for gets a 503, not a refusal. */
  starting?: boolean;
  /** How many proxies in front tell the client's address. */
  trustedProxies: number;
  /** Milliseconds that an answer may take, streams apart. */
  timeoutMs: number;
  /** Where clients reach the service, as far as it knows: errors link to it. */
  publicUrl?: string | undefined;
  /** Whether each answer is held against the contract: for tests. */
  checkResponses: boolean;
  /** Told of each answer, for metrics. */
  onAnswer: (answered: Answered) => void;
  /** Told of each fault of ours, after it has been logged. */
  onFault: (error: unknown) => void;
  /** Adds what is served beside the contract: pages and scripts. */
  pages?: ((app: Hono<ContractEnv>) => void) | undefined;
}

/** The service's HTTP side: the contract's operations, and what holds for every answer. */
export function createApp(options: AppOptions): Hono<ContractEnv> {
  const { contract, handlers, admit, idempotency, origins, logger, closing, publicUrl } = options;
  const app = new Hono<ContractEnv>();

  const fail = (
    error: unknown,
    { request, requestId }: Pick<Exchange, 'request' | 'requestId'>,
  ): Problem => {
    if (request.signal.aborted) {
      return unavailable('The client closed the connection.', 'client_gone');
    }
    if (isUnavailable(error)) {
      logger.warn({ error, requestId }, 'The database is unavailable or busy');
      return unavailable('The database is unavailable or busy.', 'database_unavailable', {
        seconds: 2,
        cause: error,
      });
    }
    // Also where the caller's value is to blame: the contract should have refused it.
    logger.error({ error, requestId }, 'A request failed');
    options.onFault(error);
    const refused = refusedAmong(error, queryOf(request));
    if (refused) {
      const errors = refused.map(({ name }) => fieldError('query', { path: name, ...UNFIT }));
      if (errors.length > 0) return badRequest(errors);
      return new Problem(
        'malformed_request',
        "The request contains a value that can't be processed.",
      );
    }
    const detail = 'An internal error occurred. The operator can find its cause by the request id.';
    return new Problem('internal_error', detail, { cause: error });
  };

  app.use(async (c, next) => {
    const began = performance.now();
    c.set('requestId', c.env.batch?.requestId ?? requestIdOf(c.req.header('x-request-id')));
    const socket = c.env.incoming?.socket.remoteAddress ?? '';
    const forwarded = c.req.header('x-forwarded-for');
    c.set('ip', c.env.batch?.ip ?? clientAddress(socket, forwarded, options.trustedProxies));
    await next();
    const ms = performance.now() - began;
    protect(c.res.headers);
    c.res.headers.set('X-Request-Id', c.get('requestId'));
    c.res.headers.set(VERSION_HEADER, c.get('version') ?? CURRENT_VERSION);
    // Kept alive, the connection would keep the service from going down.
    if (closing.aborted) c.res.headers.set('Connection', 'close');
    const status = c.env.upgrade?.accept ? 101 : c.res.status;
    const operation = c.get('operation') ?? 'none';
    options.onAnswer({ operation, status, seconds: ms / 1000 });
    const { method } = c.req;
    // A log keeps no user's name.
    const path = operation === 'users.erase' ? '/api/users/{id}' : c.req.path;
    const requestId = c.get('requestId');
    const line = {
      requestId,
      operation,
      method,
      path,
      status,
      ms: Math.round(ms),
      ip: c.get('ip'),
    };
    logger[status >= 500 ? 'error' : 'info'](line, 'request');
  });

  app.use(cors(origins, publicUrl));
  app.use(version);
  serveErrorPages(app);

  app.use(async (c, next) => {
    // The process lives until it has answered all: a probe must not end it before.
    if (c.req.path === LIVENESS) return next();
    if (closing.aborted) {
      const problem = unavailable('The service is shutting down.', 'stopping', { seconds: 5 });
      return problem.toResponse(c.get('requestId'), publicUrl);
    }
    // Exporters and the SDK come again after a 503, but not after a 401 to a key that is still to be
    // made.
    if (options.starting) {
      const problem = unavailable('The service is starting.', 'starting');
      return problem.toResponse(c.get('requestId'), publicUrl);
    }
    return next();
  });

  route(app, {
    contract,
    handlers,
    admit,
    perform: (exchange, request, run) => idempotency.perform(exchange, request, run),
    fail,
    closing,
    timeoutMs: options.timeoutMs,
    checkResponses: options.checkResponses,
    publicUrl,
  });
  options.pages?.(app);

  app.notFound((c) => {
    const problem = new Problem('unknown_path', 'Nothing is served at this address.');
    return problem.toResponse(c.get('requestId'), publicUrl);
  });
  app.onError((error, c) => {
    const requestId = c.get('requestId');
    const problem =
      error instanceof Problem ? error : fail(error, { request: c.req.raw, requestId });
    return problem.toResponse(requestId, publicUrl);
  });
  return app;
}

const LIVENESS = '/api/health/live';
const UNFIT = { code: 'invalid', expected: "can't be processed" } as const;

const queryOf = ({ url }: Request): { name: string; value: string }[] =>
  [...new URL(url).searchParams].map(([name, value]) => ({ name, value }));

/** The client's own id where it is a sane one, so that its logs and ours can be joined. */
const requestIdOf = (given: string | undefined): string =>
  given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : newRequestId();

const newRequestId = (): string => `req_${randomBytes(12).toString('base64url')}`;

/** The answer to what can't be read as a request of the contract's, or anybody's. */
export function refuseUnread(problem: Problem, logger: Logger, publicUrl?: string): Response {
  const requestId = newRequestId();
  const response = problem.toResponse(requestId, publicUrl);
  protect(response.headers);
  response.headers.set('X-Request-Id', requestId);
  response.headers.set(VERSION_HEADER, CURRENT_VERSION);
  logger.info({ requestId, status: problem.status }, 'request');
  return response;
}

/** What holds for every answer; pages bring a policy of their own. */
function protect(headers: Headers): void {
  headers.set('X-Content-Type-Options', 'nosniff');
  const missing = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value);
  };
  missing('Referrer-Policy', 'no-referrer');
  missing('Cache-Control', 'no-store');
  missing('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
}
