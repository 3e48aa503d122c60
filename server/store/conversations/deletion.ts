/** A deleted conversation is hidden at once; what was said in it is removed after (see purge.ts). */
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../audit.ts';
import type { WorkspaceTx } from '../database.ts';
import { appendEvents } from '../outbox.ts';
import { time, unnest } from '../unnest.ts';
import { lockWorkspace } from '../workspace-lock.ts';
import { removed } from '../write/conversation-events.ts';
import { placeColumns } from '../write/conversation-rows.ts';
import { hideTexts } from './hiding.ts';
import type { ConversationPlace } from './messages.ts';

export async function deleteConversations(
  ws: WorkspaceTx,
  places: readonly ConversationPlace[],
  entry: Omit<AuditEntry, 'action'>,
  now: number,
): Promise<{ places: ConversationPlace[]; lastEventId: number | null }> {
  if (places.length === 0) return { places: [], lastEventId: null };
  await lockWorkspace(ws);
  const { rows } = await sql<ConversationPlace>`
    update conversations c set deleted_at = ${time(now)}, purged_at = null
    from ${unnest(placeColumns, places)}
    where ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
      and c.deleted_at is null
    returning c.domain, c.key`.execute(ws.tx);
  await hideTexts(ws, rows);
  for (const { domain, key } of rows) {
    const details = { ...entry.details, domain };
    await appendAudit(ws, { ...entry, action: 'conversation.delete', target: key, details }, now);
  }
  const lastEventId = await appendEvents(ws, rows.map(removed));
  return { places: rows, lastEventId };
}
