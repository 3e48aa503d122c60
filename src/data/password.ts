import { AuthResource, createLog, passwordAuth, type TokenStorage } from '@cloudbrain/sdk/core';
import { newSession, type Session } from './session.ts';

/** A session with a login. Kept in memory if storage is unavailable. */
export function passwordSession(
  baseUrl: string | undefined,
  where: 'local' | 'session' | 'memory',
): Session {
  const storage = storageOf(where);
  const auth = passwordAuth(storage ? { storage } : {});
  const session = newSession(baseUrl, auth, {
    log: createLog(),
    // No requests while nobody is signed in: each rejected one is an error in the page's console.
    around: async (request, next) =>
      request.url.includes('/api/auth/') || (await auth.token())
        ? next(request)
        : new Response(null, { status: 401 }),
  });
  accountOf(session);
  // Tells who is in where a session was stored; what goes wrong is told by the first question.
  auth.token().catch(() => undefined);
  return session;
}

/** Logs in and out, where the session's credentials can. */
export function accountOf({ core }: Session): AuthResource {
  return new AuthResource(core);
}

function storageOf(where: string): TokenStorage | undefined {
  try {
    if (where === 'local') return localStorage;
    return where === 'session' ? sessionStorage : undefined;
  } catch {
    return undefined;
  }
}
