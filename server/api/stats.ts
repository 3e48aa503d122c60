import type { StatsStore } from '../store/stats.ts';
import type { HandlersFor } from './handlers.ts';
import { withPeriod } from './periods.ts';
import { domainsFor } from './scope.ts';

export interface StatsOptions {
  store: StatsStore;
  /** Epoch milliseconds. */
  now: () => number;
}

export function statsHandlers({ store, now }: StatsOptions): HandlersFor<'stats'> {
  return {
    'stats.overview': async ({ caller, params: { query } }) => {
      const domains = domainsFor(caller, query.domain);
      const body = await withPeriod(() =>
        store.overview(caller.workspace.id, { ...query, domains, now: now() }),
      );
      return { status: 200, body };
    },

    'stats.timeline': async ({ caller, params: { query } }) => {
      const domains = domainsFor(caller, query.domain);
      const body = await withPeriod(() =>
        store.timeline(caller.workspace.id, { ...query, domains, now: now() }),
      );
      return { status: 200, body };
    },
  };
}
