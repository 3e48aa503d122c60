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
 * Removes tasks, names of steps and error texts of runs, calls and errors in some conversations.
 * What their types are, and what is counted, stays.
 */
export async function hideTexts(ws: WorkspaceTx, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  const batch = unnest(placeColumns, places);
  const isOf: Match = (table) => sql`${sql.ref(`${table}.conversation`)} = v.key
    and ${sql.ref(`${table}.domain`)} = v.domain`;
  await hideRequestTexts(ws, batch, isOf);
  await hideExecutionTexts(ws, batch, isOf);
  await hideErrorTexts(ws, batch, isOf);
}

/** Whether a row of a table belongs to a row `v` of the batch. */
type Match = (table: string) => RawBuilder<unknown>;

/** Hides what rows of one table say. */
export type Hide = (ws: WorkspaceTx, batch: RawBuilder<unknown>, isOf: Match) => Promise<void>;

export const hideRequestTexts: Hide = async (ws, batch, isOf) => {
  const mine = sql`${ws.of('r.workspace_id')} and ${isOf('r')}`;
  await sql`update provider_calls p set error_message = null from ${batch}, requests r
    where ${mine} and r.error_type is not null and ${ws.of('p.workspace_id')}
      and p.domain = r.domain and p.provider = r.provider and p.error_key = r.key
      and p.error_message is not null`.execute(ws.tx);
  await sql`update requests r set error_message = null from ${batch}
    where ${mine} and r.error_message is not null`.execute(ws.tx);
};

/** `plainName` (see model/plain-name.ts) of what a JSON column tells. */
export const plainNameIn = (
  json: RawBuilder<unknown>,
  kind: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`coalesce(${json} ->> 'tool', ${json} ->> 'model', ${kind})`;

export const hideExecutionTexts: Hide = async (ws, batch, isOf) => {
  const mine = sql`${ws.of('e.workspace_id')} and ${isOf('e')}`;
  const plain = plainNameIn(sql`s.step`, sql`s.step ->> 'kind'`);
  const named = sql`s.step || jsonb_build_object('name', ${plain})`;
  await sql`update execution_details d set task = null, steps = coalesce((
      select jsonb_agg(case when jsonb_typeof(s.step -> 'error') = 'object'
        then jsonb_set(${named}, '{error,message}', 'null') else ${named} end order by s.place)
      from jsonb_array_elements(d.steps) with ordinality as s(step, place)), '[]')
    from ${batch}, executions e
    where ${mine} and ${ws.of('d.workspace_id')} and d.execution_id = e.id
      and (d.task is not null
        or jsonb_path_exists(d.steps, '$[*].error.message ? (@ != null)')
        or exists (select from jsonb_array_elements(d.steps) as s(step)
          where s.step ->> 'name' is distinct from ${plain}))`.execute(ws.tx);
  await sql`update executions e set error_message = null from ${batch}
    where ${mine} and e.error_message is not null`.execute(ws.tx);
};

export const hideErrorTexts: Hide = async (ws, batch, isOf) => {
  const mine = sql`${ws.of('e.workspace_id')} and ${isOf('e')}`;
  await sql`delete from error_stacks s using ${batch}, errors e
    where ${mine} and ${ws.of('s.workspace_id')} and s.error_id = e.id`.execute(ws.tx);
  await sql`update errors e set message = null, has_stack = false from ${batch}
    where ${mine} and (e.message is not null or e.has_stack)`.execute(ws.tx);
  // What errors of other conversations say as well stays.
  await sql`update error_groups g set pattern = null from ${batch}, errors e
    where ${mine} and ${ws.of('g.workspace_id')} and g.fingerprint = e.fingerprint
      and g.pattern is not null and not exists (select from errors other
        where ${ws.of('other.workspace_id')} and other.fingerprint = g.fingerprint
          and other.message is not null)`.execute(ws.tx);
};
