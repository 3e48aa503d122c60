/** What of deleted conversations is hidden at once, for it is told without them as well. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { time, unnest } from '../../database/batch-columns.ts';
import { placeColumns, type Place } from '../conversation-rows.ts';

/** Deletes conversations, as far as it is seen at once. @returns those that were not deleted yet */
export async function hideConversations(
  ws: WorkspaceTx,
  places: readonly Place[],
  now: number,
): Promise<Place[]> {
  const { rows } = await sql<Place>`
    update conversations c set deleted_at = ${time(now)}, purged_at = null
    from ${unnest(placeColumns, places)}
    where ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
      and c.deleted_at is null
    returning c.domain, c.key`.execute(ws.tx);
  await hideTexts(ws, rows);
  return rows;
}

/**
 * Removes tasks and error texts of runs, calls and errors in some conversations. What their types
 * are, and what is counted, stays.
 */
export async function hideTexts(ws: WorkspaceTx, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await hide(
    ws,
    unnest(placeColumns, places),
    (table) => sql`${sql.ref(`${table}.conversation`)} = v.key
      and ${sql.ref(`${table}.domain`)} = v.domain`,
  );
}

/** The same of a user's runs, calls and errors that are in no conversation. */
export async function hideTextsOutside(ws: WorkspaceTx, user: string): Promise<void> {
  await hide(
    ws,
    sql`(select ${user}::text collate "C" as name) v`,
    (table) => sql`${sql.ref(`${table}.user_id`)} = v.name
      and ${sql.ref(`${table}.conversation`)} is null`,
  );
}

async function hide(
  ws: WorkspaceTx,
  batch: RawBuilder<unknown>,
  isOf: (table: string) => RawBuilder<unknown>,
): Promise<void> {
  const mine = (table: string): RawBuilder<unknown> =>
    sql`${ws.of(`${table}.workspace_id`)} and ${isOf(table)}`;
  await sql`update provider_calls p set error_message = null from ${batch}, requests r
    where ${mine('r')} and r.error_type is not null and ${ws.of('p.workspace_id')}
      and p.domain = r.domain and p.provider = r.provider and p.error_key = r.key
      and p.error_message is not null`.execute(ws.tx);
  await sql`update requests r set error_message = null from ${batch}
    where ${mine('r')} and r.error_message is not null`.execute(ws.tx);
  await sql`update execution_details d set task = null, steps = coalesce((
      select jsonb_agg(case when jsonb_typeof(s.step -> 'error') = 'object'
        then jsonb_set(s.step, '{error,message}', 'null') else s.step end order by s.place)
      from jsonb_array_elements(d.steps) with ordinality as s(step, place)), '[]')
    from ${batch}, executions e
    where ${mine('e')} and ${ws.of('d.workspace_id')} and d.execution_id = e.id
      and (d.task is not null
        or jsonb_path_exists(d.steps, '$[*].error.message ? (@ != null)'))`.execute(ws.tx);
  await sql`update executions e set error_message = null from ${batch}
    where ${mine('e')} and e.error_message is not null`.execute(ws.tx);
  await sql`delete from error_stacks s using ${batch}, errors e
    where ${mine('e')} and ${ws.of('s.workspace_id')} and s.error_id = e.id`.execute(ws.tx);
  await sql`update errors e set message = null, has_stack = false from ${batch}
    where ${mine('e')} and (e.message is not null or e.has_stack)`.execute(ws.tx);
  // What errors of other conversations say as well stays.
  await sql`update error_groups g set pattern = null from ${batch}, errors e
    where ${mine('e')} and ${ws.of('g.workspace_id')} and g.fingerprint = e.fingerprint
      and g.pattern is not null and not exists (select from errors other
        where ${ws.of('other.workspace_id')} and other.fingerprint = g.fingerprint
          and other.message is not null)`.execute(ws.tx);
}
