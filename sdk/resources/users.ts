import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import type { UserErasure } from '../types.ts';
import { Resource } from './resource.ts';

/** Users as telemetry names them. */
export class UsersResource extends Resource {
  /**
   * Erases a user: hidden when the answer comes, removed from what is stored within minutes. Sums
   * stay, under the user `erased`. Again it is the same erasure.
   *
   * @throws PermissionError for all but admins of the whole workspace, NotFoundError for an unknown
   * user.
   * @example
   * const { id, conversations } = await cb.users.erase('ada@example.com');
   */
  erase(user: string, options: RequestOptions = {}): Call<UserErasure> {
    return this.core.call('delete', '/api/users/{id}', { params: { path: { id: user } } }, options);
  }

  /**
   * How far an erasure is.
   *
   * @example
   * const { state } = await cb.users.getErasure(id);
   */
  getErasure(id: string, options: RequestOptions = {}): Call<UserErasure> {
    return this.core.call('get', '/api/users/erasures/{id}', { params: { path: { id } } }, options);
  }
}
