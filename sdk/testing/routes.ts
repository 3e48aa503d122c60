import type { operations, paths } from '../types.ts';

export type OperationId = keyof operations;

type Verb = 'get' | 'post' | 'put' | 'delete';

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
  'keys.list': 'GET /api/keys',
  'keys.create': 'POST /api/keys',
  'keys.get': 'GET /api/keys/{id}',
  'keys.end': 'DELETE /api/keys/{id}',
  'keys.rotate': 'POST /api/keys/{id}/rotate',
  'batch.run': 'POST /api/batch',
  'stats.overview': 'GET /api/stats/overview',
  'stats.timeline': 'GET /api/stats/timeline',
  'stats.domains': 'GET /api/stats/domains',
  'stats.domain': 'GET /api/stats/domains/{domain}',
  'stats.models': 'GET /api/stats/models',
  'stats.compareModels': 'GET /api/stats/models/compare',
  'stats.costs': 'GET /api/stats/costs',
  'stats.tokenHeatmap': 'GET /api/stats/tokens/heatmap',
  'stats.errors': 'GET /api/stats/errors',
  'stats.users': 'GET /api/stats/users',
  'stats.peaks': 'GET /api/stats/peaks',
  'stats.latency': 'GET /api/stats/latency',
  'stats.flow': 'GET /api/stats/flow',
  'executions.list': 'GET /api/executions',
  'executions.get': 'GET /api/executions/{id}',
  'conversations.list': 'GET /api/conversations',
  'conversations.search': 'GET /api/conversations/search',
  'conversations.exportMany': 'POST /api/conversations/export',
  'conversations.deleteMany': 'POST /api/conversations/delete',
  'conversations.get': 'GET /api/conversations/{id}',
  'conversations.delete': 'DELETE /api/conversations/{id}',
  'conversations.listMessages': 'GET /api/conversations/{id}/messages',
  'conversations.stream': 'GET /api/conversations/{id}/stream',
  'conversations.export': 'GET /api/conversations/{id}/export',
  'conversations.setTags': 'PUT /api/conversations/{id}/tags',
  'conversations.addFavorite': 'PUT /api/conversations/{id}/favorite',
  'conversations.removeFavorite': 'DELETE /api/conversations/{id}/favorite',
  'admin.stats': 'GET /api/admin/dashboard/stats',
  'admin.health': 'GET /api/admin/dashboard/health',
  'admin.telemetry': 'GET /api/admin/dashboard/telemetry',
  'admin.listSessions': 'GET /api/admin/sessions',
  'admin.listErrors': 'GET /api/admin/errors',
  'admin.listErrorGroups': 'GET /api/admin/errors/groups',
  'admin.getError': 'GET /api/admin/errors/{id}',
  'admin.durableObjects': 'GET /api/admin/durable-objects',
  'admin.resources': 'GET /api/admin/resources',
  'admin.security': 'GET /api/admin/security',
  'admin.listRefusals': 'GET /api/admin/security/refusals',
  'admin.listSecurityEvents': 'GET /api/admin/security/events',
  'admin.listUnusualEvents': 'GET /api/admin/security/unusual',
  'admin.listAuditEntries': 'GET /api/admin/audit',
  'users.erase': 'DELETE /api/users/{id}',
  'users.getErasure': 'GET /api/users/erasures/{id}',
  'cleanup.status': 'GET /api/cleanup',
  'cleanup.listActions': 'GET /api/cleanup/actions',
  'cleanup.run': 'POST /api/cleanup/runs',
  'cleanup.getRun': 'GET /api/cleanup/runs/{id}',
  'business.ingest': 'POST /api/ingest/business',
  'executive.overview': 'GET /api/executive/overview',
  'executive.export': 'GET /api/executive/export',
  'live.stream': 'GET /api/live',
  'live.socket': 'GET /api/ws/metrics',
  'live.conversationsSocket': 'GET /api/ws/conversations',
  'health.get': 'GET /api/health',
  'health.live': 'GET /api/health/live',
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

/** An id of a path, as a server of the contract reads it: some segments are encoded twice. */
const decodeId = (text: string): string =>
  decodeURIComponent(text).replaceAll(/(?<![^/\\])%[\da-f]{2}[^/\\]*/gi, (escaped) =>
    decodeURIComponent(escaped),
  );

/** The operation that a request asks for, or `undefined`. */
export function match(method: string, pathname: string): Match | undefined {
  for (const { operation, pattern } of matchers) {
    const found = pattern.exec(`${method} ${pathname}`);
    if (!found) continue;
    const path = Object.entries(found.groups ?? {});
    return {
      operation,
      path: Object.fromEntries(path.map(([name, value]) => [name, decodeId(value)])),
    };
  }
  return undefined;
}
