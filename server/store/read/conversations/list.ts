/** The list of conversations: filters, order, pages, and a count that has an end. */
import { sql, type RawBuilder } from 'kysely';
import { ACTIVE_MS, type Conversation } from '../../to-contract/conversation.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery } from '../../database/pages.ts';
import type { Domains } from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { cleanName } from '../../database/clean.ts';
import { parseQuery, toDatabase, type DatabaseQuery } from '../../search/query.ts';
import type { ConversationPlace } from '../../../model/conversation-place.ts';
import {
  describeConversationsAt,
  visible,
  type Reader,
} from '../../to-contract/conversation-rows.ts';
import { findMessages } from './search.ts';

export interface ConversationFilter {
  domains: Domains;
  /** Epoch ms: those with a message since, and begun before; `null`: any. */
  from: number | null;
  to: number | null;
  status?: Conversation['status'] | undefined;
  /** Who started it. */
  user?: string | undefined;
  /** Who started it, or took part in it: what an erasure of the user deletes. */
  participant?: string | undefined;
  model?: string | undefined;
  tag?: string | undefined;
  favorite?: boolean | undefined;
  /** A search of the web's kind. */
  q?: string | undefined;
}

export type Sort = 'last_message' | 'started' | 'requests' | 'tokens' | 'cost';
export type Order = 'asc' | 'desc';

export interface ListPage extends PageQuery {
  sort: Sort;
  order: Order;
}

export interface ConversationPage extends Page<Conversation> {
  count: { value: number; isExact: boolean };
}

/** As names are compared: byte by byte. */
const NAME = 'text collate "C"';

/** As far as it is counted. */
const MOST_COUNTED = 1_000;

/** What is sorted by, and its type. */
const SORTS: Record<Sort, readonly [expression: string, type: string]> = {
  last_message: ['c.last_message_at', 'timestamptz'],
  started: ['c.first_at', 'timestamptz'],
  requests: ['c.requests', 'integer'],
  tokens: ['(c.input_tokens + c.output_tokens)', 'bigint'],
  cost: ['c.cost_usd', 'numeric'],
};

export async function listConversations(
  ws: WorkspaceTx,
  filter: ConversationFilter,
  page: ListPage,
  reader: Reader,
): Promise<ConversationPage> {
  const { sort, order, limit } = page;
  const [expression, type] = SORTS[sort];
  const search = await readSearch(ws, filter);
  const keys = [
    { value: sql.ref('value'), type, order },
    { value: sql.ref('domain'), type: NAME, order },
    { value: sql.ref('key'), type: NAME, order },
  ];
  const { isBeyond, inOrder } = seek(keys, page.from);
  // Messages are looked for once, for the page and the count; without it each goes by an index.
  const { rows } = await sql<{ n: number; domain: string | null; key: string | null }>`
    with fitting as ${search?.isFound ? sql`materialized` : sql`not materialized`} (
      select ${sql.raw(expression)} as value, c.domain, c.key from conversations c
      where ${fitting(ws, filter, reader, search)}
    )
    select counted.n, page.domain, page.key
    from (select count(*) as n from (select from fitting limit ${MOST_COUNTED + 1}) few) counted
    left join (select * from fitting where ${isBeyond} ${inOrder} limit ${limit + 1}) page on true
    ${inOrder}`.execute(ws.tx);
  const n = rows[0]?.n ?? 0;
  const places = rows.flatMap(({ domain, key }) => (domain && key ? [{ domain, key }] : []));
  const found = await describeConversationsAt(ws, places, reader);
  return {
    ...pageOf(found, page, (it) => [valueIn(it, sort), it.domain, it.id]),
    count: { value: Math.min(n, MOST_COUNTED), isExact: n <= MOST_COUNTED },
  };
}

/** Where those are that fit, by domain and key, without what they hold. */
export async function findFitting(
  ws: WorkspaceTx,
  filter: ConversationFilter,
  { after, limit }: { after: ConversationPlace | null; limit: number },
  reader: Reader,
): Promise<ConversationPlace[]> {
  const search = await readSearch(ws, filter);
  const beyond =
    after === null
      ? sql`true`
      : sql`(c.domain, c.key) > (${after.domain} collate "C", ${after.key} collate "C")`;
  const { rows } = await sql<ConversationPlace>`
    select c.domain, c.key from conversations c
    where ${fitting(ws, filter, reader, search)} and ${beyond}
    order by c.domain, c.key limit ${limit}`.execute(ws.tx);
  return rows;
}

