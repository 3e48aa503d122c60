/** A deleted conversation is hidden at once; what was said in it is removed after (see purge.ts). */
import { appendAudit, type AuditEntry } from '../../audit/audit.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { appendEvents } from '../../outbox.ts';
import { lockWorkspace } from '../../database/workspace-lock.ts';
import { removed } from '../conversation-events.ts';
import { hideConversations } from './hiding.ts';
import type { ConversationPlace } from '../../../model/conversation-place.ts';

export async function deleteConversations(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
  entry: Omit<AuditEntry, 'action'>,
  now: number,
): Promise<{ places: ConversationPlace[]; lastEventId: number | null }> {
  if (places.length === 0) return { places: [], lastEventId: null };
  await lockWorkspace(ws);
  const deleted = await hideConversations(ws, places, now);
  for (const { domain, key } of deleted) {
    const details = { ...entry.details, domain };
    await appendAudit(ws, { ...entry, action: 'conversation.delete', target: key, details }, now);
  }
  const lastEventId = await appendEvents(ws, deleted.map(removed));
  return { places: deleted, lastEventId };
}
