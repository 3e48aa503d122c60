import type { LiveUpdate, StatsOverview, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import type { Scope } from '../scope.ts';
import type { Applied, QueryDefinition } from './query.ts';

type Delta = typeof import('./delta.ts');

let delta: Delta | undefined;

/**
 * Adding up what an event says is loaded with the first event, which is answered by asking again.
 */
function withDelta<T>(event: LiveUpdate, add: (delta: Delta) => T): T | Applied<never> | undefined {
  if (event.event !== 'stats') return undefined;
  if (delta) return add(delta);
  void import('./delta.ts').then(
    (loaded) => (delta = loaded),
    () => undefined,
  );
  return { refetchIn: 0 };
}

/** The figures of a period. */
export const overview: QueryDefinition<Scope, StatsOverview> = {
  name: 'stats.overview',
  topic: 'stats',
  fetch: (client, params, signal) => client.stats.overview(params, { signal }),
  apply: (data, event, params) =>
    withDelta(event, ({ applyToOverview }) => applyToOverview(data, event, params)),
};

/** The figures of a period, over time. */
export const timeline: QueryDefinition<StatsTimelineQuery, StatsTimeline> = {
  name: 'stats.timeline',
  topic: 'stats',
  fetch: (client, params, signal) => client.stats.timeline(params, { signal }),
  apply: (data, event, params) =>
    withDelta(event, ({ applyToTimeline }) => applyToTimeline(data, event, params)),
};
