import { sql } from 'kysely';
import type { Conversation } from '../to-contract/conversation.ts';
import { describeConversations } from '../to-contract/conversation-rows.ts';
import type { WorkspaceTx } from '../database/database.ts';
import type { NewEvent } from '../outbox.ts';
import { unnest } from '../database/batch-columns.ts';
import { placeColumns, type Place } from './conversation-rows.ts';

/** The contract's `LiveConversation` data: each conversation as it is now, or that it is gone. */
export async function conversationEvents(
  ws: WorkspaceTx,
  { saved, gone }: { saved: readonly Place[]; gone: readonly Place[] },
  now: number,
): Promise<NewEvent[]> {
  if (saved.length === 0 && gone.length === 0) return [];
  const found = sql`select c.* from ${unnest(placeColumns, saved)}
    join conversations c on ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
    where c.deleted_at is null`;
  const told = await describeConversations(ws, found, { accountId: null, now });
  return [...gone.map(removed), ...told.map((each) => event(each.domain, each.id, each))];
}

/** What readers are told of a conversation that is gone: which one it was, and nothing of it. */
export const removed = ({ domain, key }: Place): NewEvent => event(domain, key, null);

const event = (domain: string, id: string, conversation: Conversation | null): NewEvent => ({
  domain,
  topic: 'conversations',
  payload: { id, domain, conversation },
});
