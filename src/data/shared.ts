import { bearer } from '@cloudbrain/sdk/core';
import type { Connection, ConnectionSettings } from '../settings/connection.ts';
import { newSession, type Session } from './session.ts';
import { tokenFrom } from './token-url.ts';

const sessions = new Map<string, WeakRef<Session>>();

/** The session of all elements with this address and token; collected with the last of them. */
function sharedSession({ baseUrl, token, tokenUrl }: ConnectionSettings): Session {
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

/** The session of a connection. */
export function sessionOf(connection: Connection): Session {
  return 'core' in connection ? connection : sharedSession(connection);
}
