import { notFound } from '../contract/index.ts';
import { actorOf } from '../auth/security-events.ts';
import type { Erasures } from '../store/write/erasure/erasures.ts';
import type { HandlersFor } from './handlers.ts';

export interface UsersOptions {
  erasures: Pick<Erasures, 'erase' | 'find'>;
  /** Epoch milliseconds. */
  now: () => number;
}

export function usersHandlers({ erasures, now }: UsersOptions): HandlersFor<'users'> {
  return {
    'users.erase': async ({ caller, params: { path }, ip, signal }) => {
      const entry = { actor: actorOf(caller), ip };
      const time = { now: now(), signal };
      const body = await erasures.erase(caller.workspace.id, path.id, entry, time);
      if (!body) throw notFound('There is no such user.');
      return { status: 202, body };
    },

    'users.getErasure': async ({ caller, params: { path } }) => {
      const body = await erasures.find(caller.workspace.id, path.id);
      if (!body) throw notFound('There is no such erasure.');
      return { status: 200, body };
    },
  };
}
