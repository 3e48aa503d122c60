/** Conversations: a list, a single one with its messages. */
import { sql } from 'kysely';
import type { Conversation } from '../to-contract/conversation.ts';
import {
  arrivalBefore,
  readArrivals,
  type Arrival,
  type ArrivalPage,
} from './conversations/arrivals.ts';
import {
  findFitting,
  listConversations,
  type ConversationFilter,
  type ConversationPage,
  type ListPage,
} from './conversations/list.ts';
import type { Message } from './conversations/message.ts';
import { readMessages, type MessagesQuery } from './conversations/messages.ts';
import { type ConversationPlace } from '../../model/conversation-place.ts';
import { findQuality, type Findings } from './conversations/quality.ts';
import { describeConversations, visible, type Reader } from '../to-contract/conversation-rows.ts';
import { searchMessages, type Hit, type SearchQuery } from './conversations/search.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import type { Page } from '../database/pages.ts';
import { isAmong, type Domains } from '../rollups/windows.ts';

export type ConversationDetail = Conversation & Findings;

/** Several domains know a conversation by the id, and none was named. */
export class AmbiguousConversation extends Error {
  readonly domains: readonly string[];
  constructor(domains: readonly string[]) {
    super(`Several domains have this conversation: ${domains.join(', ')}`);
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

  search(workspaceId: string, query: SearchQuery, reader: Reader): Promise<Page<Hit>> {
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
    query: MessagesQuery,
  ): Promise<Page<Message>> {
    return this.#store.inSnapshot(workspaceId, (ws) => readMessages(ws, place, query));
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
