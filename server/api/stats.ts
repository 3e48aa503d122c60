import { forbidden, notFound } from '../contract/index.ts';
import { access } from '../auth/access.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { domainsFor } from '../auth/scope.ts';
import type { ListQuery } from '../store/rollups/query.ts';
import type { Domains } from '../store/rollups/windows.ts';
import type { Listed } from '../store/read/listed.ts';
import type { Stats } from '../store/read/stats.ts';
import type { UserSort } from '../store/read/stats/user-list.ts';
import { isCount, isDecimal, isInstant, isSafeText, type ValueCheck } from './cursor.ts';
import type { HandlersFor } from './handlers.ts';
import { answerList, type PageParameters } from './lists.ts';
import { withPeriod } from './periods.ts';

export interface StatsOptions {
  stats: Stats;
  /** Epoch milliseconds. */
  now: () => number;
}

interface Request<Query> {
  caller: ApiCaller;
  params: { query: Query & { domain?: string | undefined } };
}

/** What every statistic is asked: its parameters, the domains that the caller may see, the time. */
type Asked<Query> = Omit<Query, 'domain'> & { domains: Domains; now: number };

/** What the entries of each list are sorted by. */
const POSITIONS = {
  domains: [isCount, (text) => text === '-infinity' || isInstant(text), isSafeText],
  models: [isCount, isSafeText],
  costs: [isDecimal, isCount, isSafeText],
  errors: [isCount, isSafeText],
  latency: [isCount, isSafeText],
  flow: [isCount, (text) => ['model', 'tool', 'agent'].includes(text), isSafeText, isSafeText],
} as const satisfies Record<string, readonly ValueCheck[]>;

const USER_VALUES: Readonly<Record<UserSort, ValueCheck>> = {
  requests: isCount,
  errors: isCount,
  tokens: isCount,
  cost: isDecimal,
  first_seen: isInstant,
  last_seen: isInstant,
};

export function statsHandlers({ stats, now }: StatsOptions): HandlersFor<'stats'> {
  const asked = <Query>(
    caller: ApiCaller,
    { domain, ...query }: Query & { domain?: string | undefined },
  ): Asked<Query> => ({ ...query, domains: domainsFor(caller, domain), now: now() });

  /** A handler that hands its parameters to a statistic. */
  const answer =
    <Query, Body>(read: (workspaceId: string, asked: Asked<Query>) => Promise<Body>) =>
    async ({ caller, params: { query } }: Request<Query>) => {
      const body = await withPeriod(() => read(caller.workspace.id, asked(caller, query)));
      return { status: 200 as const, body };
    };

  /** The same, for a list. */
  const list =
    <Query extends PageParameters, Body>(
      name: keyof typeof POSITIONS,
      read: (
        workspaceId: string,
        asked: Asked<Query> & Pick<ListQuery, 'page' | 'kept'>,
      ) => Promise<Listed<Body>>,
    ) =>
    ({ caller, params: { query } }: Request<Query>) =>
      answerList(`stats.${name}`, POSITIONS[name], query, (page) =>
        read(caller.workspace.id, { ...asked(caller, query), ...page }),
      );

  return {
    'stats.overview': answer(stats.overview),
    'stats.timeline': answer(stats.timeline),
    'stats.domains': list('domains', stats.domains),
    'stats.models': list('models', stats.models),
    'stats.compareModels': answer(stats.compareModels),
    'stats.tokenHeatmap': answer(stats.tokenHeatmap),
    'stats.errors': list('errors', stats.errors),
    'stats.peaks': answer(stats.peaks),
    'stats.latency': list('latency', stats.latency),
    'stats.flow': list('flow', stats.flow),

    'stats.domain': async ({ caller, params: { path, query } }) => {
      // A domain that the caller may not see is the same as one that doesn't exist.
      domainsFor(caller, path.domain);
      const question = { ...query, now: now() };
      const { id } = caller.workspace;
      const body = await withPeriod(() => stats.domain(id, path.domain, question));
      if (!body) throw notFound('There is no such domain.', 'domain_not_found');
      return { status: 200, body };
    },

    'stats.costs': ({ caller, params: { query } }) => {
      const { breakdown = 'model' } = query;
      if (breakdown === 'user') requireUsers(caller);
      return answerList('stats.costs', POSITIONS.costs, query, (page) =>
        stats.costs(caller.workspace.id, { ...asked(caller, query), ...page, breakdown }),
      );
    },

    'stats.users': ({ caller, params: { query } }) => {
      const { sort = 'requests' } = query;
      return answerList('stats.users', [USER_VALUES[sort], isSafeText], query, (page) =>
        stats.users(caller.workspace.id, { ...asked(caller, query), ...page, sort }),
      );
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
