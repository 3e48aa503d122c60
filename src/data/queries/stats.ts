import type { StatsOverview, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import type { Scope } from '../../settings/scope.ts';
import { applyToOverview, applyToTimeline } from './delta.ts';
import type { QueryDefinition } from '../query.ts';

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
