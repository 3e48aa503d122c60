import type { ReactiveControllerHost } from 'lit';
import type { QueryHost, Source } from '../data/query-controller.ts';
import { sessionOf, type ConnectionSettings } from '../data/shared.ts';
import type { Provider } from './provider.ts';
import type { Settings } from './scope.ts';

export type { ConnectionSettings };

/** Where an element could get its data from. */
interface Connected extends Partial<ConnectionSettings> {
  provider: Provider | undefined;
  awaitsProvider: boolean;
}

/**
 * The server that an element talks to. `'pending'` until the provider around it is defined and has a
 * session; undefined if there is neither a provider nor an address or token of its own.
 */
export function sourceOf(element: Connected): Source | 'pending' | undefined {
  const { baseUrl = '', token = '', tokenUrl = '', provider, awaitsProvider } = element;
  // A provider's token never goes to an address that isn't the provider's.
  if (baseUrl || token || tokenUrl)
    return { session: sessionOf({ baseUrl, token, tokenUrl }), origin: baseUrl };
  const session = provider?.session;
  if (session) return { session, origin: session };
  return provider || awaitsProvider ? 'pending' : undefined;
}

/** An element that can do without a server, as a host of queries. */
export const queryHostOf = (
  element: ReactiveControllerHost & Connected & { isConnected: boolean; settings: Settings },
): QueryHost => ({
  addController: (controller) => element.addController(controller),
  removeController: (controller) => element.removeController(controller),
  requestUpdate: () => element.requestUpdate(),
  get updateComplete() {
    return element.updateComplete;
  },
  get isConnected() {
    return element.isConnected;
  },
  get source() {
    return sourceOf(element);
  },
  get refreshMs() {
    return refreshMs(element.settings.refresh);
  },
});

/** Seconds; timers with a delay of more than 24 days would fire at once. */
const MAX_REFRESH = 86_400;

/**
 * Milliseconds between two requests while no live connection is open; undefined for the default.
 *
 * @param refresh in seconds
 */
export function refreshMs(refresh: number | undefined): number | undefined {
  const seconds = Number(refresh);
  return seconds > 0 ? Math.min(Math.max(seconds, 1), MAX_REFRESH) * 1000 : undefined;
}
