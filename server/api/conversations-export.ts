/** Conversations as files, written as they are read: however long, never all at once in memory. */
import { ReadableStream } from 'node:stream/web';
import type { Schemas } from '../contract/index.ts';
import type { Conversation } from '../store/to-contract/conversation.ts';
import type { Message } from '../store/read/conversations/message.ts';
import type { ConversationPlace } from '../model/conversation-place.ts';
import type { Page, Place } from '../store/database/pages.ts';
import type { Reader } from '../store/to-contract/conversation-rows.ts';
import type { ConversationStore } from '../store/read/conversations.ts';
import { csvRows, decimal, type CsvCell } from './csv.ts';

type Format = Schemas['ConversationExportFormat'];

export interface ExportOptions {
  store: Pick<ConversationStore, 'describe' | 'messages'>;
  workspaceId: string;
  reader: Reader;
}

const types: Record<Format, string> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Messages that are read at once. */
const PAGE = 200;

/** One conversation. */
export function exportOne(
  options: ExportOptions,
  place: ConversationPlace,
  format: Format,
): Response {
  const texts =
    format === 'csv'
      ? asCsv(options, [place])
      : asJson(options, [place], { open: '', between: '', end: '\n' });
  return fileOf(texts, format, place.key);
}

/** What one answer has of an export. */
export interface ExportPart {
  places: readonly ConversationPlace[];
  /** The cursor that goes on after a conversation; left out where none does. */
  cursorOf?: (place: ConversationPlace) => string;
  nextCursor: string | null;
}

/** Many conversations, in the order given. */
export function exportMany(
  options: ExportOptions,
  { places, cursorOf, nextCursor }: ExportPart,
  format: Format,
): Response {
  const separators =
    format === 'json'
      ? { open: '[', between: ',\n', end: ']\n' }
      : { open: '', between: '\n', end: '\n' };
  const texts =
    format === 'csv' ? asCsv(options, places) : asJson(options, places, separators, cursorOf);
  const file = fileOf(texts, format, 'conversations');
  if (nextCursor !== null) file.headers.set('CloudBrain-Next-Cursor', nextCursor);
  return file;
}

function fileOf(texts: AsyncIterable<string>, format: Format, name: string): Response {
  const safe = name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80);
  const body: unknown = ReadableStream.from(encoded(texts));
  return new Response(body as BodyInit, {
    headers: {
      'content-type': types[format],
      'content-disposition': `attachment; filename="${safe}.${format}"`,
    },
  });
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

async function* asJson(
  options: ExportOptions,
  places: readonly ConversationPlace[],
  { open, between, end }: { open: string; between: string; end: string },
  cursorOf?: ExportPart['cursorOf'],
): AsyncGenerator<string> {
  yield open;
  let isFirst = true;
  for await (const { conversation, place } of described(options, places)) {
    if (!isFirst) yield between;
    isFirst = false;
    // The whole without its last brace, so that the messages can follow one by one.
    const whole = cursorOf ? { ...conversation, cursor: cursorOf(place) } : conversation;
    yield `${JSON.stringify(whole).slice(0, -1)},"messages":[`;
    let separator = '';
    for await (const message of messagesOf(options, place)) {
      yield separator + JSON.stringify(message);
      separator = ',';
    }
    yield ']}';
  }
  yield isFirst && open === '' ? '' : end;
}

const HEADER = [
  'conversation_id',
  'domain',
  'user',
  'message_id',
  'at',
  'role',
  'text',
  'agent',
  'model',
  'branch',
  'execution_id',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'unpriced',
  'latency_ms',
  'time_to_first_token_ms',
  'finish_reason',
  'error_type',
  'error_message',
] as const;

const asCsv = (
  options: ExportOptions,
  places: readonly ConversationPlace[],
): AsyncIterable<string> => csvRows(HEADER, rowsOf(options, places));

async function* rowsOf(
  options: ExportOptions,
  places: readonly ConversationPlace[],
): AsyncGenerator<CsvCell[]> {
  for await (const { conversation, place } of described(options, places)) {
    for await (const message of messagesOf(options, place)) yield cellsOf(conversation, message);
  }
}

function cellsOf({ id, domain, user }: Conversation, message: Message): CsvCell[] {
  const { tokens, cost, error } = message;
  return [
    id,
    domain,
    user,
    message.id,
    message.at,
    message.role,
    textOf(message),
    message.agent,
    message.model,
    message.branch,
    message.executionId,
    tokens?.input ?? null,
    tokens?.output ?? null,
    cost === null || cost.unpricedRequests > 0 ? null : decimal(cost.usd),
    cost?.unpricedRequests ?? null,
    message.latencyMs,
    message.timeToFirstTokenMs,
    message.finishReason,
    error?.type ?? null,
    error?.message ?? null,
  ];
}

/** What was said; calls of tools and their results as JSON. */
function textOf({ parts }: Message): string | null {
  if (parts === null) return null;
  return parts.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('\n');
}

/** Whoever is deleted in the meantime is left out. */
async function* described(
  { store, workspaceId, reader }: ExportOptions,
  places: readonly ConversationPlace[],
): AsyncGenerator<{ conversation: Conversation; place: ConversationPlace }> {
  for (const place of places) {
    const conversation = await store.describe(workspaceId, place, reader);
    if (conversation) yield { conversation, place };
  }
}

async function* messagesOf(
  { store, workspaceId }: ExportOptions,
  place: ConversationPlace,
): AsyncGenerator<Message> {
  let from: Place | null = null;
  do {
    const page: Page<Message> = await store.messages(workspaceId, place, {
      ...{ order: 'asc', from, limit: PAGE },
    });
    yield* page.entries;
    from = page.next;
  } while (from !== null);
}
