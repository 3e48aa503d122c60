import { forbidden, notFound } from '../contract/index.ts';
import type { StatsStore } from '../store/read/stats.ts';
import { access } from '../auth/access.ts';
import type { ApiCaller } from '../auth/caller.ts';
import type { HandlersFor } from './handlers.ts';
import { withPeriod } from './periods.ts';
import { domainsFor } from '../auth/scope.ts';
import { fromUserCursor, toUserCursor } from './user-cursor.ts';

export interface StatsOptions {
  store: StatsStore;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Entries that a list has where its reader does not say. */
const TOP = 20;

export function statsHandlers({ store, now }: StatsOptions): HandlersFor<'stats'> {
  /** What every question has in common. */
  const asked = <Query extends { domain?: string | undefined; timezone?: string | undefined }>(
    caller: ApiCaller,
    { domain, ...query }: Query,
  ) => ({ limit: TOP, ...query, domains: domainsFor(caller, domain), now: now() });

  return {
    'stats.overview': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.overview(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.timeline': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.timeline(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.domains': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.domains(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.domain': async ({ caller, params: { path, query } }) => {
      // One that it may not see is as good as none.
      domainsFor(caller, path.domain);
      const question = { ...query, now: now() };
      const { id } = caller.workspace;
      const body = await withPeriod(() => store.domain(id, path.domain, question));
      if (!body) throw notFound('There is no such domain.');
      return { status: 200, body };
    },

    'stats.models': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.models(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.compareModels': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.compareModels(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.costs': async ({ caller, params: { query } }) => {
      const { breakdown = 'model' } = query;
      if (breakdown === 'user') requireUsers(caller);
      const question = { ...asked(caller, query), breakdown };
      const body = await withPeriod(() => store.costs(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.tokenHeatmap': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.tokenHeatmap(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.errors': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.errors(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.users': async ({ caller, params: { query } }) => {
      const { cursor, limit = 50, sort = 'requests' } = query;
      const question = { ...asked(caller, query), sort };
      const { domain, timeframe, from, to, timezone } = query;
      const about = JSON.stringify([sort, domain, timeframe, from, to, timezone]);
      const after = cursor === undefined ? null : fromUserCursor(cursor, sort, about);
      const { users, next, unavailable } = await withPeriod(() =>
        store.users(caller.workspace.id, question, { after, limit }),
      );
      const nextCursor = next === null ? null : toUserCursor(next, about);
      return { status: 200, body: { data: users, nextCursor, unavailable } };
    },

    'stats.peaks': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.peaks(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.latency': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.latency(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.flow': async ({ caller, params: { query } }) => {
      const question = asked(caller, query);
      const body = await withPeriod(() => store.flow(caller.workspace.id, question));
      return { status: 200, body };
    },
  };
}

/** Who spent what names users: that is for those who may list them. */
function requireUsers({ role }: ApiCaller): void {
  const { roles } = access['stats.users'];
  if ((roles as readonly string[]).includes(role)) return;
  throw forbidden(`By user this needs the role ${roles.join(' or ')}.`, roles);
}
