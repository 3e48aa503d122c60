import type {
  LiveUpdate,
  StatsModels,
  StatsModelsQuery,
  StatsOverview,
  StatsTimeline,
  StatsTimelineQuery,
} from '@cloudbrain/sdk';
import type { Scope } from '../../settings/scope.ts';
import { applyToOverview, applyToTimeline } from './delta.ts';
import type { Applied, QueryDefinition } from '../query.ts';

// Through the core: the resource has all statistics, and a page's first card must be small.

/** The figures of a period. */
export const overview: QueryDefinition<Scope, StatsOverview> = {
  name: 'stats.overview',
  topic: 'stats',
  fetch: (core, query, signal) =>
    core.call('get', '/api/stats/overview', { params: { query } }, { signal }),
  apply: applyToOverview,
};

/** The figures of a period, over time. */
export const timeline: QueryDefinition<StatsTimelineQuery, StatsTimeline> = {
  name: 'stats.timeline',
  topic: 'stats',
  fetch: (core, query, signal) =>
    core.call('get', '/api/stats/timeline', { params: { query } }, { signal }),
  apply: applyToTimeline,
};

/** An event says that requests have changed, but not which models or hours they belong to. */
const SOON = 2_000;

/** Refetches after an event of the scope's domain. */
function refetchSoon(
  _data: unknown,
  event: LiveUpdate,
  { domain, to }: Scope,
): Applied<never> | undefined {
  if (event.event !== 'stats' || (domain && domain !== event.data.domain)) return undefined;
  const isOver = to !== undefined && Number(new Date(to)) < Date.now();
  return isOver ? undefined : { refetchIn: SOON };
}

/** The models of a period, by their usage. */
export const models: QueryDefinition<StatsModelsQuery, StatsModels> = {
  name: 'stats.models',
  topic: 'stats',
  fetch: (core, query, signal) =>
    core.call('get', '/api/stats/models', { params: { query } }, { signal }),
  apply: refetchSoon,
};
