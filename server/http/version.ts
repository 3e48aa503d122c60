import type { MiddlewareHandler } from 'hono';
import { readVersion, VERSION_HEADER, type ContractEnv } from '../contract/index.ts';

/** Reads the version that a request pins, and keeps caches from mixing the answers of several. */
export const version: MiddlewareHandler<ContractEnv> = async (c, next) => {
  c.set('version', readVersion(c.req.header(VERSION_HEADER) ?? null));
  await next();
  if (c.req.path.startsWith('/api/')) c.res.headers.append('Vary', VERSION_HEADER);
};
