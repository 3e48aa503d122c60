/** What requests tell of their conversation: which messages are new in each, and what they say. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import {
  answerMessage,
  askedMessage,
  type Body,
  type Message,
  type MessageRequest,
} from './message.ts';
import { visible } from '../../to-contract/conversation-rows.ts';
import { additionOf, type Exchange } from './thread.ts';

export interface RequestRow extends MessageRequest {
  input_messages: string[];
  output_messages: string[];
  arrived: number;
}

export const requestColumns = sql.raw(`r.started_at, r.key, r.branch, r.execution_id, r.agent,
  r.model, r.latency_ms, r.first_token_ms, r.uncached_input, r.cache_read, r.cache_write, r.output,
  r.cost_usd, r.finish_reason, r.error_type, r.error_message, r.input_messages, r.output_messages,
  r.arrived`);

/** A condition for the requests of a conversation; one that was deleted has none. */
export const requestsOf = (
  ws: WorkspaceTx,
  { domain, key }: { domain: string; key: string },
): RawBuilder<unknown> =>
  sql`${ws.of('r.workspace_id')} and r.conversation = ${key} and r.domain = ${domain}
    and exists (select from conversations c where ${visible(ws, [domain])} and c.key = ${key})`;

/** A message that a request tells. */
export interface RequestMessage {
  request: RequestRow;
  /** What it is called within its request, whatever else the request turns out to tell. */
  name: string;
  /** `null`: the answer is not known. */
  hash: string | null;
  /** Which of the answers it is. */
  kind: 'asked' | 'answered' | 'answered last';
}

/** @param earlier what was told before, oldest first; the latest are enough */
export function requestMessages(
  request: RequestRow,
  earlier: readonly Exchange[],
): RequestMessage[] {
  const { input_messages: input, output_messages: output } = request;
  const { asked } = additionOf(exchangeOf(request), earlier);
  const names = namesOf([...input, ...output]);
  const answers: readonly (string | null)[] = output.length > 0 ? output : [null];
  return [
    ...input.slice(input.length - asked.length).map((hash, place): RequestMessage => {
      const name = names[input.length - asked.length + place] ?? hash;
      return { request, hash, name, kind: 'asked' };
    }),
    ...answers.map((hash, place): RequestMessage => {
      // The only answer is called so before it is known.
      const name = answers.length > 1 ? names[input.length + place] : undefined;
      const kind = place === answers.length - 1 ? 'answered last' : 'answered';
      return { request, hash, name: name ?? 'answer', kind };
    }),
  ];
}

/** The hashes, each but the first of equal ones with its number. */
function namesOf(hashes: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return hashes.map((hash) => {
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return count === 1 ? hash : `${hash}.${count}`;
  });
}

export const exchangeOf = (request: RequestRow): Exchange => ({
  input: request.input_messages,
  output: request.output_messages,
  failed: request.error_type !== null,
});

/** With what was said, in the order given. */
export async function writeMessages(
  ws: WorkspaceTx,
  told: readonly RequestMessage[],
): Promise<Message[]> {
  const bodies = await readBodies(
    ws,
    told.flatMap(({ hash }) => hash ?? []),
  );
  return told.map(({ request, hash, name, kind }) => {
    const body = hash === null ? null : (bodies.get(hash) ?? null);
    if (kind === 'asked') return askedMessage(request, name, body ?? LOST);
    return answerMessage(request, name, body, kind === 'answered last');
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
