import type { ConversationExport, ConversationExportRequest } from '../types.ts';
import { linesOf } from './lines.ts';

/** What an export in parts is of, and where it goes on. */
export type ConversationPartsRequest = Omit<ConversationExportRequest, 'format' | 'ids'>;

/** Conversations that one answer has, where nothing else is asked for. */
const PART = 100;

/** Conversations of all parts. After a break it goes on as long as each try brings something. */
export async function* conversationsOf(
  ask: (body: ConversationExportRequest) => PromiseLike<Response>,
  { cursor, limit = PART, ...request }: ConversationPartsRequest,
): AsyncGenerator<ConversationExport, void, undefined> {
  let after = cursor;
  for (;;) {
    const place = after === undefined ? {} : { cursor: after };
    const answer = await ask({ ...request, ...place, limit, format: 'ndjson' });
    const before = after;
    try {
      for await (const line of linesOf(answer)) {
        const conversation = JSON.parse(line) as ConversationExport;
        after = conversation.cursor;
        yield conversation;
      }
    } catch (error) {
      if (after === before) throw error;
      continue;
    }
    const next = answer.headers.get('cloudbrain-next-cursor');
    if (next === null) return;
    after = next;
  }
}
