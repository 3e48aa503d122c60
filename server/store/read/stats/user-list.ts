/** The users of a period, page by page. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { toPico } from '../../rollups/money.ts';
import { withData, type Span } from '../../time/period.ts';
import { time } from '../../database/batch-columns.ts';
import type { UsageSums } from '../../rollups/usage-sums.ts';
import { unavailableUsage, usageFigures } from './figures.ts';
import { isAmong } from '../../rollups/windows.ts';
import { periodOf, type StatsQuery, type Unavailable } from '../../rollups/query.ts';
import { ADDED, ENDS_GONE, labelled, losesEnds, type FormattedSums } from '../../rollups/usage.ts';

/** By what the list is sorted: the largest, or the latest, first. */
export type UserSort = 'requests' | 'errors' | 'tokens' | 'cost' | 'first_seen' | 'last_seen';

export type UserUsage = Schemas['UserUsage'];

/** Where a page ended, and the period that it was of: one that ends now would move meanwhile. */
export interface UserPosition {
  /** Epoch ms. */
  from: number;
  to: number;
  sort: UserSort;
  /** What the last user is sorted by: a number, a decimal string or a time. */
  value: string;
  user: string;
}

export interface UserPage {
  users: UserUsage[];
  /** Where the next page goes on; `null` where there is none. */
  next: UserPosition | null;
  unavailable: Unavailable[];
}

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
};

/** @throws PeriodError */
export async function userList(
  ws: WorkspaceTx,
  query: StatsQuery & { sort: UserSort },
  { after, limit }: { after: UserPosition | null; limit: number },
): Promise<UserPage> {
  const { domains, now, sort } = query;
  const period = withData(await periodOf(ws, query), now);
  const { from, to }: Span = after ?? period;
  const floors = await readFloors(ws);
  const windows = labelled(ws, [{ from, to }], domains, 'user', floors);
  if (!windows) return { users: [], next: null, unavailable: [] };
  const { column, type } = VALUES[sort];
  const value = sql`s.${sql.ref(column)}`;
  const position = sql.raw(type);
  const isAfter = after
    ? sql`${value} < ${after.value}::${position}
        or (${value} = ${after.value}::${position} and s.user > ${after.user})`
    : sql`true`;
  const { rows } = await sql<Row>`
    with used as materialized (
      select t.label as user, ${ADDED} from (${windows}) t group by t.label
    ), told as (
      select used.*, seen.first_at, seen.last_at,
        "uncachedInput" + "cacheRead" + "cacheWrite" + output as tokens
      from used cross join lateral (
        select min(u.first_at) as first_at, max(u.last_at) as last_at from users u
        where ${ws.of('u.workspace_id')} and u.user_id = used.user and ${isAmong(domains, 'u.domain')}
      ) seen
    )
    select s.*, s.cost::text as cost,
      ${type === 'timestamptz' ? sql`''` : sql`${value}::text`} as value
    from told s where ${isAfter}
    order by ${value} desc, s.user limit ${limit + 1}`.execute(ws.tx);
  const listed = rows.slice(0, limit).map((row) => ({ ...row, cost: toPico(row.cost) }));
  const users = listed.map((row) => ({
    user: row.user,
    ...usageFigures(row),
    firstSeenAt: row.first_at.toISOString(),
    lastSeenAt: row.last_at.toISOString(),
    new: row.first_at.getTime() >= from,
  }));
  const unavailable = [
    ...listed.flatMap((row, index) => unavailableUsage(row, `data.${index}.`)),
    ...((await losesEnds(ws, { from, to }, domains, floors))
      ? [{ path: 'data', reason: ENDS_GONE }]
      : []),
  ];
  const last = rows[limit - 1];
  if (rows.length <= limit || !last) return { users, next: null, unavailable };
  const times = { first_seen: last.first_at, last_seen: last.last_at } as const;
  const at = sort in times ? times[sort as keyof typeof times].getTime() : null;
  const next = { from, to, sort, value: at === null ? last.value : time(at), user: last.user };
  return { users, next, unavailable };
}
