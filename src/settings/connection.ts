import type { CbBaseElement } from '../element/base-element.ts';
import type { Session } from '../data/session.ts';

/** The address of a server, and its token or the URL to get one. */
export interface ConnectionSettings {
  baseUrl: string;
  token: string;
  tokenUrl: string;
}

/** A provider's session, or the connection to the element's own server. */
export type Connection = Session | ConnectionSettings;

/**
 * The server an element talks to. `'pending'` until the provider around it is defined and has a
 * session; undefined if there is neither a provider nor an address or token of its own.
 */
export function connectionOf(element: CbBaseElement): Connection | 'pending' | undefined {
  const { baseUrl = '', token = '', tokenUrl = '', provider, awaitsProvider } = element;
  // A provider's token never goes to an address that isn't the provider's.
  if (baseUrl || token || tokenUrl) return { baseUrl, token, tokenUrl };
  return provider?.session ?? (provider || awaitsProvider ? 'pending' : undefined);
}

/** Seconds; timers with a delay of more than 24 days would fire at once. */
const MAX_REFRESH = 86_400;

/**
 * Milliseconds between two requests while no live connection is open; undefined for the default.
 */
export function refreshOf({ refresh, provider }: CbBaseElement): number | undefined {
  const seconds = Number(refresh ?? provider?.refresh);
  return seconds > 0 ? Math.min(Math.max(seconds, 1), MAX_REFRESH) * 1000 : undefined;
}
