import type { ExecutiveOverviewQuery, LiveUpdate } from '@cloudbrain/sdk';
import { AdminResource, ExecutiveResource, type Core } from '@cloudbrain/sdk/core';
import { cleanupStatus } from '../../src/data/queries/cleanup.ts';
import { overview } from '../../src/data/queries/stats.ts';
import type { Applied, QueryDefinition } from '../../src/data/query.ts';
import { scopeOf, type Scope, type Settings } from '../../src/settings/scope.ts';

/** An answer with figures in it; `unavailable` has the reasons of those that are null. */
export type Figures = Readonly<Record<string, unknown>> & {
  unavailable?: readonly { path: string; reason: string }[];
};

/** Which overview a card's figure is from. */
export type SourceName = 'stats' | 'executive' | 'admin' | 'cleanup';

/** An overview that cards show figures of. */
export interface Source {
  definition: QueryDefinition<object, Figures>;
  /** The parameters that the settings of an element mean for it. */
  params(settings: Settings): object;
  /** Whether the statistics over time have its figures. */
  hasTrends: boolean;
  /**
   * The period of a figure, where it isn't that of the settings: a timeframe, `hour` for the last one,
   * or `now` for what has no period.
   */
  periodOf?(metric: string): string;
}

/** A change of one thing may come with many others: they are fetched together. */
const SOON = 2_000;

/** Refetches after events of a topic that has no deltas for these figures. */
const refetchAfter =
  (kind: LiveUpdate['event']) =>
  (_data: Figures, { event }: LiveUpdate): Applied<Figures> | undefined =>
    event === kind ? { refetchIn: SOON } : undefined;

const admin: QueryDefinition<Pick<Scope, 'domain' | 'timezone'>, Figures> = {
  name: 'admin.stats',
  topic: 'stats',
  fetch: (core: Core, params, signal) => new AdminResource(core).stats(params, { signal }),
  apply: refetchAfter('stats'),
};

const executive: QueryDefinition<ExecutiveOverviewQuery, Figures> = {
  name: 'executive.overview',
  topic: 'stats',
  fetch: (core: Core, params, signal) => new ExecutiveResource(core).overview(params, { signal }),
  apply: refetchAfter('stats'),
};

/** The overviews, by name. A definition is only ever run with the parameters made beside it. */
export const SOURCES: Record<SourceName, Source> = {
  stats: {
    definition: overview,
    params: (settings) => scopeOf(settings),
    hasTrends: true,
  },
  executive: {
    definition: executive,
    params: (settings) => {
      const { domain, timeframe, timezone } = scopeOf(settings);
      return { domain, timeframe, timezone };
    },
    hasTrends: false,
  },
  admin: {
    definition: admin,
    params: (settings) => {
      const { domain, timezone } = scopeOf(settings);
      return { domain, timezone };
    },
    hasTrends: false,
    periodOf: (metric) => {
      if (metric.startsWith('executionsToday')) return 'today';
      if (metric.startsWith('success')) return '24h';
      if (metric.startsWith('errors')) return 'hour';
      return metric === 'users.growth' || metric === 'users.new7d' ? '7d' : 'now';
    },
  },
  cleanup: {
    definition: cleanupStatus,
    params: () => ({}),
    hasTrends: false,
    periodOf: () => 'now',
  },
};

/** The source that an attribute names; statistics by default. */
export function sourceNamed(name: string | undefined): Source {
  return Object.hasOwn(SOURCES, name ?? '') ? SOURCES[name as SourceName] : SOURCES.stats;
}
