import { passwordAuth, type TokenStorage } from '@cloudbrain/sdk';
import { clientSession, type Session } from './session.ts';

/** A session of somebody who logs in. Where storage is forbidden it lives in memory. */
export function passwordSession(
  baseUrl: string | undefined,
  where: 'local' | 'session' | 'memory',
): Session {
  const storage = storageOf(where);
  const auth = passwordAuth(storage ? { storage } : {});
  const session = clientSession(baseUrl, auth);
  // Tells who is in where a session was stored; what goes wrong is told by the first question.
  auth.token().catch(() => undefined);
  return session;
}

function storageOf(where: string): TokenStorage | undefined {
  try {
    if (where === 'local') return localStorage;
    return where === 'session' ? sessionStorage : undefined;
  } catch {
    return undefined;
  }
}
