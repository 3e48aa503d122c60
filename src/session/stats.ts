import type { StatsOverview, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import type { Scope } from '../scope.ts';
import { applyToOverview, applyToTimeline } from './delta.ts';
import type { QueryDefinition } from './query.ts';

/** The figures of a period. */
export const overview: QueryDefinition<Scope, StatsOverview> = {
  name: 'stats.overview',
  topic: 'stats',
  fetch: (client, params, signal) => client.stats.overview(params, { signal }),
  apply: applyToOverview,
};

/** The figures of a period, over time. */
export const timeline: QueryDefinition<StatsTimelineQuery, StatsTimeline> = {
  name: 'stats.timeline',
  topic: 'stats',
  fetch: (client, params, signal) => client.stats.timeline(params, { signal }),
  apply: applyToTimeline,
};
