/**
 * A deleted conversation is hidden at once. What was said in it is removed after, and what still
 * comes under its id as well; what it counted in the figures stays.
 */
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../audit.ts';
import type { Store, WorkspaceTx } from '../database.ts';
import { appendEvents } from '../outbox.ts';
import { time, unnest } from '../unnest.ts';
import { lockWorkspace } from '../workspace-lock.ts';
import { removed } from '../write/conversation-events.ts';
import { placeColumns } from '../write/conversation-rows.ts';
import type { ConversationPlace } from './messages.ts';

export async function deleteConversations(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
  entry: Omit<AuditEntry, 'action'>,
  now: number,
): Promise<{ places: ConversationPlace[]; lastEventId: number | null }> {
  if (places.length === 0) return { places: [], lastEventId: null };
  await lockWorkspace(ws);
  const { rows } = await sql<ConversationPlace>`
    update conversations c set deleted_at = ${time(now)}, purged_at = null
    from ${unnest(placeColumns, places)}
    where ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
      and c.deleted_at is null
    returning c.domain, c.key`.execute(ws.tx);
  for (const { domain, key } of rows) {
    const details = { ...entry.details, domain };
    await appendAudit(ws, { ...entry, action: 'conversation.delete', target: key, details }, now);
  }
  const lastEventId = await appendEvents(ws, rows.map(removed));
  return { places: rows, lastEventId };
}

/** Conversations that are purged in one transaction: writers of the workspace wait for it. */
const CHUNK = 50;

/** Removes what was said in conversations that are deleted. @returns how many were purged */
export async function purgeDeleted(store: Store, now: number): Promise<number> {
  const { rows } = await store.asSystem((tx) =>
    sql<{ workspace_id: string }>`select distinct workspace_id from conversations
      where deleted_at is not null and purged_at is null`.execute(tx),
  );
  let total = 0;
  for (const { workspace_id: workspaceId } of rows) {
    let purged: number;
    do {
      purged = await store.inWorkspace(workspaceId, (ws) => purgeChunk(ws, now));
      total += purged;
    } while (purged === CHUNK);
  }
  return total;
}

async function purgeChunk(ws: WorkspaceTx, now: number): Promise<number> {
  await lockWorkspace(ws);
  const { rows: places } = await sql<ConversationPlace>`
    update conversations set purged_at = ${time(now)}
    where ${ws.of()} and (domain, key) in (
      select domain, key from conversations
      where ${ws.of()} and deleted_at is not null and purged_at is null limit ${CHUNK})
    returning domain, key`.execute(ws.tx);
  if (places.length === 0) return 0;
  const batch = unnest(placeColumns, places);
  await forgetMessages(ws, places);
  // Of what was derived here the source goes first: read again, it must not bring anything back.
  const told = sql`o.data - 'task' - 'stack' - 'inputMessages' - 'outputMessages'`;
  await sql`update observations o set data = case
      when jsonb_typeof(o.data -> 'error') = 'object'
      then jsonb_set(${told}, '{error,message}', 'null') else ${told} end
    from ${batch}, requests r
    where ${ws.of('r.workspace_id')} and r.conversation = v.key and r.domain = v.domain
      and ${ws.of('o.workspace_id')} and o.scope = r.scope
      and coalesce(o.data ->> 'conversation', v.key) = v.key`.execute(ws.tx);
  await sql`update requests r set input_messages = '[]', output_messages = '[]',
      error_message = null
    from ${batch}
    where ${ws.of('r.workspace_id')} and r.conversation = v.key and r.domain = v.domain`.execute(
    ws.tx,
  );
  const runs = sql`${ws.of('e.workspace_id')} and e.conversation = v.key and e.domain = v.domain`;
  await sql`update execution_details d set task = null, steps = coalesce((
      select jsonb_agg(case when jsonb_typeof(s.step -> 'error') = 'object'
        then jsonb_set(s.step, '{error,message}', 'null') else s.step end order by s.place)
      from jsonb_array_elements(d.steps) with ordinality as s(step, place)), '[]')
    from ${batch}, executions e
    where ${runs} and ${ws.of('d.workspace_id')} and d.execution_id = e.id`.execute(ws.tx);
  await sql`update executions e set error_message = null from ${batch} where ${runs}`.execute(
    ws.tx,
  );
  await sql`delete from error_stacks s using ${batch}, errors e
    where ${runs} and ${ws.of('s.workspace_id')} and s.error_id = e.id`.execute(ws.tx);
  await sql`update errors e set message = null, has_stack = false
    from ${batch} where ${runs}`.execute(ws.tx);
  await sql`delete from live_events l using ${batch}
    where ${ws.of('l.workspace_id')} and l.domain = v.domain
      and (l.topic = 'errors' and l.payload #>> '{error,conversationId}' = v.key
        or l.topic = 'conversations' and l.payload ->> 'id' = v.key
          and l.payload ->> 'conversation' is not null)
      and l.id < (select max(id) from live_events where ${ws.of()})`.execute(ws.tx);
  for (const table of ['conversation_tags', 'conversation_favorites']) {
    await sql`delete from ${sql.table(table)} t using ${batch}
      where ${ws.of('t.workspace_id')} and t.domain = v.domain and t.conversation = v.key`.execute(
      ws.tx,
    );
  }
  return places.length;
}

/** Messages that are said nowhere else. */
async function forgetMessages(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
): Promise<void> {
  const { rows } = await sql<{ hash: string }>`
    delete from message_places p using ${unnest(placeColumns, places)}
    where ${ws.of('p.workspace_id')} and p.domain = v.domain and p.conversation = v.key
    returning p.hash`.execute(ws.tx);
  const { rows: alone } = await sql<{ hash: string }>`
    select v.hash from unnest(${[...new Set(rows.map(({ hash }) => hash))]}::text[]) as v(hash)
    where not exists (select from message_places p
      where ${ws.of('p.workspace_id')} and p.hash = v.hash)`.execute(ws.tx);
  const hashes = alone.map(({ hash }) => hash);
  if (hashes.length === 0) return;
  await sql`select forget_messages(${hashes}::text[])`.execute(ws.tx);
  await sql`delete from message_bodies where ${ws.of()} and hash = any(${hashes}::text[])`.execute(
    ws.tx,
  );
}
