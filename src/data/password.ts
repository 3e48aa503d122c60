import {
  type Auth,
  AuthResource,
  createLog,
  passwordAuth,
  type TokenStorage,
} from '@cloudbrain/sdk/core';
import { newSession, type Session } from './session.ts';

/** A session with a login. Kept in memory if storage is unavailable. */
export async function passwordSession(
  baseUrl: string | undefined,
  where: 'local' | 'session' | 'memory',
): Promise<Session> {
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
  await isKnown(auth);
  return session;
}

/**
 * Resolves once a stored session has been found, or there is none: nobody sees a login who is in
 * already. A failure is reported by the first query.
 */
function isKnown(auth: Auth): Promise<unknown> {
  return new Promise((resolve) => {
    const stop = auth.on('change', resolve);
    auth
      .token()
      .then(resolve, resolve)
      .finally(() => stop());
  });
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
