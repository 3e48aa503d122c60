import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import type { UserErasure } from '../types.ts';
import { Resource } from './resource.ts';

/** Users as named by telemetry. */
export class UsersResource extends Resource {
  /**
   * Erases a user: hidden at once, and removed from storage within minutes. Sums remain, under the user
   * `erased`. Repeating the call returns the same erasure.
   *
   * @throws PermissionError for callers other than admins of the whole workspace, NotFoundError for an
   * unknown user.
   * @example
   * const { id, conversations } = await cb.users.erase('ada@example.com');
   */
  erase(user: string, options: RequestOptions = {}): Call<UserErasure> {
    return this.core.call('delete', '/api/users/{id}', { params: { path: { id: user } } }, options);
  }

  /**
   * Progress of an erasure.
   *
   * @example
   * const { state } = await cb.users.getErasure(id);
   */
  getErasure(id: string, options: RequestOptions = {}): Call<UserErasure> {
    return this.core.call('get', '/api/users/erasures/{id}', { params: { path: { id } } }, options);
  }
}
