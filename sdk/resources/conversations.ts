import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { download } from '../core/download.ts';
import { list, type ListOf } from '../core/pages.ts';
import { withId } from '../core/request.ts';
import { EventStream, type ConnectOptions, type StreamOptions } from '../core/stream.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type {
  Conversation,
  ConversationDetail,
  ConversationEvent,
  ConversationExport,
  ConversationExportQuery,
  ConversationExportRequest,
  ConversationPlaceQuery,
  ConversationsDeleted,
  ConversationsDeleteRequest,
  ConversationSearchQuery,
  ConversationsQuery,
  ConversationTagsRequest,
  LiveExpired,
  MessagesQuery,
} from '../types.ts';
import { conversationsOf, type ConversationPartsRequest } from '../core/conversation-parts.ts';
import { Resource } from './resource.ts';

/** Events of the stream of one conversation; the SDK handles the end of a token itself. */
export type ConversationUpdate = Exclude<ConversationEvent, LiveExpired>;

/** The stream of one conversation: see {@link EventStream}. */
export type ConversationStream = EventStream<ConversationUpdate>;

/** Options of the stream of a conversation. */
export interface ConversationStreamOptions extends StreamOptions, ConversationPlaceQuery {
  /** How many of the latest messages to send first; none by default. */
  replay?: number | undefined;
}

/** Conversations of users and agents. `domain` distinguishes conversations with the same id. */
export class ConversationsResource extends Resource {
  /**
   * Conversations, latest message first: await the list for a page, or iterate it for all of them.
   *
   * @example
   * const { data, count } = await cb.conversations.list({ timeframe: '7d', status: 'ended' });
   */
  list(query: ConversationsQuery = {}, options: RequestOptions = {}): ListOf<'/api/conversations'> {
    return list(this.core, '/api/conversations', query, options);
  }

  /**
   * Messages that match a search, latest first, each with the text around the match.
   *
   * @example
   * for await (const { conversation, snippet } of cb.conversations.search({ q: 'refund' })) {
   *   print(conversation.id, snippet.map(({ text }) => text).join(''));
   * }
   */
  search(
    query: ConversationSearchQuery,
    options: RequestOptions = {},
  ): ListOf<'/api/conversations/search'> {
    return list(this.core, '/api/conversations/search', query, options);
  }

  /**
   * One conversation with its branches and quality.
   *
   * @throws NotFoundError if it doesn't exist or the token has no access to it, ConflictError if several
   * domains have the id.
   * @example
   * const { title, quality } = await cb.conversations.get(id, { domain });
   */
  get(
    id: string,
    { domain, ...options }: RequestOptions & ConversationPlaceQuery = {},
  ): Call<ConversationDetail> {
    return this.core.call('get', '/api/conversations/{id}', one(id, domain), options);
  }

  /**
   * Messages of a conversation, oldest first, or latest first with `order: 'desc'`.
   *
   * @example
   * for await (const { role, parts } of cb.conversations.listMessages(id)) print(role, parts);
   */
  listMessages(
    id: string,
    query: MessagesQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/conversations/{id}/messages'> {
    return list(this.core, withId('/api/conversations/{id}/messages', id), query, options);
  }

  /**
   * New messages of a conversation, in the order in which they become known. A message is sent again
   * with the same id when more of it is known. The stream reconnects after a break without losing a
   * message.
   *
   * @throws (from the loop) NotFoundError, PermissionError: reconnecting wouldn't help.
   * @example
   * const stream = cb.conversations.stream(id, { replay: 20 });
   * for await (const { event, data } of stream) if (event === 'message') show(data.message);
   */
  stream(id: string, options: ConversationStreamOptions = {}): ConversationStream {
    const params = { path: { id }, query: { domain: options.domain, replay: options.replay } };
    const connect = (connection: ConnectOptions) => this.#connect(params, connection);
    return new EventStream<ConversationUpdate>(connect, options, this.core);
  }

  /**
   * A conversation as a file: a `Response` whose body can be read as it arrives.
   *
   * @example
   * const csv = await cb.conversations.export(id, { format: 'csv' });
   * await save(await csv.blob());
   */
  export(
    id: string,
    query: ConversationExportQuery = {},
    options: RequestOptions = {},
  ): Call<Response> {
    const params = { params: { path: { id }, query } };
    const { format } = query;
    return download(this.core, 'get', '/api/conversations/{id}/export', params, options, format);
  }

