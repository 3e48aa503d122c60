import { forbidden, notFound } from '../contract/index.ts';
import { access } from '../auth/access.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { domainsFor } from '../auth/scope.ts';
import type { Domains } from '../store/rollups/windows.ts';
import type { Stats } from '../store/read/stats.ts';
import type { HandlersFor } from './handlers.ts';
import { withPeriod } from './periods.ts';
import { fromUserCursor, toUserCursor } from './user-cursor.ts';

export interface StatsOptions {
  stats: Stats;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Entries of a list without a `limit`. */
const TOP = 20;

interface Request<Query> {
  caller: ApiCaller;
  params: { query: Query & { domain?: string | undefined } };
}

/** What every statistic is asked: its parameters, the domains that the caller may see, the time. */
type Asked<Query> = { limit: number } & Omit<Query, 'domain'> & { domains: Domains; now: number };

export function statsHandlers({ stats, now }: StatsOptions): HandlersFor<'stats'> {
  const asked = <Query>(
    caller: ApiCaller,
    { domain, ...query }: Query & { domain?: string | undefined },
  ): Asked<Query> => ({ limit: TOP, ...query, domains: domainsFor(caller, domain), now: now() });

  /** A handler that hands its parameters to a statistic. */
  const answer =
    <Query, Body>(read: (workspaceId: string, asked: Asked<Query>) => Promise<Body>) =>
    async ({ caller, params: { query } }: Request<Query>) => {
      const body = await withPeriod(() => read(caller.workspace.id, asked(caller, query)));
      return { status: 200 as const, body };
    };

  return {
    'stats.overview': answer(stats.overview),
    'stats.timeline': answer(stats.timeline),
    'stats.domains': answer(stats.domains),
    'stats.models': answer(stats.models),
    'stats.compareModels': answer(stats.compareModels),
    'stats.tokenHeatmap': answer(stats.tokenHeatmap),
    'stats.errors': answer(stats.errors),
    'stats.peaks': answer(stats.peaks),
    'stats.latency': answer(stats.latency),
    'stats.flow': answer(stats.flow),

    'stats.domain': async ({ caller, params: { path, query } }) => {
      // A domain that the caller may not see is the same as one that doesn't exist.
      domainsFor(caller, path.domain);
      const question = { ...query, now: now() };
      const { id } = caller.workspace;
      const body = await withPeriod(() => stats.domain(id, path.domain, question));
      if (!body) throw notFound('There is no such domain.', 'domain_not_found');
      return { status: 200, body };
    },

    'stats.costs': async ({ caller, params: { query } }) => {
      const { breakdown = 'model' } = query;
      if (breakdown === 'user') requireUsers(caller);
      const question = { ...asked(caller, query), breakdown };
      const body = await withPeriod(() => stats.costs(caller.workspace.id, question));
      return { status: 200, body };
    },

    'stats.users': async ({ caller, params: { query } }) => {
      const { cursor, limit = 50, sort = 'requests' } = query;
      const question = { ...asked(caller, query), sort };
      const { domain, timeframe, from, to, timezone } = query;
      const about = JSON.stringify([sort, domain, timeframe, from, to, timezone]);
      const after = cursor === undefined ? null : fromUserCursor(cursor, sort, about);
      const { users, next, unavailable } = await withPeriod(() =>
        stats.users(caller.workspace.id, question, { after, limit }),
      );
      const nextCursor = next === null ? null : toUserCursor(next, about);
      return { status: 200, body: { data: users, nextCursor, unavailable } };
    },
  };
}

/** A breakdown by user names users: it needs a role that may list them. */
function requireUsers({ role }: ApiCaller): void {
  const { roles } = access['stats.users'];
  if ((roles as readonly string[]).includes(role)) return;
  throw forbidden(
    `A breakdown by user requires the role ${roles.join(' or ')}.`,
    'role_required',
    roles,
  );
}
