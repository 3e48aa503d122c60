/** Keeps each message once, however many requests repeat it, and lets it be found. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Message } from '../../model/message.ts';
import { slotOf } from '../time/segments.ts';
import { time, unnest, type Column } from '../database/batch-columns.ts';
import { documentOf, MOST_SEARCHED, type SearchDocument } from '../search/document.ts';
import { cleanMessage } from './clean.ts';
import { cleanText } from '../database/clean.ts';

/**
 * @param messages those that something names that is written
 * @param now when they came, epoch ms: retention goes by the day of it
 */
export async function keepMessages(
  { tx, workspaceId }: WorkspaceTx,
  messages: ReadonlyMap<string, Message>,
  now: number,
): Promise<void> {
  if (messages.size === 0) return;
  const rows = [...messages].map(([hash, message]) => ({ hash, ...cleanMessage(message) }));
  const batch = unnest<(typeof rows)[number]>(
    [
      ['hash', 'text', ({ hash }) => hash],
      ['role', 'text', ({ role }) => role],
      ['parts', 'jsonb', ({ parts }) => parts],
      ['length', 'integer', ({ length }) => length],
    ],
    rows,
  );
  const { rows: kept } = await sql<{ hash: string; is_new: boolean }>`
    insert into message_bodies as t (workspace_id, hash, role, parts, length, seen_at)
    select ${workspaceId}::uuid, v.*, ${time(slotOf(now, 1440))}::timestamptz from ${batch}
    on conflict (workspace_id, hash) do update set seen_at = excluded.seen_at
    where t.seen_at < excluded.seen_at
    returning hash, xmax = 0 as is_new`.execute(tx);
  const added = kept.flatMap(({ hash, is_new: isNew }) => {
    const text = isNew ? textOf(messages.get(hash)) : '';
    return text === '' ? [] : [{ hash, ...documentOf(text) }];
  });
  if (added.length === 0) return;
  await sql`insert into message_search (workspace_id, hash, words, body)
    select ${workspaceId}::uuid, v.hash, v.words::tsvector, v.body
    from ${unnest(searchColumns, added)} on conflict do nothing`.execute(tx);
}

interface Searchable extends SearchDocument {
  hash: string;
}

const searchColumns: readonly Column<Searchable>[] = [
  ['hash', 'text', ({ hash }) => hash],
  ['words', 'text', ({ words }) => words],
  ['body', 'text', ({ body }) => body],
];

function textOf(message: Message | undefined): string {
  const texts = message?.parts?.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? [];
  return cleanText(texts.join('\n').slice(0, MOST_SEARCHED));
}

/** Removes those of the messages that are said in no conversation. */
export async function forgetMessages(ws: WorkspaceTx, hashes: Iterable<string>): Promise<void> {
  const asked = [...new Set(hashes)];
  if (asked.length === 0) return;
  const { rows } = await sql<{ hash: string }>`
    select v.hash from unnest(${asked}::text[]) as v(hash)
    where not exists (select from message_places p
      where ${ws.of('p.workspace_id')} and p.hash = v.hash)`.execute(ws.tx);
  if (rows.length === 0) return;
  const alone = rows.map(({ hash }) => hash);
  await sql`delete from message_search
    where ${ws.of()} and hash = any(${alone}::text[])`.execute(ws.tx);
  await sql`delete from message_bodies
    where ${ws.of()} and hash = any(${alone}::text[])`.execute(ws.tx);
}

/** The messages that an observation names, as a set of texts. */
export const namedBy = (observation: string): RawBuilder<unknown> => {
  const data = sql.ref(`${observation}.data`);
  return sql`jsonb_array_elements_text(coalesce(${data} -> 'inputMessages', '[]')
    || coalesce(${data} -> 'outputMessages', '[]'))`;
};
