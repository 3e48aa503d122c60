/** Search across all messages. */
import { sql, type RawBuilder } from 'kysely';
import type { Conversation } from '../../to-contract/conversation.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import type { Message } from '../../../model/message.ts';
import type { Domains } from '../../rollups/windows.ts';
import { time, unnest, type Column } from '../../database/batch-columns.ts';
import {
  describeConversations,
  visible,
  type Reader,
} from '../../to-contract/conversation-rows.ts';

export interface SearchQuery {
  q: string;
  domains: Domains;
  /** Epoch ms; `null`: any. */
  from: number | null;
  to: number | null;
  after: HitPosition | null;
  limit: number;
}

/** Where a page ended. */
export interface HitPosition {
  /** RFC 3339. */
  at: string;
  domain: string;
  key: string;
  hash: string;
}

export interface Hit {
  conversation: Conversation;
  role: Message['role'];
  at: string;
  /** The text around what was found, cut into what fits and what does not. */
  snippet: { text: string; match: boolean }[];
}

export interface HitPage {
  hits: Hit[];
  next: HitPosition | null;
}

interface FoundPlace {
  hash: string;
  domain: string;
  key: string;
  at: Date;
}

/** Characters that no text has: what a text says must not pass for a mark of ours. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'] as const;

/**
 * Stands for `<` meanwhile: PostgreSQL would take what follows it for markup, and leave it out. A
 * control character is between words in every locale; where that is `C`, all beyond ASCII is a
 * letter.
 */
const LESS = '\u0001';

const placeColumns: readonly Column<FoundPlace>[] = [
  ['hash', 'text', ({ hash }) => hash],
  ['domain', 'text', ({ domain }) => domain],
  ['key', 'text', ({ key }) => key],
];

export async function searchMessages(
  ws: WorkspaceTx,
  { q, domains, from, to, after, limit }: SearchQuery,
  reader: Reader,
): Promise<HitPage> {
  const { rows } = await sql<FoundPlace>`
    select p.hash, p.domain, p.conversation as key, p.first_at as at
    from ${messagesWith(q, from, to)}
    join message_places p on ${ws.of('p.workspace_id')} and p.hash = m.hash
    join conversations c on ${visible(ws, domains)} and c.domain = p.domain
      and c.key = p.conversation
    where ${from === null ? sql`true` : sql`p.first_at >= ${time(from)}`}
      and ${to === null ? sql`true` : sql`p.first_at < ${time(to)}`}
      and ${
        after === null
          ? sql`true`
          : sql`(p.first_at, p.domain, p.conversation, p.hash) < (${after.at}::timestamptz,
              ${after.domain} collate "C", ${after.key} collate "C", ${after.hash} collate "C")`
      }
    order by p.first_at desc, p.domain desc, p.conversation desc, p.hash desc
    limit ${limit + 1}`.execute(ws.tx);
  const places = rows.slice(0, limit);
  const last = rows.length > limit ? places.at(-1) : undefined;
  const hits = await tell(ws, q, places, reader);
  return {
    hits,
    next: last
      ? { at: last.at.toISOString(), domain: last.domain, key: last.key, hash: last.hash }
      : null,
  };
}

/** The hashes of messages that fit, those of conversations of a period at least: `m(hash)`. */
export const messagesWith = (
  q: string,
  from: number | null,
  to: number | null,
): RawBuilder<unknown> =>
  sql`find_messages(${q}, ${from === null ? null : time(from)}::timestamptz,
    ${to === null ? null : time(to)}::timestamptz) as m(hash)`;

async function tell(
  ws: WorkspaceTx,
  q: string,
  places: readonly FoundPlace[],
  reader: Reader,
): Promise<Hit[]> {
  if (places.length === 0) return [];
  const found = sql`select c.* from ${unnest(placeColumns, places)}
    join conversations c on ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key`;
  const conversations = new Map(
    (await describeConversations(ws, found, reader)).map((it) => [`${it.domain}\0${it.id}`, it]),
  );
  const hashes = [...new Set(places.map(({ hash }) => hash))];
  const options = `StartSel=${OPEN}, StopSel=${CLOSE}, MaxWords=30, MinWords=12, ShortWord=0`;
  const { rows } = await sql<{ hash: string; role: Message['role']; headline: string }>`
    select b.hash, b.role, ts_headline('public.cloudbrain',
      translate(left(string_agg(p.part ->> 'text', E'\n' order by p.place), 100000),
        ${`<${OPEN}${CLOSE}${LESS}`}, ${LESS}),
      websearch_to_tsquery('public.cloudbrain', ${q}), ${options}) as headline
    from message_bodies b
    cross join lateral jsonb_array_elements(b.parts) with ordinality as p(part, place)
    where ${ws.of('b.workspace_id')} and b.hash = any(${hashes}::text[])
      and jsonb_typeof(b.parts) = 'array' and p.part ->> 'type' = 'text'
    group by b.hash, b.role`.execute(ws.tx);
  const bodies = new Map(rows.map((row) => [row.hash, row]));
  return places.flatMap(({ hash, domain, key, at }) => {
    const conversation = conversations.get(`${domain}\0${key}`);
    const body = bodies.get(hash);
    if (!conversation || !body) return [];
    const { role, headline } = body;
    return [{ conversation, role, at: at.toISOString(), snippet: snippetOf(headline) }];
  });
}

/** A headline, cut at its marks. */
function snippetOf(headline: string): Hit['snippet'] {
  return headline
    .replaceAll(LESS, '<')
    .split(OPEN)
    .flatMap((piece, index) => {
      if (index === 0) return piece === '' ? [] : [{ text: piece, match: false }];
      const [match = '', rest = ''] = piece.split(CLOSE);
      const tail = rest === '' ? [] : [{ text: rest, match: false }];
      return [{ text: match, match: true }, ...tail];
    });
}
