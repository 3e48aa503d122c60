/** The users of a period, page by page. */
import type { Schemas } from '../../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek } from '../../database/pages.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { toPico } from '../../rollups/money.ts';
import { withData } from '../../time/period.ts';
import type { UsageSums } from '../../rollups/usage-sums.ts';
import { unavailableUsage, usageFigures } from './figures.ts';
import { isAmong } from '../../rollups/windows.ts';
import { periodOf, told, type ListQuery } from '../../rollups/query.ts';
import { exactly, listed, type Listed } from '../listed.ts';
import {
  ADDED,
  COLUMNS,
  ENDS_GONE,
  labelled,
  losesEnds,
  type FormattedSums,
} from '../../rollups/usage.ts';

/** By what the list is sorted: the largest, or the latest, first. */
export type UserSort = 'requests' | 'errors' | 'tokens' | 'cost' | 'first_seen' | 'last_seen';

export type UserUsage = Schemas['UserUsage'];

export type UserUsagePage = Schemas['UserUsagePage'];

const VALUES: Record<UserSort, { column: string; type: string }> = {
  requests: { column: 'requests', type: 'bigint' },
  errors: { column: 'errors', type: 'bigint' },
  tokens: { column: 'tokens', type: 'bigint' },
  cost: { column: 'cost', type: 'numeric' },
  first_seen: { column: 'first_at', type: 'timestamptz' },
  last_seen: { column: 'last_at', type: 'timestamptz' },
};

type Row = FormattedSums<UsageSums> & {
  user: string;
  first_at: Date;
  last_at: Date;
  value: string;
  place: number | null;
};

/** @throws PeriodError */
export async function userList(
  ws: WorkspaceTx,
  query: ListQuery & { sort: UserSort },
): Promise<Listed<UserUsagePage>> {
  const { domains, now, sort, page } = query;
  const period = await periodOf(ws, query);
  const span = withData(period, now);
  const floors = await readFloors(ws);
  const windows = labelled(ws, [span], domains, 'user', floors);
  const { rows, count } = windows ? await userRows(ws, windows, query) : { rows: [], count: 0 };
  const found = pageOf(rows, page, (row) => [valueOf(row, sort), row.user]);
  const listedRows = found.entries.map((row) => ({ ...row, cost: toPico(row.cost) }));
  const data = listedRows.map((row): UserUsage => ({
    user: row.user,
    ...usageFigures(row),
    firstSeenAt: row.first_at.toISOString(),
    lastSeenAt: row.last_at.toISOString(),
    new: row.first_at.getTime() >= span.from,
  }));
  const isLost = windows !== null && (await losesEnds(ws, span, domains, floors));
  return listed<UserUsagePage>(period, found, {
    period: told(period),
    data,
    count: exactly(count),
    unavailable: [
      ...listedRows.flatMap((row, index) => unavailableUsage(row, `data.${index}.`)),
      ...(isLost ? [{ path: 'data', reason: ENDS_GONE }] : []),
    ],
  });
}

/** What a user is sorted by, as exact as the database has it. */
function valueOf(row: Row, sort: UserSort): string {
  const times = { first_seen: row.first_at, last_seen: row.last_at } as const;
  return sort in times ? times[sort as keyof typeof times].toISOString() : row.value;
}

/** The users of a page and one more, and how many there are. */
async function userRows(
  ws: WorkspaceTx,
  windows: RawBuilder<unknown>,
  { domains, sort, page }: ListQuery & { sort: UserSort },
): Promise<{ rows: Row[]; count: number }> {
  const { column, type } = VALUES[sort];
  const value = sql.ref(`t.${column}`);
  const { isBeyond, inOrder } = seek(
    [
      { value, type, order: 'desc' },
      { value: sql.ref('t.user'), type: 'text', order: 'asc' },
    ],
    page.from,
  );
  const { rows } = await sql<Row & { count: number }>`
    with used as materialized (
      select t.label as user, ${ADDED} from (${windows}) t group by t.label
    ), seen_of as materialized (
      select used.*, seen.first_at, seen.last_at,
        "uncachedInput" + "cacheRead" + "cacheWrite" + output as tokens
      from used cross join lateral (
        select min(u.first_at) as first_at, max(u.last_at) as last_at from users u
        where ${ws.of('u.workspace_id')} and u.user_id = used.user and ${isAmong(domains, 'u.domain')}
      ) seen
      -- An erasure renames requests before it moves the user: until then the new name isn't known.
      where seen.first_at is not null
    )
    select c.n as count, p.* from (select count(*) as n from seen_of) c
    left join (
      select t.user, t.first_at, t.last_at, ${COLUMNS}, t.cost::text as cost,
        ${type === 'timestamptz' ? sql`''` : sql`${value}::text`} as value,
        row_number() over (${inOrder}) as place
      from seen_of t where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    ) p on true order by p.place`.execute(ws.tx);
  const [first] = rows;
  return { rows: rows.filter(({ place }) => place !== null), count: first?.count ?? 0 };
}
