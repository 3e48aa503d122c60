/** Actions of the API on conversations: tags, favourites, deletion, the audit of exports. */
import { sql, type RawBuilder } from 'kysely';
import type { ConversationPlace } from '../../model/conversation-place.ts';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { appendEvents } from '../outbox.ts';
import { visible } from '../to-contract/conversation-rows.ts';
import { conversationEvents } from './conversation-events.ts';
import { deleteConversations } from './deletion/deletion.ts';
import { hashOf } from './erasure/tombstones.ts';

export interface Deleted {
  places: ConversationPlace[];
  /** To wake listeners with. */
  lastEventId: number | null;
}

/** Conversations that one entry of the audit log names. */
const NAMED = 200;

export class ConversationActions {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * These, and no others, are its tags then.
   * @param now epoch ms
   * @returns to wake listeners with; `null` where it is gone meanwhile
   */
  setTags(
    workspaceId: string,
    place: ConversationPlace,
    tags: readonly string[],
    now: number,
  ): Promise<number | null> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      await lockWorkspace(ws);
      const { domain, key } = place;
      await sql`delete from conversation_tags
        where ${ws.of()} and domain = ${domain} and conversation = ${key}
          and tag <> all(${tags}::text[])`.execute(ws.tx);
      await sql`insert into conversation_tags (workspace_id, domain, conversation, tag)
        select c.workspace_id, c.domain, c.key, tag
        from conversations c, unnest(${tags}::text[]) as v(tag)
        where ${visible(ws, [domain])} and c.key = ${key}
        on conflict do nothing`.execute(ws.tx);
      const changes = { saved: [place], gone: [] };
      return appendEvents(ws, await conversationEvents(ws, changes, now));
    });
  }

  setFavorite(
    workspaceId: string,
    { domain, key }: ConversationPlace,
    accountId: string,
    isFavorite: boolean,
  ): Promise<void> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const change: RawBuilder<unknown> = isFavorite
        ? sql`insert into conversation_favorites (workspace_id, account_id, domain, conversation)
            values (${ws.workspaceId}, ${accountId}, ${domain}, ${key}) on conflict do nothing`
        : sql`delete from conversation_favorites where ${ws.of()} and account_id = ${accountId}
            and domain = ${domain} and conversation = ${key}`;
      await change.execute(ws.tx);
    });
  }

  /** Hides conversations at once; what was said in them is removed by the next purge. */
  delete(
    workspaceId: string,
    places: readonly ConversationPlace[],
    entry: Omit<AuditEntry, 'action'>,
    now: number,
  ): Promise<Deleted> {
    return this.#store.inWorkspace(workspaceId, (ws) =>
      deleteConversations(ws, places, entry, now),
    );
  }

  /** That somebody takes conversations out of the service, and which: in several entries if many. */
  noteExport(
    workspaceId: string,
    places: readonly ConversationPlace[],
    entry: Omit<AuditEntry, 'action'>,
    now: number,
  ): Promise<void> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const given = await withoutNames(ws, entry.details ?? {});
      const parts = Math.max(1, Math.ceil(places.length / NAMED));
      for (let part = 1; part <= parts; part++) {
        const conversations = places
          .slice((part - 1) * NAMED, part * NAMED)
          .map(({ domain, key }) => ({ domain, id: key }));
        const details = { ...given, total: places.length, part, parts, conversations };
        await appendAudit(ws, { ...entry, action: 'conversation.export', details }, now);
      }
    });
  }
}

/** The audit log is never changed: of a filter it keeps hashes, as its user may be erased. */
async function withoutNames(
  ws: WorkspaceTx,
  details: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { filter } = details;
  if (typeof filter !== 'object' || filter === null) return details;
  const hashed: Record<string, unknown> = { ...filter };
  for (const name of ['user', 'q']) {
    const text = hashed[name];
    if (typeof text === 'string') hashed[name] = await hashOf(ws, text);
  }
  return { ...details, filter: hashed };
}