/** Of what a conversation is sorted by, as exact as the table has it. */
function valueIn(
  { requests, startedAt, lastMessageAt, tokens, cost }: Conversation,
  sort: Sort,
): string {
  switch (sort) {
    case 'last_message':
      return lastMessageAt;
    case 'started':
      return startedAt;
    case 'requests':
      return String(requests);
    case 'tokens':
      return String((tokens.input ?? 0) + (tokens.output ?? 0));
    case 'cost':
      return cost.usd;
  }
}

function fitting(
  ws: WorkspaceTx,
  filter: ConversationFilter,
  { accountId, now }: Reader,
  search: Search | null,
): RawBuilder<unknown> {
  const { domains, from, to, status, user, participant, model, tag, favorite } = filter;
  const activeSince = time(now - ACTIVE_MS);
  const conditions: RawBuilder<unknown>[] = [visible(ws, domains)];
  if (from !== null) conditions.push(sql`c.last_message_at >= ${time(from)}`);
  if (to !== null) conditions.push(sql`c.first_at < ${time(to)}`);
  if (status === 'active') conditions.push(sql`c.last_message_at > ${activeSince}`);
  if (status === 'ended') conditions.push(sql`c.last_message_at <= ${activeSince}`);
  if (user !== undefined) conditions.push(sql`c.user_id = ${cleanName(user)}`);
  if (participant !== undefined) {
    conditions.push(sql`(c.domain, c.key) in (${conversationsOf(ws, cleanName(participant))})`);
  }
  if (model !== undefined) conditions.push(sql`jsonb_exists(c.models, ${model})`);
  if (tag !== undefined) {
    conditions.push(sql`exists (select from conversation_tags t
      where ${ws.of('t.workspace_id')} and t.domain = c.domain and t.conversation = c.key
        and t.tag = ${tag})`);
  }
  if (favorite !== undefined) {
    const is = sql`exists (select from conversation_favorites f
      where ${ws.of('f.workspace_id')} and f.account_id = ${accountId}::uuid
        and f.domain = c.domain and f.conversation = c.key)`;
    conditions.push(favorite ? is : sql`not ${is}`);
  }
  if (search) conditions.push(search.condition);
  return sql.join(conditions, sql` and `);
}

/** Where a user took part, each part of it by an index of the user's rows. */
const conversationsOf = (ws: WorkspaceTx, user: string): RawBuilder<unknown> =>
  sql`select domain, key from conversations where ${ws.of()} and user_id = ${user}
    union select domain, conversation from requests
      where ${ws.of()} and user_id = ${user} and conversation is not null
    union select domain, conversation from executions
      where ${ws.of()} and user_id = ${user} and conversation is not null
    union select domain, conversation from errors
      where ${ws.of()} and user_id = ${user} and conversation is not null`;

interface Search {
  /** What holds for `conversations c` that fit. */
  condition: RawBuilder<unknown>;
  /** Whether it looks for messages, instead of trying conversations one by one. */
  isFound: boolean;
}

/** @returns `null` where nothing is looked for */
async function readSearch(
  ws: WorkspaceTx,
  { q, domains }: ConversationFilter,
): Promise<Search | null> {
  if (q === undefined) return null;
  const query = parseQuery(q);
  const asked = toDatabase(query);
  if (!asked) return { condition: sql`false`, isFound: false };
  const { rows } = await sql<{ often: boolean }>`
    select begin_search(${asked.words}) as often`.execute(ws.tx);
  if (rows[0]?.often) return { condition: saysAnywhere(ws, asked), isFound: false };
  const all = { domains, from: null, to: null, place: null, most: null };
  const condition = sql`(c.domain, c.key) in (
    select domain, conversation from ${findMessages(query, all)})`;
  return { condition, isFound: true };
}

/** Whether one of a conversation's messages fits: for what is said in so many that few are tried. */
const saysAnywhere = (ws: WorkspaceTx, { exact }: DatabaseQuery): RawBuilder<unknown> =>
  // `offset 0`: else the planner may collect all messages that fit first.
  sql`exists (select from message_places p
    cross join lateral (select s.body from message_search s
      where ${ws.of('s.workspace_id')} and s.workspace_id = p.workspace_id and s.hash = p.hash
      offset 0) s
    where ${ws.of('p.workspace_id')} and p.domain = c.domain and p.conversation = c.key
      and (${exact}::jsonb is null or message_says(s.body, ${exact}::jsonb))
    offset 0)`;
