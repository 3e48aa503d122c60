import { sql } from 'kysely';
import type { Conversation } from '../conversation.ts';
import { describeConversations } from '../conversations/rows.ts';
import type { WorkspaceTx } from '../database.ts';
import type { NewEvent } from '../outbox.ts';
import { unnest } from '../unnest.ts';
import { placeColumns, type Place } from './conversation-rows.ts';
import type { ConversationChanges } from './conversations.ts';

/** The contract's `LiveConversation` data: each conversation as it is now, or that it is gone. */
export async function conversationEvents(
  ws: WorkspaceTx,
  { saved, gone }: ConversationChanges,
  now: number,
): Promise<NewEvent[]> {
  if (saved.length === 0 && gone.length === 0) return [];
  const found = sql`select c.* from ${unnest(placeColumns, saved)}
    join conversations c on ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
    where c.deleted_at is null`;
  const told = await describeConversations(ws, found, { accountId: null, now });
  return [
    ...gone.map((place) => removed(place, now)),
    ...told.map((conversation) => event(conversation, false)),
  ];
}

/** What readers are told of a conversation that is gone: which one it was, and nothing of it. */
export function removed({ domain, key }: Place, now: number): NewEvent {
  const at = new Date(now).toISOString();
  return event(
    {
      id: key,
      domain,
      user: null,
      title: null,
      status: 'ended',
      link: 'client',
      startedAt: at,
      lastMessageAt: at,
      requests: 0,
      errors: 0,
      models: [],
      tokens: { input: null, output: null },
      cost: { usd: '0.00', unpricedRequests: 0 },
      tags: [],
      favorite: null,
    },
    true,
  );
}

function event(conversation: Conversation, deleted: boolean): NewEvent {
  return {
    domain: conversation.domain,
    topic: 'conversations',
    payload: { conversation, deleted },
  };
}
