/** The messages of a conversation, read page by page from its requests. */
import type { ConversationPlace } from '../../../model/conversation-place.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, type Page, type PageQuery } from '../../database/pages.ts';
import type { Message } from './message.ts';
import {
  exchangeOf,
  requestColumns,
  requestsOf,
  requestMessages,
  writeMessages,
  type RequestRow,
  type RequestMessage,
} from './request-messages.ts';
import { LOOK_BACK, type Exchange } from './thread.ts';

/** Where a message is: the n-th that its request tells. */
interface MessagePosition {
  /** RFC 3339: when the request began. */
  startedAt: string;
  key: string;
  index: number;
}

export interface MessagesQuery extends PageQuery {
  /** Oldest first (`asc`), or latest first. */
  order: 'asc' | 'desc';
}

/** Where the messages of a page are looked for. */
interface Window {
  isNewer: boolean;
  from: MessagePosition | null;
  isIncluded: boolean;
  limit: number;
}

export async function readMessages(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { order, from, limit }: MessagesQuery,
): Promise<Page<Message>> {
  const [startedAt = '', key = '', index] = from?.position ?? [];
  const found = await findMessages(ws, place, {
    isNewer: (order === 'asc') === (from?.towards !== 'previous'),
    from: from && { startedAt, key, index: Number(index) },
    isIncluded: from?.isIncluded ?? false,
    // One more tells whether there are more.
    limit: limit + 1,
  });
  const { entries, ...around } = pageOf(found, { from, limit }, ({ position }) => [
    position.startedAt,
    position.key,
    String(position.index),
  ]);
  const messages = await writeMessages(
    ws,
    entries.map(({ message }) => message),
  );
  return { entries: messages, ...around };
}

interface PlacedMessage {
  message: RequestMessage;
  position: MessagePosition;
}

/** Away from the place that they are looked for from. */
async function findMessages(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { isNewer, from, isIncluded, limit }: Window,
): Promise<PlacedMessage[]> {
  // Each request tells one message at least; the one that the page begins in may have no more.
  const rows = await readRequests(ws, place, { isNewer, from, limit: limit + 1 });
  const requests = isNewer ? rows : rows.toReversed();
  const [first] = requests;
  if (!first) return [];
  const earlier = await readExchanges(ws, place, first);
  const all = tell(requests, earlier);
  const fitting = all.filter(({ position }) => {
    const order = from === null ? 1 : compare(position, from) * (isNewer ? 1 : -1);
    return isIncluded ? order >= 0 : order > 0;
  });
  return (isNewer ? fitting : fitting.toReversed()).slice(0, limit);
}

const byRequest = sql`r.started_at, r.key collate "C"`;

const positionOf = ({ startedAt, key }: MessagePosition): RawBuilder<unknown> =>
  sql`(${startedAt}::timestamptz, ${key} collate "C")`;

async function readRequests(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { isNewer, from, limit }: Omit<Window, 'isIncluded'>,
): Promise<RequestRow[]> {
  const way = sql.raw(isNewer ? '' : 'desc');
  const since = sql.raw(isNewer ? '>=' : '<=');
  const { rows } = await sql<RequestRow>`
    select ${requestColumns}
    from requests r where ${requestsOf(ws, place)}
      and ${from === null ? sql`true` : sql`(${byRequest}) ${since} ${positionOf(from)}`}
    order by r.started_at ${way}, r.key collate "C" ${way} limit ${limit}`.execute(ws.tx);
  return rows;
}

/** The messages of the latest requests before this one. */
async function readExchanges(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { started_at: startedAt, key }: RequestRow,
): Promise<Exchange[]> {
  const before = positionOf({ startedAt: startedAt.toISOString(), key, index: 0 });
  const { rows } = await sql<Exchange>`
    select r.input_messages as input, r.output_messages as output,
      r.error_type is not null as failed
    from requests r where ${requestsOf(ws, place)} and (${byRequest}) < ${before}
    order by r.started_at desc, r.key collate "C" desc limit ${LOOK_BACK}`.execute(ws.tx);
  return rows.toReversed();
}

function tell(requests: readonly RequestRow[], before: readonly Exchange[]): PlacedMessage[] {
  const earlier = [...before];
  return requests.flatMap((request) => {
    const all = requestMessages(request, earlier);
    earlier.push(exchangeOf(request));
    const startedAt = request.started_at.toISOString();
    return all.map((message, index) => ({
      message,
      position: { startedAt, key: request.key, index },
    }));
  });
}

const compare = (one: MessagePosition, other: MessagePosition): number =>
  Date.parse(one.startedAt) - Date.parse(other.startedAt) ||
  (one.key === other.key ? 0 : one.key < other.key ? -1 : 1) ||
  one.index - other.index;
