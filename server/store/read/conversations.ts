/** Conversations: a list, a single one with its messages, and what may be done with them. */
import { sql, type RawBuilder } from 'kysely';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import type { Conversation } from '../../model/to-contract/conversation.ts';
import {
  arrivalBefore,
  readArrivals,
  type Arrival,
  type ArrivalPage,
} from './conversations/arrivals.ts';
import { deleteConversations } from '../write/deletion/deletion.ts';
import { hashOf } from '../write/erasure/tombstones.ts';
import {
  findFitting,
  listConversations,
  type ConversationFilter,
  type ConversationPage,
  type ListPage,
} from './conversations/list.ts';
import {
  readMessages,
  type ConversationPlace,
  type MessagesFound,
  type MessageWindow,
} from './conversations/messages.ts';
import { findQuality, type Findings } from './conversations/quality.ts';
import { describeConversations, visible, type Reader } from './conversations/rows.ts';
import { searchMessages, type HitPage, type SearchQuery } from './conversations/search.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { appendEvents } from '../outbox.ts';
import { isAmong, type Domains } from '../rollups/windows.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { conversationEvents } from '../write/conversation-events.ts';

export type ConversationDetail = Conversation & Findings;

/** Several domains know a conversation by the id, and none was named. */
export class AmbiguousConversation extends Error {
  readonly domains: readonly string[];
  constructor(domains: readonly string[]) {
    super(`Several domains know it: ${domains.join(', ')}`);
    this.name = 'AmbiguousConversation';
    this.domains = domains;
  }
}

/** Which conversation, of those that somebody may see. */
export interface Wanted {
  id: string;
  /** `null`: the whole workspace. */
  domains: Domains;
}

export interface Deleted {
  places: ConversationPlace[];
  /** To wake listeners with. */
  lastEventId: number | null;
}

/** Conversations that one entry of the audit log names. */
const NAMED = 200;

export class ConversationStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(
    workspaceId: string,
    filter: ConversationFilter,
    page: ListPage,
    reader: Reader,
  ): Promise<ConversationPage> {
    return this.#store.inSnapshot(workspaceId, (ws) => listConversations(ws, filter, page, reader));
  }

  /** Where those are that fit, by domain and key: an order that nothing changes. */
  fitting(
    workspaceId: string,
    filter: ConversationFilter,
    page: { after: ConversationPlace | null; limit: number },
    reader: Reader,
  ): Promise<ConversationPlace[]> {
    return this.#store.inSnapshot(workspaceId, (ws) => findFitting(ws, filter, page, reader));
  }

  search(workspaceId: string, query: SearchQuery, reader: Reader): Promise<HitPage> {
    return this.#store.inSnapshot(workspaceId, (ws) => searchMessages(ws, query, reader));
  }

  /**
   * Where a conversation is; `null` where there is none that may be seen.
   * @throws AmbiguousConversation
   */
  find(workspaceId: string, wanted: Wanted): Promise<ConversationPlace | null> {
    return this.#store.inSnapshot(workspaceId, (ws) => findPlace(ws, wanted));
  }

  /** Those of the ids that were deleted, so that who deletes them again is told the same. */
  deletedAmong(
    workspaceId: string,
    ids: readonly string[],
    domains: Domains,
  ): Promise<ReadonlySet<string>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { rows } = await sql<{ key: string }>`select distinct key from conversations
        where ${ws.of()} and key = any(${ids}::text[]) and deleted_at is not null
          and ${isAmong(domains)}`.execute(ws.tx);
      return new Set(rows.map(({ key }) => key));
    });
  }

  /** Where conversations are, by their ids, in the order of the ids. */
  findMany(
    workspaceId: string,
    ids: readonly string[],
    domains: Domains,
  ): Promise<ConversationPlace[]> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { rows } = await sql<ConversationPlace>`
        select c.domain, c.key from unnest(${ids}::text[]) with ordinality as v(key, place)
        join conversations c on ${visible(ws, domains)} and c.key = v.key
        order by v.place, c.domain`.execute(ws.tx);
      return rows;
    });
  }

  /** @throws AmbiguousConversation */
  get(workspaceId: string, wanted: Wanted, reader: Reader): Promise<ConversationDetail | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const place = await findPlace(ws, wanted);
      const conversation = place && (await describe(ws, place, reader));
      if (!conversation) return null;
      const found = await findQuality(ws, place, conversation.status === 'active');
      const quality = { ...found.quality, errors: conversation.errors };
      return { ...conversation, ...found, quality };
    });
  }

  /** One without its quality, which takes time to tell. */
  describe(
    workspaceId: string,
    place: ConversationPlace,
    reader: Reader,
  ): Promise<Conversation | null> {
    return this.#store.inSnapshot(workspaceId, (ws) => describe(ws, place, reader));
  }

  messages(
    workspaceId: string,
    place: ConversationPlace,
    window: MessageWindow,
  ): Promise<MessagesFound> {
    return this.#store.inSnapshot(workspaceId, (ws) => readMessages(ws, place, window));
  }

  /** The messages that arrived after one, or all; at most so many. */
  arrivals(
    workspaceId: string,
    place: ConversationPlace,
    after: Arrival | null,
    limit: number,
  ): Promise<ArrivalPage> {
    return this.#store.inSnapshot(workspaceId, (ws) => readArrivals(ws, place, after, limit));
  }

  /** After which arrival just so many messages came; `null` where there are no more than these. */
  arrivalBefore(
    workspaceId: string,
    place: ConversationPlace,
    count: number,
  ): Promise<Arrival | null> {
    return this.#store.inSnapshot(workspaceId, (ws) => arrivalBefore(ws, place, count));
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

async function findPlace(
  ws: WorkspaceTx,
  { id, domains }: Wanted,
): Promise<ConversationPlace | null> {
  const { rows } = await sql<ConversationPlace>`
    select c.domain, c.key from conversations c
    where ${visible(ws, domains)} and c.key = ${id} order by c.domain limit 20`.execute(ws.tx);
  if (rows.length > 1) throw new AmbiguousConversation(rows.map(({ domain }) => domain));
  return rows[0] ?? null;
}

async function describe(
  ws: WorkspaceTx,
  { domain, key }: ConversationPlace,
  reader: Reader,
): Promise<Conversation | null> {
  const found = sql`select c.* from conversations c
    where ${visible(ws, [domain])} and c.key = ${key}`;
  const [conversation] = await describeConversations(ws, found, reader);
  return conversation ?? null;
}
