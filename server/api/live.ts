import { forbidden, type Contract, type Schemas, type Upgrade } from '../contract/index.ts';
import { carry } from '../live/socket.ts';
import { eventStream } from '../live/sse.ts';
import type { Hub, SubscribeOptions } from '../live/hub.ts';
import type { Subscription } from '../live/subscription.ts';
import { networkOf } from '../auth/address.ts';
import { topicRoles, topicsOf } from '../auth/access.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { readsContent } from '../auth/content.ts';
import type { ApiRequest, HandlersFor } from './handlers.ts';
import { domainsFor } from '../auth/scope.ts';

type Topic = Schemas['Topic'];

export interface LiveOptions {
  hub: Hub;
  contract: Contract;
  /** Whether what the caller's token stands for still holds: its session, account or key, and their rights. */
  stillValid: (caller: ApiCaller) => Promise<boolean>;
  /** Told of faults of ours. */
  onError: (message: string, error: unknown) => void;
}

export function liveHandlers(options: LiveOptions): HandlersFor<'live'> {
  const { contract, onError } = options;
  const readCommand = (message: unknown): Schemas['LiveCommand'] | null =>
    contract.checkCommand(message).length === 0 ? (message as Schemas['LiveCommand']) : null;

  const upgrade = (subscription: Subscription, allowed: readonly Topic[]): Upgrade => {
    const mayHear = (topic: Topic): boolean => allowed.includes(topic);
    return {
      status: 101,
      accept: (socket) => carry(socket, subscription, { readCommand, mayHear, onError }),
    };
  };

  return {
    'live.stream': async (request) => {
      const after = request.params.header['Last-Event-ID'];
      return eventStream(await subscribe(request, after, options));
    },

    'live.socket': async (request) => {
      const after = request.params.query.lastEventId;
      const subscription = await subscribe(request, after, options);
      return upgrade(subscription, topicsOf(request.caller));
    },

    'live.conversationsSocket': async (request) => {
      const { lastEventId: after, domain } = request.params.query;
      const topics: Topic[] = ['conversations'];
      const query = { topics, ...(domain !== undefined && { domain }) };
      const params = { ...request.params, query };
      return upgrade(await subscribe({ ...request, params }, after, options), topics);
    },
  };
}

type LiveRequest = ApiRequest<'live.stream'> | ApiRequest<'live.socket'>;

/** @throws Problem 403, 404, 429, 503 */
function subscribe(
  request: LiveRequest,
  after: string | undefined,
  options: Subscribing,
): Promise<Subscription> {
  const { caller, params } = request;
  return openSubscription(request, options, {
    topics: topicsFor(caller, params.query.topics),
    domains: domainsFor(caller, params.query.domain),
    // Empty is how an event source says that it has seen none.
    after: after === undefined || after === '' ? null : after,
  });
}

/** What a stream needs of the service. */
export type Subscribing = Pick<LiveOptions, 'hub' | 'stillValid'>;

/**
 * A stream that lasts as long as its request, and as its caller may listen.
 * @throws Problem 429, 503
 */
export async function openSubscription(
  { caller, request, signal, ip }: Pick<LiveRequest, 'caller' | 'request' | 'signal' | 'ip'>,
  { hub, stillValid }: Subscribing,
  about: Pick<SubscribeOptions, 'topics' | 'domains' | 'after'>,
): Promise<Subscription> {
  const subscription = await hub.subscribe({
    ...about,
    content: readsContent(caller),
    workspaceId: caller.workspace.id,
    caller: `${caller.kind} ${caller.id}`,
    ...(ip !== '' && { network: networkOf(ip) }),
    expiresAt: caller.expiresAt?.getTime() ?? null,
    stillValid: () => stillValid(caller),
  });
  const end = (): void => subscription.end(request.signal.aborted ? 'left' : 'shutdown');
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  void subscription.ended.then(() => signal.removeEventListener('abort', end));
  return subscription;
}

/**
 * The topics asked for, else all that the caller may hear.
 * @throws Problem 403
 */
function topicsFor(caller: ApiCaller, asked: readonly Topic[] | undefined): readonly Topic[] {
  const allowed = topicsOf(caller);
  const refused = asked?.find((topic) => !allowed.includes(topic));
  if (refused) {
    const detail = `The token can't subscribe to ${refused}.`;
    throw forbidden(detail, 'topic_not_allowed', topicRoles(refused));
  }
  if (allowed.length === 0) {
    throw forbidden("The token can't subscribe to any topic.", 'topic_not_allowed');
  }
  return asked ?? allowed;
}
