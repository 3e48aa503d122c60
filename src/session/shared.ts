import { bearer } from '@cloudbrain/sdk';
import type { Connection, ConnectionSettings } from '../connection.ts';
import { clientSession, type Session } from './session.ts';

const sessions = new Map<string, WeakRef<Session>>();

/** The session of all elements with this address and token; collected with the last of them. */
function sharedSession({ baseUrl, token }: ConnectionSettings): Session {
  const key = JSON.stringify([baseUrl, token]);
  let session = sessions.get(key)?.deref();
  if (!session) {
    session = clientSession(baseUrl, bearer(token));
    sessions.set(key, new WeakRef(session));
  }
  return session;
}

/** The session of a connection. */
export function sessionOf(connection: Connection): Session {
  return 'client' in connection ? connection : sharedSession(connection);
}
