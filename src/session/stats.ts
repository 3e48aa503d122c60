import type { LiveUpdate, StatsOverview, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import { StatsResource } from '@cloudbrain/sdk/core';
import type { Scope } from '../scope.ts';
import type * as Delta from './delta.ts';
import type { Applied, QueryDefinition } from './query.ts';

/** Adds up what events say. Not needed for the first figures, so it comes after them. */
let delta: typeof Delta | undefined;

async function thenLoadDelta<T>(answer: PromiseLike<T>): Promise<T> {
  const data = await answer;
  void import('./delta.ts').then(
    (loaded) => (delta = loaded),
    () => undefined,
  );
  return data;
}

/** Adds an event up; without what does that, the question is asked again. */
function add<T>(
  event: LiveUpdate,
  apply: (delta: typeof Delta) => T,
): T | Applied<never> | undefined {
  if (event.event !== 'stats') return undefined;
  return delta ? apply(delta) : { refetchIn: 0 };
}

/** The figures of a period. */
export const overview: QueryDefinition<Scope, StatsOverview> = {
  name: 'stats.overview',
  topic: 'stats',
  fetch: (core, params, signal) =>
    thenLoadDelta(new StatsResource(core).overview(params, { signal })),
  apply: (data, event, params) =>
    add(event, ({ applyToOverview }) => applyToOverview(data, event, params)),
};

/** The figures of a period, over time. */
export const timeline: QueryDefinition<StatsTimelineQuery, StatsTimeline> = {
  name: 'stats.timeline',
  topic: 'stats',
  fetch: (core, params, signal) =>
    thenLoadDelta(new StatsResource(core).timeline(params, { signal })),
  apply: (data, event, params) =>
    add(event, ({ applyToTimeline }) => applyToTimeline(data, event, params)),
};
