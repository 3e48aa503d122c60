import type { StatsOverview, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import { StatsResource } from '@cloudbrain/sdk/core';
import type { Scope } from '../scope.ts';
import { applyToOverview, applyToTimeline } from './delta.ts';
import type { QueryDefinition } from './query.ts';

/** The figures of a period. */
export const overview: QueryDefinition<Scope, StatsOverview> = {
  name: 'stats.overview',
  topic: 'stats',
  fetch: (core, params, signal) => new StatsResource(core).overview(params, { signal }),
  apply: applyToOverview,
};

/** The figures of a period, over time. */
export const timeline: QueryDefinition<StatsTimelineQuery, StatsTimeline> = {
  name: 'stats.timeline',
  topic: 'stats',
  fetch: (core, params, signal) => new StatsResource(core).timeline(params, { signal }),
  apply: applyToTimeline,
};
