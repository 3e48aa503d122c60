/** Distinct users: who was active in a span, and who was seen for the first time. */
import type { Schemas } from '../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import type { Span } from '../time/period.ts';
import { time } from '../database/batch-columns.ts';
import {
  acrossWindows,
  hourlyLevels,
  isAmong,
  rollupWindows,
  within,
  type Domains,
} from './windows.ts';

export type UserCounts = Schemas['UserCounts'];

/** The users of each span. */
export async function usersOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<UserCounts[]> {
  const active = await activeUsers(ws, spans, domains, floors);
  const counts: UserCounts[] = [];
  for (const [index, span] of spans.entries()) {
    counts.push({ active: active.get(index) ?? 0, new: await newUsers(ws, span, domains) });
  }
  return counts;
}

/** How many users were active in each span, by its index; those without any are missing. */
export async function activeUsers(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<Map<number, number>> {
  const query = usersIn(ws, spans, domains, floors);
  if (!query) return new Map();
  const { rows } = await sql<{ index: number; users: number }>`
    select index, count(distinct user_id) as users from (${query}) windows
    group by index`.execute(ws.tx);
  return new Map(rows.map(({ index, users }) => [index, users]));
}

/** How many users were active in each of some domains. */
export async function activeBy(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
  floors: RetentionFloors | null,
  some: readonly string[],
): Promise<Map<string, number>> {
  const isOne = sql`t.domain = any(${some}::text[])`;
  const query = acrossWindows(rollupWindows([span], hourlyLevels(floors)), (grain) =>
    grain === 0
      ? sql`select distinct t.domain, t.user_id from requests t
          where ${within(ws, domains, 'started_at')} and ${isOne} and t.user_id is not null`
      : sql`select distinct t.domain, t.user_id from user_sets t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${isOne}`,
  );
  if (!query) return new Map();
  const { rows } = await sql<{ domain: string; users: number }>`
    select domain, count(distinct user_id) as users from (${query}) windows
    group by domain`.execute(ws.tx);
  return new Map(rows.map(({ domain, users }) => [domain, users]));
}

/**
 * The users of each span as rows `(index, user_id, n)`, `n` their requests; one user may have
 * several.
 * @returns `null` where no span has a length
 */
export function usersIn(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): RawBuilder<unknown> | null {
  return acrossWindows(rollupWindows(spans, hourlyLevels(floors)), (grain) =>
    grain === 0
      ? sql`select t.user_id, count(*) as n from requests t
          where ${within(ws, domains, 'started_at')} and t.user_id is not null
          group by t.user_id`
      : sql`select t.user_id, sum(t.n)::bigint as n from user_sets t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}
          group by t.user_id`,
  );
}

/** New to the question's domains: seen in one of them, and in none of them before. */
async function newUsers(ws: WorkspaceTx, span: Span, domains: Domains): Promise<number> {
  const among = (table: string) => isAmong(domains, `${table}.domain`);
  const { rows } = await sql<{ users: number }>`
    select count(distinct u.user_id) as users from users u
    where ${ws.of('u.workspace_id')} and ${among('u')}
      and u.first_at >= ${time(span.from)} and u.first_at < ${time(span.to)}
      and not exists (
        select from users earlier
        where ${ws.of('earlier.workspace_id')} and ${among('earlier')}
          and earlier.user_id = u.user_id and earlier.first_at < ${time(span.from)}
      )`.execute(ws.tx);
  return rows[0]?.users ?? 0;
}
