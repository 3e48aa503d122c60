/**
 * Removes what was said in conversations that are deleted, and what still comes under their ids;
 * what it counted in the figures stays.
 */
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import { time, unnest } from '../../database/batch-columns.ts';
import { lockWorkspace } from '../../database/workspace-lock.ts';
import { forgetMessages, namedBy } from '../message-bodies.ts';
import { placeColumns, type Place } from '../conversation-rows.ts';
import { tryEach } from '../try-each.ts';
import { hideTexts, plainNameIn } from './hiding.ts';
import { conversationOf, hidden } from '../../event-redaction.ts';

/** Conversations that are purged in one transaction: writers of the workspace wait for it. */
export const CHUNK = 50;

/** Removes what was said in conversations that are deleted. @returns how many were purged */
export async function purgeDeleted(store: Store, now: number): Promise<number> {
  const { rows } = await store.asSystem((tx) =>
    sql<{ workspace_id: string }>`select distinct workspace_id from conversations
      where deleted_at is not null and purged_at is null`.execute(tx),
  );
  let total = 0;
  await tryEach(
    rows,
    ({ workspace_id: workspaceId }) => `The purge of the workspace ${workspaceId}`,
    async ({ workspace_id: workspaceId }) => {
      let purged: number;
      do {
        purged = await store.inWorkspace(workspaceId, (ws) => purgeChunk(ws, now));
        total += purged;
      } while (purged === CHUNK);
    },
  );
  return total;
}

/** @returns how many were purged; fewer than `CHUNK`: all that there were */
export async function purgeChunk(ws: WorkspaceTx, now: number): Promise<number> {
  await lockWorkspace(ws);
  const { rows: places } = await sql<Place>`
    update conversations set purged_at = ${time(now)}
    where ${ws.of()} and (domain, key) in (
      select domain, key from conversations
      where ${ws.of()} and deleted_at is not null and purged_at is null limit ${CHUNK})
    returning domain, key`.execute(ws.tx);
  if (places.length === 0) return 0;
  // Of what was derived here the source goes first: read again, it must not bring anything back.
  const said = [...(await purgeSource(ws, places)), ...(await purgeMessages(ws, places))];
  await hideTexts(ws, places);
  await forgetMessages(ws, said);
  await purgeEvents(ws, places);
  for (const table of ['conversation_tags', 'conversation_favorites']) {
    await sql`delete from ${sql.table(table)} t using ${unnest(placeColumns, places)}
      where ${ws.of('t.workspace_id')} and t.domain = v.domain and t.conversation = v.key`.execute(
      ws.tx,
    );
  }
  return places.length;
}

/** Empties the observations. @returns the messages that they named */
async function purgeSource(ws: WorkspaceTx, places: readonly Place[]): Promise<string[]> {
  const scopesOf = (table: string) => sql`select t.scope, v.key
    from ${unnest(placeColumns, places)} join ${sql.table(table)} t
      on ${ws.of('t.workspace_id')} and t.conversation = v.key and t.domain = v.domain
    where t.scope is not null`;
  const scopes = sql`(${scopesOf('requests')} union ${scopesOf('executions')}
    union ${scopesOf('errors')}) s`;
  // What a scope tells of another conversation stays.
  const mine = sql`${ws.of('o.workspace_id')} and o.scope = s.scope
    and coalesce(o.data ->> 'conversation', s.key) = s.key`;
  const { rows } = await sql<{ hash: string }>`
    select distinct m.hash from ${scopes} join observations o on ${mine}
    cross join lateral ${namedBy('o')} m(hash)`.execute(ws.tx);
  const name = plainNameIn(sql`o.data`, sql`o.kind`);
  const silent = sql`(o.data - 'task' - 'stack' - 'inputMessages' - 'outputMessages'
    || jsonb_build_object('name', ${name}))`;
  await sql`update observations o set data = case
      when jsonb_typeof(o.data -> 'error') = 'object'
      then jsonb_set(${silent}, '{error,message}', 'null') else ${silent} end
    from ${scopes}
    where ${mine} and (o.data #>> '{error,message}' is not null
      or o.data ?| '{task,stack,inputMessages,outputMessages}'
      or o.data ->> 'name' is distinct from ${name})`.execute(ws.tx);
  return rows.map(({ hash }) => hash);
}

/** Empties the requests, which stay tied as they are. @returns the messages that they named */
async function purgeMessages(ws: WorkspaceTx, places: readonly Place[]): Promise<string[]> {
  const batch = unnest(placeColumns, places);
  const mine = sql`${ws.of('r.workspace_id')} and r.conversation = v.key and r.domain = v.domain`;
  const { rows } = await sql<{ hash: string }>`
    delete from message_places p using ${batch}
    where ${ws.of('p.workspace_id')} and p.domain = v.domain and p.conversation = v.key
    returning p.hash`.execute(ws.tx);
  await sql`update histories h set purged = true from ${batch}, requests r
    where ${mine} and ${ws.of('h.workspace_id')} and h.key = r.key and not h.purged`.execute(ws.tx);
  await sql`update requests r set input_messages = '[]', output_messages = '[]' from ${batch}
    where ${mine} and (r.input_messages <> '[]' or r.output_messages <> '[]')`.execute(ws.tx);
  return rows.map(({ hash }) => hash);
}

/**
 * Events stay, and tell less: whoever resumes a stream is told the rest. They may be of before
 * their run, or the conversation itself, became a part of the one that is deleted.
 */
async function purgeEvents(ws: WorkspaceTx, places: readonly Place[]): Promise<void> {
  const batch = unnest(placeColumns, places);
  const idsOf = (table: string) => sql`select t.id::text from ${batch} join ${sql.table(table)} t
    on ${ws.of('t.workspace_id')} and t.conversation = v.key and t.domain = v.domain`;
  await sql`update live_events l set payload = ${hidden}
    where ${ws.of('l.workspace_id')} and l.topic in ('conversations', 'executions', 'errors')
      and l.payload <> ${hidden}
      and ((l.domain, ${conversationOf}) in (select v.domain, v.key from ${batch})
        or l.payload #>> '{execution,id}' in (${idsOf('executions')})
        or l.payload #>> '{error,id}' in (${idsOf('errors')})
        or l.topic = 'conversations' and not exists (select from conversations c
          where ${ws.of('c.workspace_id')} and c.domain = l.domain
            and c.key = l.payload ->> 'id'))`.execute(ws.tx);
}