  /**
   * Many conversations as one file: those with the given ids, or those that match a filter.
   *
   * @example
   * const { body } = await cb.conversations.exportMany({ format: 'ndjson', filter: { tag: 'vip' } });
   */
  exportMany(body: ConversationExportRequest, options: RequestOptions = {}): Call<Response> {
    const { format } = body;
    return download(this.core, 'post', '/api/conversations/export', { body }, options, format);
  }

  /**
   * All conversations that match a filter, with their messages, one by one: of all time unless the
   * filter has a period. To continue an export that broke off, pass the `cursor` of the last
   * conversation received. Broken connections are restored.
   *
   * @example
   * const filter = { user: 'ada@example.com' };
   * for await (const { id, messages, cursor } of cb.conversations.exportEach({ filter })) {
   *   console.log(`${id}: ${messages.length} messages; continue after ${cursor}`);
   * }
   */
  exportEach(
    request: ConversationPartsRequest = {},
    options: RequestOptions = {},
  ): AsyncGenerator<ConversationExport, void, undefined> {
    const ask = (body: ConversationExportRequest) => this.exportMany(body, options);
    return conversationsOf(ask, request);
  }

  /**
   * Replaces the tags of a conversation.
   *
   * @throws PermissionError for callers other than admins.
   * @example
   * await cb.conversations.setTags(id, { tags: ['refund', 'vip'] });
   */
  setTags(
    id: string,
    body: ConversationTagsRequest,
    { domain, ...options }: WriteOptions & ConversationPlaceQuery = {},
  ): Call<Conversation> {
    const params = { ...one(id, domain), body };
    return this.core.call('put', '/api/conversations/{id}/tags', params, keyed(options));
  }

  /**
   * Adds a conversation to the account's favourites.
   *
   * @throws PermissionError for callers other than accounts.
   * @example
   * await cb.conversations.addFavorite(id);
   */
  addFavorite(
    id: string,
    { domain, ...options }: WriteOptions & ConversationPlaceQuery = {},
  ): Call<undefined> {
    const params = one(id, domain);
    return this.core.call('put', '/api/conversations/{id}/favorite', params, keyed(options), empty);
  }

  /**
   * Removes a conversation from the account's favourites.
   *
   * @example
   * await cb.conversations.removeFavorite(id);
   */
  removeFavorite(
    id: string,
    { domain, ...options }: WriteOptions & ConversationPlaceQuery = {},
  ): Call<undefined> {
    const params = one(id, domain);
    return this.core.call(
      'delete',
      '/api/conversations/{id}/favorite',
      params,
      keyed(options),
      empty,
    );
  }

  /**
   * Deletes a conversation: it is hidden at once, and its content is removed within minutes.
   *
   * @throws PermissionError for callers other than admins, NotFoundError if it doesn't exist.
   * @example
   * await cb.conversations.delete(id);
   */
  delete(
    id: string,
    { domain, ...options }: WriteOptions & ConversationPlaceQuery = {},
  ): Call<undefined> {
    const params = one(id, domain);
    return this.core.call('delete', '/api/conversations/{id}', params, keyed(options), empty);
  }

  /**
   * Deletes many conversations at once, and lists the ids that don't exist.
   *
   * @example
   * const { deleted, missing } = await cb.conversations.deleteMany({ ids });
   */
  deleteMany(
    body: ConversationsDeleteRequest,
    options: WriteOptions = {},
  ): Call<ConversationsDeleted> {
    return this.core.call('post', '/api/conversations/delete', { body }, keyed(options));
  }

  async *#connect(
    params: { path: { id: string }; query: object },
    connection: ConnectOptions,
  ): AsyncGenerator<ConversationEvent, void, undefined> {
    // Loaded only where it is used.
    const { sseFrom } = await import('../live/sse.ts');
    const events = sseFrom(this.core, '/api/conversations/{id}/stream', params, connection);
    yield* events as AsyncIterable<ConversationEvent>;
  }
}

const empty = { noContent: true };

/** A conversation by its id and, if several domains have the id, its domain. */
const one = (id: string, domain: string | undefined) => ({
  params: { path: { id }, query: domain === undefined ? {} : { domain } },
});
