import { badRequest, conflict, fieldError, notFound } from '../contract/index.ts';
import type { ConversationPlace } from '../model/conversation-place.ts';
import { AmbiguousConversation, type ConversationStore } from '../store/read/conversations.ts';
import type { ConversationActions } from '../store/write/conversation-actions.ts';
import { resolvePeriod, withData, type PeriodQuery } from '../store/time/period.ts';
import type { Domains } from '../store/rollups/windows.ts';
import type { ApiCaller } from '../auth/caller.ts';
import {
  conversationCursor,
  fromExportCursor,
  hitCursor,
  messageCursor,
  toExportCursor,
} from './conversations-cursor.ts';
import {
  exportMany,
  exportOne,
  type ExportOptions,
  type ExportPart,
} from './conversations-export.ts';
import { streamConversation } from './conversations-stream.ts';
import type { ApiRequest, HandlersFor } from './handlers.ts';
import { LIMIT } from './lists.ts';
import type { Subscribing } from './live.ts';
import { withPeriod } from './periods.ts';
import { domainsFor } from '../auth/scope.ts';
import { actorOf } from '../auth/security-events.ts';

export interface ConversationsOptions extends Subscribing {
  store: ConversationStore;
  actions: ConversationActions;
  /** Called when something new is in a workspace's outbox, up to this id. */
  announce: (workspaceId: string, lastEventId: number) => void;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Conversations that one export takes. */
const MOST_EXPORTED = 10_000;

export function conversationsHandlers(options: ConversationsOptions): HandlersFor<'conversations'> {
  const { store, actions, now, announce } = options;
  const readerOf = (caller: ApiCaller) => ({
    accountId: caller.kind === 'account' ? caller.id : null,
    now: now(),
  });
  const exportOf = (caller: ApiCaller): ExportOptions => ({
    store,
    workspaceId: caller.workspace.id,
    reader: readerOf(caller),
  });

  /** @throws Problem 404, 409 */
  const placeOf = async (
    caller: ApiCaller,
    id: string,
    domain: string | undefined,
  ): Promise<ConversationPlace> => {
    const domains = domainsFor(caller, domain);
    const place = await found(() => store.find(caller.workspace.id, { id, domains }));
    if (!place) throw notFound('There is no such conversation.');
    return place;
  };

  /** @throws Problem 404 */
  const described = async (caller: ApiCaller, place: ConversationPlace) => {
    const body = await store.describe(caller.workspace.id, place, readerOf(caller));
    if (!body) throw notFound('There is no such conversation.');
    return body;
  };

  /**
   * A part of what fits, or all of it.
   * @throws Problem 400 for more than one export takes, or a cursor of another one
   */
  const partOf = async (
    caller: ApiCaller,
    { filter = {}, cursor, limit }: ApiRequest<'conversations.exportMany'>['body'],
    domains: Domains,
  ): Promise<ExportPart> => {
    const { status, user, model, tag, q } = filter;
    const which = { status, participant: user, model, tag, q };
    const about = [status, user, model, tag, q, domains];
    const asked = await spanOf(
      namesPeriod(filter) ? filter : { ...filter, ...ALL_TIME },
      now(),
      '/filter/',
    );
    const after = cursor === undefined ? null : fromExportCursor(cursor, about);
    const { from, to } = after ?? asked;
    const most = limit ?? MOST_EXPORTED;
    const found = await store.fitting(
      caller.workspace.id,
      { ...which, from, to, domains },
      { after, limit: most + 1 },
      readerOf(caller),
    );
    if (found.length > most && limit === undefined && cursor === undefined) {
      const expected = `fits more than ${MOST_EXPORTED} conversations; send \`limit\` and export in parts`;
      throw badRequest([fieldError('body', { path: '/filter', code: 'too_many', expected })]);
    }
    const places = found.slice(0, most);
    const last = found.length > most ? places.at(-1) : undefined;
    const cursorOf = (place: ConversationPlace) => toExportCursor({ from, to, ...place }, about);
    return { places, cursorOf, nextCursor: last ? cursorOf(last) : null };
  };

  const remove = async (caller: ApiCaller, places: readonly ConversationPlace[], ip: string) => {
    const entry = { actor: actorOf(caller), ip };
    const deleted = await actions.delete(caller.workspace.id, places, entry, now());
    if (deleted.lastEventId !== null) announce(caller.workspace.id, deleted.lastEventId);
    return deleted.places;
  };

  return {
    'conversations.list': async ({ caller, params: { query } }) => {
      const { sort = 'last_message', order = 'desc', cursor, limit = LIMIT, domain } = query;
      if (query.favorite !== undefined && caller.kind !== 'account') {
        const expected = 'requires an account: API keys and embed tokens have no favourites';
        throw badRequest([fieldError('query', { path: 'favorite', code: 'invalid', expected })]);
      }
      const domains = domainsFor(caller, domain);
      const filter = { ...query, ...(await spanOf(query, now())), domains };
      const cursors = conversationCursor(sort, order);
      const asked = { sort, order, from: cursors.read(cursor), limit };
      const page = await store.list(caller.workspace.id, filter, asked, readerOf(caller));
      const { entries: data, count } = page;
      return { status: 200, body: { data, ...cursors.write(page), count } };
    },

    'conversations.search': async ({ caller, params: { query } }) => {
      const { q, cursor, limit = LIMIT } = query;
      const domains = domainsFor(caller, query.domain);
      const asked = { from: hitCursor.read(cursor), limit };
      const search = { q, domains, ...(await spanOf(query, now())), page: asked };
      const page = await store.search(caller.workspace.id, search, readerOf(caller));
      return { status: 200, body: { data: page.entries, ...hitCursor.write(page) } };
    },

    'conversations.get': async ({ caller, params: { path, query } }) => {
      const wanted = { id: path.id, domains: domainsFor(caller, query.domain) };
      const body = await found(() => store.get(caller.workspace.id, wanted, readerOf(caller)));
      if (!body) throw notFound('There is no such conversation.');
      return { status: 200, body };
    },

    'conversations.listMessages': async ({ caller, params: { path, query } }) => {
      const { order = 'asc', cursor, limit = LIMIT } = query;
      const cursors = messageCursor(path.id, order);
      const asked = { order, from: cursors.read(cursor), limit };
      const place = await placeOf(caller, path.id, query.domain);
      const page = await store.messages(caller.workspace.id, place, asked);
      return { status: 200, body: { data: page.entries, ...cursors.write(page) } };
    },

    'conversations.stream': async (request) => {
      const { caller, params } = request;
      const place = await placeOf(caller, params.path.id, params.query.domain);
      return streamConversation(request, place, readerOf(caller), options);
    },

    'conversations.export': async ({ caller, params: { path, query }, ip }) => {
      const { format = 'json', domain } = query;
      const place = await placeOf(caller, path.id, domain);
      const entry = { actor: actorOf(caller), target: place.key, details: { format }, ip };
      await actions.noteExport(caller.workspace.id, [place], entry, now());
      return exportOne(exportOf(caller), place, format);
    },

    'conversations.exportMany': async ({ caller, body, ip }) => {
      const { format = 'json', ids, filter, domain } = body;
      for (const name of ['filter', 'limit', 'cursor'] as const) {
        if (!ids || body[name] === undefined) continue;
        const fault = { path: `/${name}`, code: 'not_together' } as const;
        throw badRequest([
          fieldError('body', { ...fault, expected: "can't be combined with `ids`" }),
        ]);
      }
      const domains = domainsFor(caller, domain);
      const workspaceId = caller.workspace.id;
      const part = ids
        ? { places: await store.findMany(workspaceId, ids, domains), nextCursor: null }
        : await partOf(caller, body, domains);
      const entry = { actor: actorOf(caller), details: { format, domain, filter }, ip };
      await actions.noteExport(workspaceId, part.places, entry, now());
      return exportMany(exportOf(caller), part, format);
    },

    'conversations.setTags': async ({ caller, params: { path, query }, body }) => {
      const place = await placeOf(caller, path.id, query.domain);
      const lastEventId = await actions.setTags(caller.workspace.id, place, body.tags, now());
      if (lastEventId !== null) announce(caller.workspace.id, lastEventId);
      return { status: 200, body: await described(caller, place) };
    },

    'conversations.addFavorite': async ({ caller, params: { path, query } }) => {
      const place = await placeOf(caller, path.id, query.domain);
      await actions.setFavorite(caller.workspace.id, place, caller.id, true);
      return { status: 204 };
    },

    'conversations.removeFavorite': async ({ caller, params: { path, query } }) => {
      const place = await placeOf(caller, path.id, query.domain);
      await actions.setFavorite(caller.workspace.id, place, caller.id, false);
      return { status: 204 };
    },

    'conversations.delete': async ({ caller, params: { path, query }, ip }) => {
      const { id } = path;
      const domains = domainsFor(caller, query.domain);
      const place = await found(() => store.find(caller.workspace.id, { id, domains }));
      if (place) await remove(caller, [place], ip);
      else if (!(await store.deletedAmong(caller.workspace.id, [id], domains)).has(id)) {
        throw notFound('There is no such conversation.');
      }
      return { status: 204 };
    },

    'conversations.deleteMany': async ({ caller, body: { ids, domain }, ip }) => {
      const domains = domainsFor(caller, domain);
      const places = await store.findMany(caller.workspace.id, ids, domains);
      const byId = Map.groupBy(places, ({ key }) => key);
      const single = [...byId.values()].flatMap((same) => (same.length === 1 ? same : []));
      await remove(caller, single, ip);
      const ambiguous = ids.filter((id) => (byId.get(id)?.length ?? 0) > 1);
      const gone = await store.deletedAmong(caller.workspace.id, ids, domains);
      const deleted = ids.filter((id) => gone.has(id) && !ambiguous.includes(id));
      const missing = ids.filter((id) => !gone.has(id) && !ambiguous.includes(id));
      return { status: 200, body: { deleted, missing, ambiguous } };
    },
  };
}

/** What an export is of where it names no period. */
const ALL_TIME: PeriodQuery = { timeframe: 'all' };

const namesPeriod = ({ from, to, timeframe }: PeriodQuery): boolean =>
  [from, to, timeframe].some((bound) => bound !== undefined);

/** @throws Problem 409 */
async function found<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof AmbiguousConversation)) throw error;
    throw conflict(`${error.message}: send \`domain\` to choose one.`, 'ambiguous_conversation');
  }
}

/**
 * The span of a period, open to the future where nothing else is said.
 * @throws Problem 400
 */
async function spanOf(
  query: PeriodQuery,
  now: number,
  path?: string,
): Promise<{ from: number | null; to: number | null }> {
  const period = await withPeriod(() => resolvePeriod(query, now, -Infinity), path);
  const { from, to } = withData(period, now);
  return { from: period.all ? null : from, to: period.endsNow ? null : to };
}
