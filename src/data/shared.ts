import { bearer } from '@cloudbrain/sdk/core';
import { newSession, type Session } from './session.ts';
import { tokenFrom } from './token-url.ts';

/** The address of a server, and its token or the URL to get one. */
export interface ConnectionSettings {
  baseUrl: string;
  token: string;
  tokenUrl: string;
}

const sessions = new Map<string, WeakRef<Session>>();

/** The session of all elements with this address and token; collected with the last of them. */
export function sessionOf({ baseUrl, token, tokenUrl }: ConnectionSettings): Session {
  const key = JSON.stringify([baseUrl, token, tokenUrl]);
  let session = sessions.get(key)?.deref();
  if (!session) {
    // An element without a token sends none.
    const source = tokenUrl ? tokenFrom(tokenUrl) : token || (() => null);
    session = newSession(baseUrl, bearer(source));
    sessions.set(key, new WeakRef(session));
  }
  return session;
}
