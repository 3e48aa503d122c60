/** How the sessions of command lines go from state to state, and a list of them. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../../database/pages.ts';
import { resolvePeriod, withData, type Span } from '../../time/period.ts';
import type { CliState } from '../../../model/session.ts';
import type { SessionSumTable } from '../../database/schema/admin.ts';
import { told, type StatsQuery } from '../../rollups/query.ts';
import {
  acrossWindows,
  isAmong,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import {
  cliSessionOf,
  type CliFamily,
  type CliSession,
  type CliSessionRow,
} from '../../to-contract/cli-session.ts';
import { ACTIVE_MS, firstDay } from './queries.ts';

export type AdminTelemetry = Schemas['AdminTelemetry'];

/** In the order in which a session goes through them. */
const STATES: readonly CliState[] = [
  'IDLE',
  'AUTH',
  'CONTEXT',
  'API',
  'TOOL',
  'ERROR_RECOVERY',
  'ABORTED',
  'DONE',
];

/** The newest first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('started_at'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('id'), type: 'uuid', order: 'desc' },
];

export interface SessionFilter {
  domains: Domains;
  /** Epoch ms, included; `null`: from the beginning. */
  from: number | null;
  /** Epoch ms, excluded; `null`: to the newest. */
  to: number | null;
  state?: CliState | undefined;
  active?: boolean | undefined;
  client?: CliFamily | undefined;
  user?: string | undefined;
}

export class CliSessionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws PeriodError */
  telemetry(workspaceId: string, query: StatsQuery): Promise<AdminTelemetry> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { now, domains } = query;
      const begin = query.timeframe === 'all' ? await firstDay(ws, 'session_sums', domains) : null;
      const period = resolvePeriod(query, now, begin ?? now);
      const span = withData(period, now);
      const sums = await sumsOf(ws, span, domains);
      const open = await openOf(ws, span, domains, now);
      const of = (measure: Sum['measure'], state: string): number =>
        sums
          .filter((sum) => sum.measure === measure && sum.to_state === state)
          .reduce((total, { n }) => total + n, 0);
      const total = of('session', '');
      const aborted = of('last', 'ABORTED');
      return {
        period: told(period),
        sessions: {
          total,
          active: [...open.values()].reduce((sum, { active }) => sum + active, 0),
          aborted,
          abortedShare: total === 0 ? null : aborted / total,
        },
        transitions: sums
          .filter(({ measure, n }) => measure === 'move' && n > 0)
          .map((sum) => ({
            from: sum.from_state as CliState,
            to: sum.to_state as CliState,
            count: sum.n,
          }))
          .sort(
            (a, b) => b.count - a.count || rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to),
          ),
        states: STATES.map((state) => {
          const reached = state === 'IDLE' ? total : of('reached', state);
          const last = of('last', state);
          const { active = 0, waiting = 0 } = open.get(state) ?? {};
          const dropped = state === 'DONE' ? 0 : last - active - waiting;
          const dropOff = reached === 0 ? null : dropped / reached;
          return { state, reached, last, active, waiting, dropped, dropOff };
        }),
        unavailable:
          total === 0
            ? [{ path: 'sessions.abortedShare', reason: 'No session started in the period.' }]
            : [],
      };
    });
  }

  /** Newest first. */
  list(
    workspaceId: string,
    filter: SessionFilter,
    page: PageQuery & { now: number },
  ): Promise<Page<CliSession>> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const { domains, from, to, state, active, client, user } = filter;
      const { isBeyond, inOrder } = seek(ORDER, page.from);
      let query = tx
        .selectFrom('cli_sessions')
        .selectAll()
        .where(of())
        .where(isAmong(domains))
        .where(isBeyond)
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`);
      if (from !== null) query = query.where('started_at', '>=', new Date(from));
      if (to !== null) query = query.where('started_at', '<', new Date(to));
      if (state !== undefined) query = query.where('state', '=', state);
      if (client !== undefined) query = query.where('family', '=', client);
      if (user !== undefined) query = query.where('user_id', '=', user);
      if (active !== undefined) {
        query = query.where('last_event_at', active ? '>' : '<=', new Date(page.now - ACTIVE_MS));
      }
      const rows: CliSessionRow[] = await query.execute();
      return pageOf(rows.map(cliSessionOf), page, ({ startedAt, id }) => [startedAt, id]);
    });
  }
}

const rank = (state: CliState): number => STATES.indexOf(state);

type Sum = Pick<SessionSumTable, 'measure' | 'from_state' | 'to_state' | 'n'>;

async function sumsOf(ws: WorkspaceTx, span: Span, domains: Domains): Promise<Sum[]> {
  const began = sql`cli_sessions t where ${within(ws, domains, 'started_at')}`;
  const query = acrossWindows(rollupWindows([span], LEVELS), (grain) =>
    grain === 0
      ? sql`select 'move' as measure, t.from_state, t.to_state, count(*) as n
          from cli_transitions t where ${within(ws, domains, 'at')} group by 2, 3
        union all select 'session', '', '', count(*) from ${began}
        union all select 'last', '', t.state, count(*) from ${began} group by t.state
        union all select 'reached', '', r.state, count(*)
          from (select unnest(t.reached) as state from ${began}) r group by r.state`
      : sql`select t.measure, t.from_state, t.to_state, sum(t.n)::bigint as n
          from session_sums t
          where t.measure = any('{move,session,last,reached}'::text[])
            and t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}
          group by 1, 2, 3`,
  );
  if (!query) return [];
  const { rows } = await sql<Sum>`
    select measure, from_state, to_state, sum(n)::bigint as n
    from (${query}) windows group by 1, 2, 3`.execute(ws.tx);
  return rows;
}

/** By state, the sessions that were heard of just now, and others that silence has not ended yet. */
async function openOf(
  ws: WorkspaceTx,
  { from, to }: Span,
  domains: Domains,
  now: number,
): Promise<Map<string, { active: number; waiting: number }>> {
  const isActive = sql`last_event_at > ${time(now - ACTIVE_MS)}`;
  const { rows } = await sql<{ state: string; active: number; waiting: number }>`
    select state, count(*) filter (where ${isActive}) as active,
      count(*) filter (where not ${isActive}) as waiting
    from cli_sessions
    where ${ws.of()} and (${isActive} or due_at is not null)
      and started_at >= ${time(from)} and started_at < ${time(to)} and ${isAmong(domains)}
    group by state`.execute(ws.tx);
  return new Map(rows.map((row) => [row.state, row]));
}
