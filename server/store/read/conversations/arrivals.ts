/**
 * The messages of a conversation in the order in which they came to be known. A request comes when
 * it has ended, and what was said in it may come later still: who follows a conversation goes on
 * after what has arrived, whenever it was said.
 */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import type { Message } from './message.ts';
import type { ConversationPlace } from '../../../model/conversation-place.ts';
import {
  exchangeOf,
  requestColumns,
  requestsOf,
  requestMessages,
  writeMessages,
  type RequestRow,
  type RequestMessage,
} from './request-messages.ts';
import { LOOK_BACK } from './thread.ts';

/** Which message has arrived. */
export interface Arrival {
  /** When its request did: grows with each commit. */
  arrived: number;
  /** RFC 3339: when its request began. */
  startedAt: string;
  /** Its request's. */
  key: string;
  /** What it is called in there. */
  name: string;
}

export interface ArrivedMessage {
  message: Message;
  /** Of what it says; `null`: that is not known. */
  hash: string | null;
  arrival: Arrival;
}

export interface ArrivalPage {
  messages: ArrivedMessage[];
  hasMore: boolean;
}

/** Requests that are read at once; the first may have no message that is new. */
const REQUESTS = 20;

/** The messages that arrived after one, or all; at most so many. */
export async function readArrivals(
  ws: WorkspaceTx,
  place: ConversationPlace,
  after: Arrival | null,
  limit: number,
): Promise<ArrivalPage> {
  const since =
    after === null
      ? sql`true`
      : sql`(${order}) >= (${after.arrived}::bigint, ${after.startedAt}::timestamptz,
          ${after.key} collate "C")`;
  const found = await readTold(
    ws,
    place,
    sql`and ${since} order by r.arrived, r.started_at, r.key collate "C" limit ${REQUESTS}`,
  );
  const told = found.flatMap((each, index) =>
    index === 0 && after !== null ? restOf(each, after) : each,
  );
  const chosen = told.slice(0, limit);
  const messages = await writeMessages(ws, chosen);
  return {
    messages: chosen.flatMap((each, index) => {
      const message = messages[index];
      return message ? [{ message, hash: each.hash, arrival: arrivalOf(each) }] : [];
    }),
    hasMore: told.length > chosen.length || found.length === REQUESTS,
  };
}

/** After which arrival just so many messages came; `null` where there are no more than these. */
export async function arrivalBefore(
  ws: WorkspaceTx,
  place: ConversationPlace,
  count: number,
): Promise<Arrival | null> {
  // Each request tells one message at least.
  const found = await readTold(
    ws,
    place,
    sql`order by r.arrived desc, r.started_at desc, r.key collate "C" desc limit ${count + 1}`,
  );
  const last = found.flat().at(-count - 1);
  return last ? arrivalOf(last) : null;
}

const order = sql`r.arrived, r.started_at, r.key collate "C"`;

/**
 * What some requests tell, each by what was there before it, in the order of their arrival.
 * @param which ends a query of requests
 */
async function readTold(
  ws: WorkspaceTx,
  place: ConversationPlace,
  which: RawBuilder<unknown>,
): Promise<RequestMessage[][]> {
  const mine = requestsOf(ws, place);
  const { rows } = await sql<RequestRow & { is_wanted: boolean }>`
    with wanted as (
      select r.started_at, r.key from requests r where ${mine} ${which}
    ),
    near as (
      select distinct before.started_at, before.key from wanted
      cross join lateral (
        select r.started_at, r.key from requests r
        where ${mine} and (r.started_at, r.key collate "C") <= (wanted.started_at, wanted.key)
        order by r.started_at desc, r.key collate "C" desc limit ${LOOK_BACK + 1}
      ) before
    )
    select ${requestColumns},
      exists (select from wanted where wanted.started_at = r.started_at and wanted.key = r.key)
        as is_wanted
    from near
    join requests r
      on ${ws.of('r.workspace_id')} and r.started_at = near.started_at and r.key = near.key
    order by r.started_at, r.key collate "C"`.execute(ws.tx);
  const exchanges = rows.map(exchangeOf);
  return rows
    .map((row, index) => ({ row, earlier: exchanges.slice(Math.max(0, index - LOOK_BACK), index) }))
    .filter(({ row }) => row.is_wanted)
    .toSorted((one, other) => one.row.arrived - other.row.arrived)
    .map(({ row, earlier }) => requestMessages(row, earlier));
}

/** Where the message itself is not told any more, its request is told once more. */
function restOf(
  told: readonly RequestMessage[],
  { arrived, key, name }: Arrival,
): readonly RequestMessage[] {
  const request = told[0]?.request;
  if (request?.key !== key || request.arrived !== arrived) return told;
  return told.slice(told.findIndex((each) => each.name === name) + 1);
}

const arrivalOf = ({ request, name }: RequestMessage): Arrival => ({
  arrived: request.arrived,
  startedAt: request.started_at.toISOString(),
  key: request.key,
  name,
});
