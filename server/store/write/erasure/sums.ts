/** What a user was counted for stays: as the erased user's, by slot and domain. */
import { sql } from 'kysely';
import { ERASED } from '../../../model/erased.ts';
import type { WorkspaceTx } from '../../database/database.ts';

const SUMS = [
  'n',
  'errors',
  'unmetered',
  'unpriced',
  'uncached_input',
  'cache_read',
  'cache_write',
  'output',
  'reasoning',
  'cost_usd',
];

const names = (prefix = '') => sql.raw(SUMS.map((name) => `${prefix}${name}`).join(', '));
const added = sql.raw(SUMS.map((name) => `${name} = t.${name} + excluded.${name}`).join(', '));

/**
 * Runs after the rows of `requests` are renamed, of which no sums were moved. A user has at most a
 * few thousand rows of sums: by day, and by hour for the last months.
 * @returns the domains in which the user was seen
 */
export async function moveSums(ws: WorkspaceTx, user: string): Promise<string[]> {
  await sql`with moved as (
      delete from user_sets where ${ws.of()} and user_id = ${user} returning *)
    insert into user_sets as t (workspace_id, grain, slot, domain, user_id, ${names()})
    select workspace_id, grain, slot, domain, ${ERASED}, ${names()} from moved
    order by grain, slot, domain
    on conflict (workspace_id, grain, slot, domain, user_id) do update set ${added}`.execute(ws.tx);
  await sql`delete from user_sets where ${ws.of()} and user_id = ${ERASED} and n = 0`.execute(
    ws.tx,
  );
  const { rows } = await sql<{ domain: string }>`with moved as (
      delete from users where ${ws.of()} and user_id = ${user} returning *)
    insert into users as t (workspace_id, user_id, domain, first_at, last_at)
    select workspace_id, ${ERASED}, domain, first_at, last_at from moved
    on conflict (workspace_id, user_id, domain) do update
    set first_at = least(t.first_at, excluded.first_at),
      last_at = greatest(t.last_at, excluded.last_at)
    returning domain`.execute(ws.tx);
  return rows.map(({ domain }) => domain);
}
