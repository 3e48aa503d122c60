/** What went wrong: a list, groups, and single ones. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../../database/pages.ts';
import {
  resolvePeriod,
  withData,
  type Period,
  type PeriodQuery,
  type Span,
} from '../../time/period.ts';
import type { Severity } from '../../../model/error.ts';
import { told, type ListQuery } from '../../rollups/query.ts';
import { exactly, listed, type Listed } from '../listed.ts';
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

export type ErrorGroupPage = Schemas['ErrorGroupPage'];

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

/** The newest first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('at'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('id'), type: 'uuid', order: 'desc' },
];

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
    page: PageQuery,
  ): Promise<Page<LoggedError>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { domains, severity, type, group } = filter;
      const { isBeyond, inOrder } = seek(ORDER, page.from);
      const period = periodOf(asked, -Infinity);
      const { from, to } = withData(period, asked.now);
      let query = ws.tx
        .selectFrom('errors')
        .selectAll()
        .where(ws.of())
        .where(isAmong(domains))
        .where('at', '>=', new Date(from))
        .where(isBeyond)
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`);
      // One whose client's clock is a little ahead is there all the same.
      if (!period.endsNow) query = query.where('at', '<', new Date(to));
      if (severity !== undefined) query = query.where('severity', '=', severity);
      if (type !== undefined) query = query.where('type', '=', type);
      if (group !== undefined) query = query.where('fingerprint', '=', group);
      const rows: ErrorRow[] = await query.execute();
      return pageOf(rows.map(loggedErrorOf), page, ({ at, id }) => [at, id]);
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
    query: ErrorPeriod & Pick<ListQuery, 'page' | 'kept'>,
    { domains, severity }: Pick<ErrorFilter, 'domains' | 'severity'>,
  ): Promise<Listed<ErrorGroupPage>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const begin =
        query.timeframe === 'all' ? await firstDay(ws, 'error_group_sums', domains) : null;
      const period = { ...periodOf(query, begin ?? query.now), ...query.kept };
      const span = withData(period, query.now);
      const { rows, ...whole } = await groupRows(ws, span, { domains, severity }, query.page);
      const found = pageOf(rows, query.page, ({ n, fingerprint }) => [String(n), fingerprint]);
      return listed<ErrorGroupPage>(period, found, {
        period: told(period),
        errors: whole.errors,
        data: found.entries.map((row) => ({
          group: row.fingerprint,
          type: row.type,
          pattern: row.pattern,
          count: row.n,
          severity: SEVERITIES[row.severity] ?? 'error',
          firstSeenAt: row.first_at?.toISOString() ?? null,
          lastSeenAt: row.last_at?.toISOString() ?? null,
          sampleId: row.sample_id,
        })),
        count: exactly(whole.groups),
        unavailable: found.entries.flatMap(({ sample_id }, index) =>
          sample_id === null
            ? [
                {
                  path: `data.${index}.sampleId`,
                  reason: 'Individual errors of this group are no longer kept.',
                },
              ]
            : [],
        ),
      });
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
  first_at: Date | null;
  last_at: Date | null;
  sample_id: string | null;
}

/** The most frequent first. */
const GROUP_ORDER: readonly SortKey[] = [
  { value: sql.ref('n'), type: 'bigint', order: 'desc' },
  { value: sql.ref('fingerprint'), type: 'text', order: 'asc' },
];

interface Groups {
  /** Those of a page and one more. */
  rows: GroupRow[];
  /** How many groups and errors there are. */
  groups: number;
  errors: number;
}

async function groupRows(
  ws: WorkspaceTx,
  span: Span,
  filter: Pick<ErrorFilter, 'domains' | 'severity'>,
  page: PageQuery,
): Promise<Groups> {
  const counts = countsOf(ws, span, filter);
  if (!counts) return { rows: [], groups: 0, errors: 0 };
  const { domains, severity } = filter;
  const { isBeyond, inOrder } = seek(GROUP_ORDER, page.from);
  const mine = sql`${ws.of('e.workspace_id')} and e.fingerprint = c.fingerprint
    and e.at >= ${time(span.from)} and e.at < ${time(span.to)} and ${isAmong(domains, 'e.domain')}
    and ${severity === undefined ? sql`true` : sql`e.severity = ${severity}`}`;
  const { rows } = await sql<GroupRow & { place: number | null; groups: number; errors: number }>`
    with counted as materialized (
      select fingerprint, sum(n)::bigint as n, max(${place}) as severity
      from (${counts}) windows group by fingerprint
    ), listed as (
      select *, row_number() over (${inOrder}) as place from counted
      where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    )
    select whole.groups, whole.errors, c.*, g.type, g.pattern, first.at as first_at,
      last.at as last_at, last.id as sample_id
    from (
      select count(*) as groups, coalesce(sum(n), 0)::bigint as errors from counted
    ) whole
    left join listed c on true
    left join error_groups g on ${ws.of('g.workspace_id')} and g.fingerprint = c.fingerprint
    left join lateral (
      select e.at from errors e where ${mine} order by e.at limit 1
    ) first on true
    left join lateral (
      select e.at, e.id from errors e where ${mine} order by e.at desc, e.id desc limit 1
    ) last on true
    order by c.place`.execute(ws.tx);
  const [first] = rows;
  return {
    rows: rows.filter((row) => row.place !== null),
    groups: first?.groups ?? 0,
    errors: first?.errors ?? 0,
  };
}
