import { conversationStream } from '../live/conversation-stream.ts';
import { conversationKey } from '../live/message.ts';
import type { ConversationPlace, MessagePosition } from '../store/conversations/messages.ts';
import type { Reader } from '../store/conversations/rows.ts';
import type { ConversationStore } from '../store/conversations.ts';
import { messagePosition } from './conversations-cursor.ts';
import { encodeCursor, partsOf } from './cursor.ts';
import type { ApiRequest } from './handlers.ts';
import { openSubscription, type Subscribing } from './live.ts';

/** Messages that are read at once for a stream. */
const PAGE = 200;

/**
 * Streams a conversation, from where the reader was, or with the latest messages it asks for.
 * @throws Problem 429, 503
 */
export async function streamConversation(
  request: ApiRequest<'conversations.stream'>,
  place: ConversationPlace,
  reader: Reader,
  { store, ...options }: Subscribing & { store: Pick<ConversationStore, 'messages' | 'describe'> },
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
  const beginning = async (): Promise<MessagePosition | null> => {
    const limit = (params.query.replay ?? 0) + 1;
    const latest = await store.messages(workspaceId, place, {
      towards: 'older',
      from: null,
      limit,
    });
    // One more than is replayed is what it begins after.
    return latest.messages.length === limit ? (latest.messages[0]?.position ?? null) : null;
  };
  try {
    const position = last ? last.position : await beginning();
    return conversationStream(
      subscription,
      {
        key: conversationKey(told),
        after: async (from) => {
          const found = [];
          let after = from;
          for (;;) {
            const window = { towards: 'newer', from: after, limit: PAGE } as const;
            const { messages, hasMore } = await store.messages(workspaceId, place, window);
            found.push(...messages);
            after = messages.at(-1)?.position ?? after;
            if (!hasMore || found.length >= MOST_AT_ONCE) return found;
          }
        },
        now: async () => {
          const conversation = await store.describe(workspaceId, place, {
            ...reader,
            accountId: null,
          });
          return conversation && { ...told, conversation };
        },
        write: ({ startedAt, key, index }) => encodeCursor([startedAt, key, index]),
      },
      position,
    );
  } catch (error) {
    subscription.end('failed');
    throw error;
  }
}

/** Messages that one event brings; what is more comes with the next. */
const MOST_AT_ONCE = 1_000;

/** What an event's id says: where the outbox was, and the last message. */
function lastEvent(
  id: string | undefined,
): { outboxId: string; position: MessagePosition | null } | null {
  if (id === undefined || id === '') return null;
  const [outboxId = '', cursor = ''] = id.split('.', 2);
  const parts = partsOf(cursor);
  return { outboxId, position: parts && messagePosition(parts) };
}
