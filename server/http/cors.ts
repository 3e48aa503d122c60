import type { MiddlewareHandler } from 'hono';
import type { Origins } from '../auth/origins.ts';
import { Problem, type ContractEnv } from '../contract/index.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'CloudBrain-Version',
  'Cloudbrain-Device',
  'Content-Encoding',
  'Content-Type',
  'Idempotency-Key',
  'Last-Event-ID',
  'X-Api-Key',
  'X-Request-Id',
].join(', ');
const ANSWER_HEADERS = [
  'CloudBrain-Next-Cursor',
  'CloudBrain-Version',
  'Content-Disposition',
  'Date',
  'Idempotency-Replayed',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
].join(', ');
/** Seconds for which a browser need not ask again. */
const MAX_AGE = '600';

/**
 * Lets pages of registered origins, and of the service's own, call it from a browser. No
 * credentials: a token is sent by hand, and no cookie lets anybody in.
 */
export function cors(
  origins: Origins,
  publicUrl: string | undefined,
): MiddlewareHandler<ContractEnv> {
  return async (c, next) => {
    const api = c.req.path.startsWith('/api/') || c.req.path.startsWith('/v1/');
    if (!api) return next();
    const origin = c.req.header('origin');
    const allowed = origin !== undefined && origins.has(origin, c.req.raw);
    const wanted = c.req.header('access-control-request-method');
    if (c.req.method === 'OPTIONS' && origin !== undefined && wanted !== undefined) {
      c.res = allowed ? preflight() : refused(origin).toResponse(c.get('requestId'), publicUrl);
    } else {
      await next();
    }
    c.res.headers.append('Vary', 'Origin');
    if (!allowed) return;
    c.res.headers.set('Access-Control-Allow-Origin', origin);
    c.res.headers.set('Access-Control-Expose-Headers', ANSWER_HEADERS);
  };
}

const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': MAX_AGE,
    },
  });

const refused = (origin: string): Problem =>
  new Problem('origin_refused', `${origin} is not a registered origin.`);
