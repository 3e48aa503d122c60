/** What went wrong: a list, groups, and single ones. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import {
  resolvePeriod,
  withData,
  type Period,
  type PeriodQuery,
  type Span,
} from '../../time/period.ts';
import type { Severity } from '../../../model/error.ts';
import { told } from '../../rollups/query.ts';
import {
  acrossWindows,
  isAmong,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { HOUR } from '../../time/zones.ts';
import { firstDay } from './queries.ts';
import {
  loggedErrorOf,
  type ErrorRow,
  type LoggedError,
  type LoggedErrorDetail,
} from '../../to-contract/logged-error.ts';
import type { Position } from './telemetry.ts';

export type ErrorGroups = Schemas['ErrorGroups'];

export interface ErrorFilter {
  domains: Domains;
  severity?: Severity | undefined;
  type?: string | undefined;
  group?: string | undefined;
}

/** A period, without which the last hour is meant. */
export interface ErrorPeriod extends PeriodQuery {
  /** Epoch ms. */
  now: number;
}

export class ErrorStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Newest first.
   * @throws PeriodError
   */
  list(
    workspaceId: string,
    asked: ErrorPeriod,
    filter: ErrorFilter,
    page: { after: Position | null; limit: number },
  ): Promise<{ errors: LoggedError[]; next: Position | null }> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { domains, severity, type, group } = filter;
      const { after, limit } = page;
      const period = periodOf(asked, -Infinity);
      const { from, to } = withData(period, asked.now);
      let query = ws.tx
        .selectFrom('errors')
        .selectAll()
        .where(ws.of())
        .where(isAmong(domains))
        .where('at', '>=', new Date(from))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      // One whose client's clock is a little ahead is there all the same.
      if (!period.endsNow) query = query.where('at', '<', new Date(to));
      if (severity !== undefined) query = query.where('severity', '=', severity);
      if (type !== undefined) query = query.where('type', '=', type);
      if (group !== undefined) query = query.where('fingerprint', '=', group);
      if (after !== null) {
        query = query.where(
          sql<boolean>`(at, id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`,
        );
      }
      const rows: ErrorRow[] = await query.execute();
      const errors = rows.slice(0, limit).map(loggedErrorOf);
      const last = errors.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return { errors, next: hasMore ? { startedAt: last.at, id: last.id } : null };
    });
  }

  /** One with its stack; `null` where these domains have none of this id. */
  get(workspaceId: string, id: string, domains: Domains): Promise<LoggedErrorDetail | null> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const row = await tx
        .selectFrom('errors')
        .selectAll()
        .where(of())
        .where(isAmong(domains))
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) return null;
      const kept = await tx
        .selectFrom('error_stacks')
        .select('stack')
        .where(of())
        .where('error_id', '=', id)
        .executeTakeFirst();
      return { ...loggedErrorOf(row), spanId: row.span_id, stack: kept?.stack ?? null };
    });
  }

  /**
   * The most frequent first.
   * @throws PeriodError
   */
  groups(
    workspaceId: string,
    query: ErrorPeriod,
    { domains, severity }: Pick<ErrorFilter, 'domains' | 'severity'>,
    limit: number,
  ): Promise<ErrorGroups> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const begin =
        query.timeframe === 'all' ? await firstDay(ws, 'error_group_sums', domains) : null;
      const period = periodOf(query, begin ?? query.now);
      const span = withData(period, query.now);
      const rows = await groupRows(ws, span, { domains, severity }, limit);
      const [first] = rows;
      return {
        period: told(period),
        total: first?.total ?? 0,
        errors: first?.errors ?? 0,
        groups: rows.map((row) => ({
          group: row.fingerprint,
          type: row.type,
          pattern: row.pattern,
          count: row.n,
          severity: SEVERITIES[row.severity] ?? 'error',
          firstSeenAt: row.first_at?.toISOString() ?? null,
          lastSeenAt: row.last_at?.toISOString() ?? null,
          sampleId: row.sample_id,
        })),
        unavailable: rows.flatMap(({ sample_id }, index) =>
          sample_id === null
            ? [
                {
                  path: `groups.${index}.sampleId`,
                  reason: 'Individual errors of this group are no longer kept.',
                },
              ]
            : [],
        ),
      };
    });
  }
}

/** @throws PeriodError */
function periodOf(query: ErrorPeriod, begin: number): Period {
  const { from, to, timeframe, now } = query;
  const isGiven = from !== undefined || to !== undefined || timeframe !== undefined;
  const period = resolvePeriod(query, now, begin);
  return isGiven ? period : { ...period, from: now - HOUR };
}

/** The mildest first: their places are compared. */
const SEVERITIES: readonly Severity[] = ['warning', 'error', 'critical'];

const place = sql`case severity when 'critical' then 2 when 'error' then 1 else 0 end`;

/** How many errors of each group and severity a span has, as a table; `null` where it has no time. */
export function countsOf(
  ws: WorkspaceTx,
  span: Span,
  { domains, severity }: Pick<ErrorFilter, 'domains' | 'severity'>,
) {
  const isSevere = severity === undefined ? sql`true` : sql`t.severity = ${severity}`;
  return acrossWindows(rollupWindows([span], LEVELS), (grain) =>
    grain === 0
      ? sql`select t.fingerprint, t.severity, count(*) as n from errors t
          where ${within(ws, domains, 'at')} and ${isSevere} group by 1, 2`
      : sql`select t.fingerprint, t.severity, sum(t.n)::bigint as n from error_group_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${isSevere}
          group by 1, 2`,
  );
}

interface GroupRow {
  fingerprint: string;
  type: string;
  pattern: string | null;
  n: number;
  severity: number;
  total: number;
  errors: number;
  first_at: Date | null;
  last_at: Date | null;
  sample_id: string | null;
}

async function groupRows(
  ws: WorkspaceTx,
  span: Span,
  filter: Pick<ErrorFilter, 'domains' | 'severity'>,
  limit: number,
): Promise<GroupRow[]> {
  const counts = countsOf(ws, span, filter);
  if (!counts) return [];
  const { domains, severity } = filter;
  const mine = sql`${ws.of('e.workspace_id')} and e.fingerprint = c.fingerprint
    and e.at >= ${time(span.from)} and e.at < ${time(span.to)} and ${isAmong(domains, 'e.domain')}
    and ${severity === undefined ? sql`true` : sql`e.severity = ${severity}`}`;
  const { rows } = await sql<GroupRow>`
    select c.*, g.type, g.pattern, first.at as first_at, last.at as last_at, last.id as sample_id
    from (
      select fingerprint, sum(n)::bigint as n, max(${place}) as severity,
        count(*) over ()::bigint as total, sum(sum(n)) over ()::bigint as errors
      from (${counts}) windows group by fingerprint
      order by 2 desc, fingerprint limit ${limit}
    ) c
    join error_groups g on ${ws.of('g.workspace_id')} and g.fingerprint = c.fingerprint
    left join lateral (
      select e.at from errors e where ${mine} order by e.at limit 1
    ) first on true
    left join lateral (
      select e.at, e.id from errors e where ${mine} order by e.at desc, e.id desc limit 1
    ) last on true
    order by c.n desc, c.fingerprint`.execute(ws.tx);
  return rows;
}
