import { badRequest, fieldError } from '../contract/index.ts';
import { conversationStream } from '../live/conversation-stream.ts';
import { conversationKey } from '../live/message.ts';
import type { Arrival } from '../store/read/conversations/arrivals.ts';
import type { ConversationPlace } from '../model/conversation-place.ts';
import type { Reader } from '../store/to-contract/conversation-rows.ts';
import type { ConversationStore } from '../store/read/conversations.ts';
import { fromStreamCursor, toStreamCursor } from './conversations-cursor.ts';
import type { ApiRequest } from './handlers.ts';
import { openSubscription, type Subscribing } from './live.ts';

/** Messages that are read at once for a stream. */
const PAGE = 50;

/**
 * Streams a conversation, from where the reader was, or with the latest messages it asks for.
 * @throws Problem 400, 429, 503
 */
export async function streamConversation(
  request: ApiRequest<'conversations.stream'>,
  place: ConversationPlace,
  reader: Reader,
  {
    store,
    ...options
  }: Subscribing & { store: Pick<ConversationStore, 'arrivals' | 'arrivalBefore' | 'describe'> },
): Promise<Response> {
  const { caller, params } = request;
  const workspaceId = caller.workspace.id;
  const told = { id: place.key, domain: place.domain };
  const last = lastEvent(params.header['Last-Event-ID']);
  // First of all, so that nothing that comes while messages are read is missed.
  const subscription = await openSubscription(request, options, {
    topics: ['conversations'],
    domains: [place.domain],
    after: last?.outboxId ?? null,
  });
  try {
    const position = last
      ? last.position
      : await store.arrivalBefore(workspaceId, place, params.query.replay ?? 0);
    return conversationStream(
      subscription,
      {
        key: conversationKey(told),
        after: async (from) => {
          const { messages, hasMore } = await store.arrivals(workspaceId, place, from, PAGE);
          return {
            messages: messages.map(({ message, hash, arrival }) => ({
              message,
              position: arrival,
              tag: `${message.id} ${hash ?? ''}`,
            })),
            hasMore,
          };
        },
        now: async () => {
          const conversation = await store.describe(workspaceId, place, {
            ...reader,
            accountId: null,
          });
          return conversation && { ...told, conversation };
        },
        write: toStreamCursor,
      },
      position,
    );
  } catch (error) {
    subscription.end('failed');
    throw error;
  }
}

/**
 * What an event's id says: where the outbox was, and the last message, where there was one.
 * @throws Problem 400
 */
function lastEvent(id: string | undefined): { outboxId: string; position: Arrival | null } | null {
  // Empty is how an event source says that it has seen none.
  if (id === undefined || id === '') return null;
  const [, outboxId, cursor] = /^(\d{1,15})(?:\.([\w-]+))?$/.exec(id) ?? [];
  const position = cursor === undefined ? null : fromStreamCursor(cursor);
  if (outboxId === undefined || (cursor !== undefined && position === null)) {
    const fault = { path: 'Last-Event-ID', code: 'invalid_cursor' } as const;
    throw badRequest([
      fieldError('header', { ...fault, expected: "isn't an event id of this stream" }),
    ]);
  }
  return { outboxId, position };
}
