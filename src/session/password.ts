import { passwordAuth, type TokenStorage } from '@cloudbrain/sdk';
import { clientSession, type Session } from './session.ts';

/** A session of somebody who logs in. Where storage is forbidden it lives in memory. */
export function passwordSession(
  baseUrl: string | undefined,
  where: 'local' | 'session' | 'memory',
): Session {
  const storage = storageOf(where);
  return clientSession(baseUrl, passwordAuth(storage ? { storage } : {}));
}

function storageOf(where: string): TokenStorage | undefined {
  try {
    if (where === 'local') return localStorage;
    return where === 'session' ? sessionStorage : undefined;
  } catch {
    return undefined;
  }
}
