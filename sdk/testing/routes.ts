import type { operations, paths } from '../types.ts';

export type OperationId = keyof operations;

type Verb = 'get' | 'post';

/** Where the contract has an operation. */
type RouteOf<Id extends OperationId> = {
  [Path in keyof paths]: {
    [Method in Verb]: [paths[Path][Method]] extends [operations[Id]]
      ? [operations[Id]] extends [paths[Path][Method]]
        ? `${Uppercase<Method>} ${Path}`
        : never
      : never;
  }[Verb];
}[keyof paths];

/** Every operation of the contract: one that is missing here does not compile. */
export const routes: { readonly [Id in OperationId]: RouteOf<Id> } = {
  'auth.login': 'POST /api/auth/login',
  'auth.refresh': 'POST /api/auth/refresh',
  'auth.logout': 'POST /api/auth/logout',
  'auth.me': 'GET /api/auth/me',
  'auth.createEmbedToken': 'POST /api/auth/embed-tokens',
  'stats.overview': 'GET /api/stats/overview',
  'stats.timeline': 'GET /api/stats/timeline',
  'executions.list': 'GET /api/executions',
  'executions.get': 'GET /api/executions/{id}',
  'cleanup.status': 'GET /api/cleanup',
  'cleanup.listActions': 'GET /api/cleanup/actions',
  'cleanup.run': 'POST /api/cleanup/runs',
  'cleanup.getRun': 'GET /api/cleanup/runs/{id}',
  'business.ingest': 'POST /api/ingest/business',
  'executive.overview': 'GET /api/executive/overview',
  'executive.export': 'GET /api/executive/export',
  'live.stream': 'GET /api/live',
  'live.socket': 'GET /api/ws/metrics',
  'health.get': 'GET /api/health',
  'health.metrics': 'GET /metrics',
  'otlp.traces': 'POST /v1/traces',
  'otlp.logs': 'POST /v1/logs',
  'otlp.metrics': 'POST /v1/metrics',
};

/** A request's operation and what its path says. */
export interface Match {
  operation: OperationId;
  path: Record<string, string>;
}

const matchers = (Object.entries(routes) as [OperationId, string][]).map(([operation, route]) => ({
  operation,
  // `{id}` becomes a group of that name.
  pattern: new RegExp(`^${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The operation that a request asks for, or `undefined`. */
export function match(method: string, pathname: string): Match | undefined {
  for (const { operation, pattern } of matchers) {
    const found = pattern.exec(`${method} ${pathname}`);
    if (!found) continue;
    const path = Object.entries(found.groups ?? {});
    return {
      operation,
      path: Object.fromEntries(path.map(([name, value]) => [name, decodeURIComponent(value)])),
    };
  }
  return undefined;
}
