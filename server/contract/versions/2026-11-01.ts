/**
 * Version 2026-11-01: lists, before all of them had one shape.
 *
 * - Lists of statistics, and groups of errors, had no cursors and named their entries each in their
 *   own way; other lists led forwards only.
 * - Lists of statistics had 20 entries if nothing else was requested, 100 at most; a search had 20
 *   messages, 50 at most.
 * - The flow listed the most used links of each kind.
 */
import type { OperationId, Schemas } from '../types.ts';
import { older, type OlderOperation, type Query } from './older.ts';

type Unavailable = Schemas['Unavailable'];

/** A list of statistics: without cursors, and the rest in `other`. */
const TOP = { without: ['cursor'], limit: { default: 20, maximum: 100 } };

/** A list that led forwards only. */
const forwards = older((page: object) => {
  const shape: Partial<Record<string, unknown>> = { ...page };
  delete shape.previousCursor;
  return shape;
});

/** `data` under the name that entries had. */
const renamed = (unavailable: Unavailable, name: string): Unavailable =>
  unavailable.map(({ path, reason }) => ({ path: path.replace(/^data\b/, name), reason }));

/** The number of other entries under the name that it had. */
function otherOf<Rest extends { entries: number }>(other: Rest | null, name: string) {
  if (other === null) return null;
  const { entries, ...rest } = other;
  return { [name]: entries, ...rest };
}

const KINDS = ['model', 'tool', 'agent'] as const;

export const version20261101: Partial<Record<OperationId, OlderOperation>> = {
  'stats.domains': older(
    ({ period, count, active, data, other, unavailable }: Schemas['StatsDomains']) => ({
      period,
      total: count.value,
      active,
      domains: data,
      other,
      unavailable: renamed(unavailable, 'domains'),
    }),
    TOP,
  ),

  'stats.models': older(
    ({ period, data, other, unavailable }: Schemas['StatsModels']) => ({
      period,
      models: data,
      other,
      unavailable: renamed(unavailable, 'models'),
    }),
    TOP,
  ),

  'stats.costs': older(
    ({ period, breakdown, total, data, other, unnamed, unavailable }: Schemas['StatsCosts']) => ({
      period,
      breakdown,
      total,
      entries: data,
      other,
      unnamed,
      unavailable: renamed(unavailable, 'entries'),
    }),
    TOP,
  ),

  'stats.errors': older(
    ({ period, granularity, requests, errors, errorRate, ...page }: Schemas['StatsErrors']) => ({
      period,
      granularity,
      requests,
      errors,
      errorRate,
      types: page.data,
      other: otherOf(page.other, 'types'),
      points: page.points,
      unavailable: page.unavailable,
    }),
    TOP,
  ),

  'stats.latency': older(
    ({ period, granularity, requests, latencyMs, ...page }: Schemas['StatsLatency']) => ({
      period,
      granularity,
      requests,
      latencyMs,
      models: page.data,
      other: otherOf(page.other, 'models'),
      points: page.points,
      unavailable: renamed(page.unavailable, 'models'),
    }),
    TOP,
  ),

  'stats.flow': {
    without: ['cursor', 'kind'],
    limit: TOP.limit,
    requests: (query: Query) => KINDS.map((kind) => ({ ...query, kind })),
    answer: (bodies) => {
      const pages = bodies as readonly Schemas['StatsFlow'][];
      const [first] = pages;
      const nodes = pages.flatMap((page) => page.nodes);
      return {
        period: first?.period,
        nodes: [...new Map(nodes.map((node) => [node.id, node])).values()],
        links: pages.flatMap(({ data }) => data),
        other: pages.flatMap(({ other }) => other.map((rest) => otherOf(rest, 'links'))),
        unavailable: renamed(first?.unavailable ?? [], 'links'),
      };
    },
  },

  'stats.users': older(({ data, nextCursor, unavailable }: Schemas['UserUsagePage']) => ({
    data,
    nextCursor,
    unavailable,
  })),

  'admin.listErrorGroups': older(
    ({ period, count, errors, data, unavailable }: Schemas['ErrorGroupPage']) => ({
      period,
      total: count.value,
      errors,
      groups: data,
      unavailable: renamed(unavailable, 'groups'),
    }),
    { without: ['cursor'] },
  ),

  'conversations.search': {
    ...forwards,
    limit: { default: 20, maximum: 50 },
  },
  'conversations.list': forwards,
  'executions.list': forwards,
  'admin.listSessions': forwards,
  'admin.listErrors': forwards,
  'admin.listAuditEntries': forwards,
  'cleanup.listActions': forwards,
};
