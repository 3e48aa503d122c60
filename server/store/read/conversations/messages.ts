/** The messages of a conversation, read page by page from its requests. */
import type { ConversationPlace } from '../../../model/conversation-place.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
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
export interface MessagePosition {
  /** RFC 3339: when the request began. */
  startedAt: string;
  key: string;
  index: number;
}

/** `after` and `before` leave the named message out; neither: from the respective end. */
export interface MessageWindow {
  towards: 'newer' | 'older';
  from: MessagePosition | null;
  limit: number;
}

export interface PlacedMessage {
  message: Message;
  position: MessagePosition;
}

export interface MessagesFound {
  /** Oldest first, whichever way they were looked for. */
  messages: PlacedMessage[];
  /** Whether there are more in the direction of the window. */
  hasMore: boolean;
}

export async function readMessages(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { towards, from, limit }: MessageWindow,
): Promise<MessagesFound> {
  const isNewer = towards === 'newer';
  // Each request tells one message at least; the one that the page begins in may have no more.
  const rows = await readRequests(ws, place, { towards, from, limit: limit + 2 });
  const requests = isNewer ? rows : rows.toReversed();
  const [first] = requests;
  if (!first) return { messages: [], hasMore: false };
  const earlier = await readExchanges(ws, place, first);
  const all = tell(requests, earlier);
  const fitting =
    from === null ? all : all.filter(({ position }) => isBeyond(position, from, isNewer));
  const chosen = isNewer ? fitting.slice(0, limit) : fitting.slice(-limit);
  const hasMore = fitting.length > chosen.length || rows.length === limit + 2;
  const messages = await writeMessages(
    ws,
    chosen.map(({ message }) => message),
  );
  return {
    hasMore,
    messages: chosen.flatMap(({ position }, index) => {
      const message = messages[index];
      return message ? [{ message, position }] : [];
    }),
  };
}

const byRequest = sql`r.started_at, r.key collate "C"`;

const positionOf = ({ startedAt, key }: MessagePosition): RawBuilder<unknown> =>
  sql`(${startedAt}::timestamptz, ${key} collate "C")`;

async function readRequests(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { towards, from, limit }: MessageWindow,
): Promise<RequestRow[]> {
  const way = sql.raw(towards === 'newer' ? '' : 'desc');
  const since = sql.raw(towards === 'newer' ? '>=' : '<=');
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

function tell(
  requests: readonly RequestRow[],
  before: readonly Exchange[],
): { message: RequestMessage; position: MessagePosition }[] {
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

function isBeyond(at: MessagePosition, from: MessagePosition, isNewer: boolean): boolean {
  const order =
    Date.parse(at.startedAt) - Date.parse(from.startedAt) ||
    (at.key === from.key ? 0 : at.key < from.key ? -1 : 1) ||
    at.index - from.index;
  return isNewer ? order > 0 : order < 0;
}
