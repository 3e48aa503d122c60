/** Conversations with what their readers want to know of them, by whichever way they are found. */
import { sql, type RawBuilder } from 'kysely';
import { conversationOf, type Conversation, type ConversationRow } from './conversation.ts';
import type { WorkspaceTx } from '../database/database.ts';
import type { ConversationPlace } from '../../model/conversation-place.ts';
import type { MessagePart } from '../../model/message.ts';
import { isAmong, type Domains } from '../rollups/windows.ts';
import { unnest, type Column } from '../database/batch-columns.ts';

export interface Reader {
  /** Whose favourites are told; `null`: nobody's. */
  accountId: string | null;
  /** Epoch ms. */
  now: number;
}

type Row = Omit<ConversationRow, 'asked' | 'task' | 'tags' | 'favorite'> & { first_key: string };

/**
 * One question after the other, each of the keys that the one before has given: joined, the planner
 * would have to guess how few there are.
 * @param found a query of rows of `conversations` in the order that they are wanted in
 */
export async function describeConversations(
  ws: WorkspaceTx,
  found: RawBuilder<unknown>,
  { accountId, now }: Reader,
): Promise<Conversation[]> {
  const { rows } = await sql<Row>`${found}`.execute(ws.tx);
  if (rows.length === 0) return [];
  const asked = await readFirstQuestions(ws, rows);
  const tasks = await readTasks(
    ws,
    rows.filter((row) => !asked.has(nameOf(row))),
  );
  const tags = await readTags(ws, rows);
  const favorites = accountId === null ? null : await readFavorites(ws, rows, accountId);
  return rows.map((row) => {
    const name = nameOf(row);
    const told = {
      asked: asked.get(name) ?? null,
      task: tasks.get(name) ?? null,
      tags: tags.get(name) ?? [],
      favorite: favorites?.has(name) ?? null,
    };
    return conversationOf({ ...row, ...told }, now);
  });
}

/** Those at `places`, in their order; without those that aren't there. */
export async function describeConversationsAt(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
  reader: Reader,
): Promise<Conversation[]> {
  if (places.length === 0) return [];
  const found = sql`select c.* from ${unnest(placeColumns, places)}
    join conversations c on ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key`;
  const described = new Map(
    (await describeConversations(ws, found, reader)).map((it) => [`${it.domain}\0${it.id}`, it]),
  );
  return places.flatMap((place) => described.get(nameOf(place)) ?? []);
}

const nameOf = ({ domain, key }: ConversationPlace): string => `${domain}\0${key}`;

const placeColumns: readonly Column<ConversationPlace>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['key', 'text', ({ key }) => key],
];

const firstColumns: readonly Column<Row>[] = [
  ['started_at', 'timestamptz', ({ first_at: at }) => at.toISOString()],
  ['key', 'text', ({ first_key: key }) => key],
];

/** The first message of a user in the first request of each. */
async function readFirstQuestions(
  ws: WorkspaceTx,
  conversations: readonly Row[],
): Promise<Map<string, MessagePart[]>> {
  const { rows: requests } = await sql<{ started_at: Date; key: string; hash: string }>`
    select r.started_at, r.key, (
        select m.hash from jsonb_array_elements_text(r.input_messages)
          with ordinality as m(hash, place)
        where m.hash like 'u.%' order by m.place limit 1) as hash
    from ${unnest(firstColumns, conversations)}
    join requests r on ${ws.of('r.workspace_id')}
      and r.started_at = v.started_at and r.key = v.key`.execute(ws.tx);
  const hashes = [...new Set(requests.map(({ hash }) => hash))];
  const { rows: bodies } = await sql<{ hash: string; parts: MessagePart[] | null }>`
    select hash, parts from message_bodies
    where ${ws.of()} and hash = any(${hashes}::text[])`.execute(ws.tx);
  const byHash = new Map(bodies.map(({ hash, parts }) => [hash, parts]));
  const byRequest = new Map(
    requests.map(({ started_at: at, key, hash }) => [`${at.getTime()} ${key}`, hash]),
  );
  return new Map(
    conversations.flatMap((row) => {
      const hash = byRequest.get(`${row.first_at.getTime()} ${row.first_key}`) ?? '';
      const parts = byHash.get(hash) ?? null;
      return parts?.some(({ type }) => type === 'text') ? [[nameOf(row), parts]] : [];
    }),
  );
}

async function readTasks(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
): Promise<Map<string, string>> {
  if (places.length === 0) return new Map();
  const { rows } = await sql<ConversationPlace & { task: string }>`
    select v.domain, v.key, d.task from ${unnest(placeColumns, places)}
    cross join lateral (
      select e.id from executions e where ${ws.of('e.workspace_id')}
        and e.conversation = v.key and e.domain = v.domain
      order by e.started_at limit 1
    ) run
    join execution_details d on ${ws.of('d.workspace_id')} and d.execution_id = run.id
    where d.task is not null`.execute(ws.tx);
  return new Map(rows.map((row) => [nameOf(row), row.task]));
}

async function readTags(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql<ConversationPlace & { tags: string[] }>`
    select t.domain, t.conversation as key, array_agg(t.tag order by t.tag) as tags
    from ${unnest(placeColumns, places)}
    join conversation_tags t
      on ${ws.of('t.workspace_id')} and t.domain = v.domain and t.conversation = v.key
    group by t.domain, t.conversation`.execute(ws.tx);
  return new Map(rows.map((row) => [nameOf(row), row.tags]));
}

async function readFavorites(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
  accountId: string,
): Promise<Set<string>> {
  const { rows } = await sql<ConversationPlace>`
    select f.domain, f.conversation as key from ${unnest(placeColumns, places)}
    join conversation_favorites f on ${ws.of('f.workspace_id')} and f.account_id = ${accountId}
      and f.domain = v.domain and f.conversation = v.key`.execute(ws.tx);
  return new Set(rows.map(nameOf));
}

/** What a reader may see: these domains, and nothing that was deleted. */
export const visible = (ws: WorkspaceTx, domains: Domains, table = 'c'): RawBuilder<unknown> => {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql`${ws.of(`${table}.workspace_id`)} and ${column('deleted_at')} is null
    and ${isAmong(domains, `${table}.domain`)}`;
};
