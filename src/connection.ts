import type { CbBaseElement } from './base-element.ts';
import type { Session } from './session/session.ts';

/** Where a server is, and the token to show it, or where to get one. */
export interface ConnectionSettings {
  baseUrl: string;
  token: string;
  tokenUrl: string;
}

/** A provider's session, or where to find a server of one's own. */
export type Connection = Session | ConnectionSettings;

/**
 * Where an element's questions go: `pending` while the provider around it, or its session, is
 * still to come; undefined where there is neither a provider nor an address or token of its own.
 */
export function connectionOf(element: CbBaseElement): Connection | 'pending' | undefined {
  const { baseUrl = '', token = '', tokenUrl = '', provider, awaitsProvider } = element;
  // A provider's token never goes to an address that isn't the provider's.
  if (baseUrl || token || tokenUrl) return { baseUrl, token, tokenUrl };
  return provider?.session ?? (provider || awaitsProvider ? 'pending' : undefined);
}

/** Seconds; timers run at once where they are to wait longer than 24 days. */
const MAX_REFRESH = 86_400;

/** Milliseconds between two questions while nothing is pushed; undefined: the default. */
export function refreshOf({ refresh, provider }: CbBaseElement): number | undefined {
  const seconds = Number(refresh ?? provider?.refresh);
  return seconds > 0 ? Math.min(Math.max(seconds, 1), MAX_REFRESH) * 1000 : undefined;
}
