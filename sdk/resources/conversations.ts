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

/** What comes out of the stream of one conversation; that a token ended is the SDK's own affair. */
export type ConversationUpdate = Exclude<ConversationEvent, LiveExpired>;

/** The stream of one conversation: see {@link EventStream}. */
export type ConversationStream = EventStream<ConversationUpdate>;

/** How a conversation is listened to. */
export interface ConversationStreamOptions extends StreamOptions, ConversationPlaceQuery {
  /** How many of the messages that became known last to begin with; none by default. */
  replay?: number | undefined;
}

/** What users and agents said to each other. A `domain` tells conversations of one id apart. */
export class ConversationsResource extends Resource {
  /**
   * Conversations, latest message first: await it for a page, iterate it for all.
   *
   * @example
   * const { data, count } = await cb.conversations.list({ timeframe: '7d', status: 'ended' });
   */
  list(query: ConversationsQuery = {}, options: RequestOptions = {}): ListOf<'/api/conversations'> {
    return list(this.core, '/api/conversations', query, options);
  }

  /**
   * Messages that fit a search, latest first, each with the text around what was found.
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
   * @throws NotFoundError where there is none that the token may see, ConflictError where several
   * domains know the id.
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
   * Its messages, oldest first, or latest first with `order: 'desc'`.
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
   * The conversation as it goes on: messages in the order in which they become known. One whose id
   * came before is told again, for more of it is known. A connection that breaks is made again, and
   * no message is lost.
   *
   * @throws (from the loop) NotFoundError, PermissionError: nothing to wait for.
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
   * A conversation as a file: an answer whose body can be read as it comes.
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
   * Many conversations as one file: those of these ids, or those that fit a filter.
   *
   * @example
   * const { body } = await cb.conversations.exportMany({ format: 'ndjson', filter: { tag: 'vip' } });
   */
  exportMany(body: ConversationExportRequest, options: RequestOptions = {}): Call<Response> {
    const { format } = body;
    return download(this.core, 'post', '/api/conversations/export', { body }, options, format);
  }

  /**
   * Conversations that fit a filter with their messages, one by one, however many: of all time
   * where the filter names no period. One that broke off goes on after the `cursor` of the last
   * conversation that came; a connection that breaks is made again.
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
   * Sets the tags of a conversation: these, and no others.
   *
   * @throws PermissionError for all but admins.
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
   * Makes a conversation one of the account's favourites.
   *
   * @throws PermissionError for all but accounts.
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
   * Takes a conversation from the account's favourites.
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
   * Deletes a conversation: it is hidden at once, and what was said in it is removed.
   *
   * @throws PermissionError for all but admins, NotFoundError where there is none.
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
   * Deletes many at once, and tells which ids were none.
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

/** A conversation by its id; of several of one id, the one of the domain. */
const one = (id: string, domain: string | undefined) => ({
  params: { path: { id }, query: domain === undefined ? {} : { domain } },
});
