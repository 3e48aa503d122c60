/** The messages of a conversation, read page by page from its requests. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import {
  answerMessage,
  askedMessage,
  type Body,
  type Message,
  type MessageRequest,
} from './message.ts';
import { additionOf, LOOK_BACK, type Exchange } from './thread.ts';

/** The conversation whose messages are read. */
export interface ConversationPlace {
  domain: string;
  key: string;
}

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

interface RequestRow extends MessageRequest {
  input_messages: string[];
  output_messages: string[];
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
  const told = tell(requests, earlier);
  const fitting =
    from === null ? told : told.filter(({ position }) => isBeyond(position, from, isNewer));
  const chosen = isNewer ? fitting.slice(0, limit) : fitting.slice(-limit);
  const hasMore = fitting.length > chosen.length || rows.length === limit + 2;
  const bodies = await readBodies(
    ws,
    chosen.flatMap(({ hash }) => hash ?? []),
  );
  return {
    hasMore,
    messages: chosen.map(({ hash, position, write }) => ({
      position,
      message: write(hash === null ? null : (bodies.get(hash) ?? null)),
    })),
  };
}

const byRequest = sql`r.started_at, r.key collate "C"`;

const mine = (ws: WorkspaceTx, { domain, key }: ConversationPlace): RawBuilder<unknown> =>
  sql`${ws.of('r.workspace_id')} and r.conversation = ${key} and r.domain = ${domain}`;

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
    select r.started_at, r.key, r.branch, r.execution_id, r.agent, r.model, r.latency_ms,
      r.first_token_ms, r.uncached_input, r.cache_read, r.cache_write, r.output, r.cost_usd,
      r.finish_reason, r.error_type, r.error_message, r.input_messages, r.output_messages
    from requests r where ${mine(ws, place)}
      and ${from === null ? sql`true` : sql`(${byRequest}) ${since} ${positionOf(from)}`}
    order by r.started_at ${way}, r.key collate "C" ${way} limit ${limit}`.execute(ws.tx);
  return rows;
}

/** What the latest requests before this one have told. */
async function readExchanges(
  ws: WorkspaceTx,
  place: ConversationPlace,
  { started_at: startedAt, key }: RequestRow,
): Promise<Exchange[]> {
  const before = positionOf({ startedAt: startedAt.toISOString(), key, index: 0 });
  const { rows } = await sql<Exchange>`
    select r.input_messages as input, r.output_messages as output,
      r.error_type is not null as failed
    from requests r where ${mine(ws, place)} and (${byRequest}) < ${before}
    order by r.started_at desc, r.key collate "C" desc limit ${LOOK_BACK}`.execute(ws.tx);
  return rows.toReversed();
}

interface Told {
  /** `null`: the answer is not known. */
  hash: string | null;
  position: MessagePosition;
  write(body: Body | null): Message;
}

function tell(requests: readonly RequestRow[], before: readonly Exchange[]): Told[] {
  const earlier = [...before];
  return requests.flatMap((request) => {
    const { input_messages: input, output_messages: output, error_type: error } = request;
    const exchange = { input, output, failed: error !== null };
    const { asked } = additionOf(exchange, earlier);
    earlier.push(exchange);
    const position = (index: number): MessagePosition => ({
      startedAt: request.started_at.toISOString(),
      key: request.key,
      index,
    });
    const answers: readonly (string | null)[] = output.length > 0 ? output : [null];
    return [
      ...asked.map((hash, index): Told => ({
        hash,
        position: position(index),
        write: (body) => askedMessage(request, index, body ?? LOST),
      })),
      ...answers.map((hash, place): Told => {
        const index = asked.length + place;
        const isLast = place === answers.length - 1;
        return {
          hash,
          position: position(index),
          write: (body) => answerMessage(request, index, body, isLast),
        };
      }),
    ];
  });
}

/** A message whose body retention has removed. */
const LOST: Body = { role: 'user', parts: null, length: null };

async function readBodies(ws: WorkspaceTx, hashes: readonly string[]): Promise<Map<string, Body>> {
  if (hashes.length === 0) return new Map();
  const { rows } = await sql<Body & { hash: string }>`
    select hash, role, parts, length from message_bodies
    where ${ws.of()} and hash = any(${[...new Set(hashes)]}::text[])`.execute(ws.tx);
  return new Map(rows.map((row) => [row.hash, row]));
}

function isBeyond(at: MessagePosition, from: MessagePosition, isNewer: boolean): boolean {
  const order =
    Date.parse(at.startedAt) - Date.parse(from.startedAt) ||
    (at.key === from.key ? 0 : at.key < from.key ? -1 : 1) ||
    at.index - from.index;
  return isNewer ? order > 0 : order < 0;
}
