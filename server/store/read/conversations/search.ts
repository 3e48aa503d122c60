/** Search across all messages. */
import { sql, type RawBuilder } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { Conversation } from '../../to-contract/conversation.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, type Page, type PageQuery, type Place } from '../../database/pages.ts';
import type { Message } from '../../../model/message.ts';
import type { Domains } from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { MOST_SEARCHED } from '../../search/document.ts';
import { parseQuery, toDatabase, type ParsedQuery } from '../../search/query.ts';
import { snippetOf, type SnippetPart } from '../../search/snippet.ts';
import { describeConversationsAt, type Reader } from '../../to-contract/conversation-rows.ts';

export interface SearchQuery {
  q: string;
  domains: Domains;
  /** Epoch ms; `null`: any. */
  from: number | null;
  to: number | null;
  page: PageQuery;
}

export interface Hit {
  conversation: Conversation;
  role: Message['role'];
  at: string;
  /** The text around what was found, cut into what fits and what does not. */
  snippet: SnippetPart[];
}

interface FoundPlace {
  hash: string;
  domain: string;
  key: string;
  at: Date;
}

export async function searchMessages(
  ws: WorkspaceTx,
  { q, domains, from, to, page }: SearchQuery,
  reader: Reader,
): Promise<Page<Hit>> {
  const query = parseQuery(q);
  const most = page.limit + 1;
  const way = sql.raw(page.from?.towards === 'previous' ? 'asc' : 'desc');
  const { rows } = await sql<FoundPlace>`
    select hash, domain, conversation as key, first_at as at
    from ${findMessages(query, { domains, from, to, place: page.from, most })}
    order by first_at ${way}, domain ${way}, conversation ${way}, hash ${way}`.execute(ws.tx);
  const { entries, ...around } = pageOf(rows, page, ({ at, domain, key, hash }) => [
    at.toISOString(),
    domain,
    key,
    hash,
  ]);
  return { entries: await describeHits(ws, query, entries, reader), ...around };
}

interface Window extends Pick<SearchQuery, 'domains' | 'from' | 'to'> {
  /** Where they start: those before it in time, or after it where the page leads back. */
  place: Place | null;
  /** `null`: all. */
  most: number | null;
}

/** Places of messages that fit, in conversations that aren't deleted: a source of rows. */
export function findMessages(
  query: ParsedQuery,
  { domains, from, to, place, most }: Window,
): RawBuilder<unknown> {
  const asked = toDatabase(query);
  if (!asked) {
    return sql`(select null::text as hash, null::text as domain, null::text as conversation,
      null::timestamptz as first_at where false) as found`;
  }
  const at = (ms: number | null) => (ms === null ? null : time(ms));
  const [since, domain, key, hash] = place?.position ?? [];
  const isBack = place?.towards === 'previous';
  const find = sql.raw(isBack ? 'find_messages_after' : 'find_messages');
  // They start beyond a place; just before it is what no other hash comes between.
  const start = place?.isIncluded ? (isBack ? '' : `${hash}\u0001`) : hash;
  return sql`${find}(${asked.words}, ${asked.exact}::jsonb, ${at(from)}::timestamptz,
    ${at(to)}::timestamptz, ${domains}::text[], ${since ?? null}::timestamptz,
    ${domain ?? null}, ${key ?? null}, ${start ?? null}, ${most}::integer) as found`;
}

async function describeHits(
  ws: WorkspaceTx,
  query: ParsedQuery,
  places: readonly FoundPlace[],
  reader: Reader,
): Promise<Hit[]> {
  if (places.length === 0) return [];
  const conversations = new Map(
    (await describeConversationsAt(ws, places, reader)).map((it) => [`${it.domain}\0${it.id}`, it]),
  );
  const hashes = [...new Set(places.map(({ hash }) => hash))];
  const { rows } = await sql<{ hash: string; role: Message['role']; text: string }>`
    select b.hash, b.role,
      left(string_agg(p.part ->> 'text', E'\n' order by p.place), ${MOST_SEARCHED}) as text
    from message_bodies b
    cross join lateral jsonb_array_elements(b.parts) with ordinality as p(part, place)
    where ${ws.of('b.workspace_id')} and b.hash = any(${hashes}::text[])
      and jsonb_typeof(b.parts) = 'array' and p.part ->> 'type' = 'text'
    group by b.hash, b.role`.execute(ws.tx);
  const bodies = new Map<string, { role: Message['role']; snippet: SnippetPart[] }>();
  for (const { hash, role, text } of rows) {
    bodies.set(hash, { role, snippet: snippetOf(text.slice(0, MOST_SEARCHED), query) });
    // A long message takes milliseconds: other requests get in between.
    await setImmediate();
  }
  return places.flatMap(({ hash, domain, key, at }) => {
    const conversation = conversations.get(`${domain}\0${key}`);
    const body = bodies.get(hash);
    return conversation && body ? [{ conversation, at: at.toISOString(), ...body }] : [];
  });
}
