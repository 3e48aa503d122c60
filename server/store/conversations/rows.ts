/** Conversations with what their readers want to know of them, by whichever way they are found. */
import { sql, type RawBuilder } from 'kysely';
import { conversationOf, type Conversation, type ConversationRow } from '../conversation.ts';
import type { WorkspaceTx } from '../database.ts';
import type { Domains } from '../stats/pieces.ts';

export interface Reader {
  /** Whose favourites are told; `null`: nobody's. */
  accountId: string | null;
  /** Epoch ms. */
  now: number;
}

/**
 * @param found a query of rows of `conversations` in the order that they are wanted in
 */
export async function describeConversations(
  ws: WorkspaceTx,
  found: RawBuilder<unknown>,
  { accountId, now }: Reader,
): Promise<Conversation[]> {
  const { rows } = await sql<ConversationRow>`
    select c.*, first.asked, run.task, tagged.tags, ${favorite(ws, accountId)} as favorite
    from (select found.*, row_number() over () as place from (${found}) found) c
    left join lateral (
      select b.parts as asked from requests r
      cross join lateral jsonb_array_elements_text(r.input_messages)
        with ordinality as m(hash, place)
      join message_bodies b on ${ws.of('b.workspace_id')} and b.hash = m.hash
      where ${ws.of('r.workspace_id')} and r.started_at = c.first_at and r.key = c.first_key
        and b.role = 'user'
        and jsonb_path_exists(b.parts, '$[*] ? (@.type == "text" && @.text != "")')
      order by m.place limit 1
    ) first on true
    left join lateral (
      select d.task from executions e
      join execution_details d on ${ws.of('d.workspace_id')} and d.execution_id = e.id
      where first.asked is null and ${ws.of('e.workspace_id')} and e.conversation = c.key
        and e.domain = c.domain and d.task is not null
      order by e.started_at limit 1
    ) run on true
    cross join lateral (
      select coalesce(array_agg(t.tag order by t.tag), '{}') as tags from conversation_tags t
      where ${ws.of('t.workspace_id')} and t.domain = c.domain and t.conversation = c.key
    ) tagged
    order by c.place`.execute(ws.tx);
  return rows.map((row) => conversationOf(row, now));
}

function favorite(ws: WorkspaceTx, accountId: string | null): RawBuilder<unknown> {
  return accountId === null
    ? sql`null::boolean`
    : sql`exists (select from conversation_favorites f
        where ${ws.of('f.workspace_id')} and f.account_id = ${accountId}
          and f.domain = c.domain and f.conversation = c.key)`;
}

/** What a reader may see: these domains, and nothing that was deleted. */
export const visible = (ws: WorkspaceTx, domains: Domains, table = 'c'): RawBuilder<unknown> => {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const among = domains === null ? sql`true` : sql`${column('domain')} = any(${domains}::text[])`;
  return sql`${ws.of(`${table}.workspace_id`)} and ${column('deleted_at')} is null and ${among}`;
};
