import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type PagePromise } from '../core/pages.ts';
import { withId } from '../core/request.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { IssuedKey, Key, KeyRequest, KeyRotationRequest, KeysQuery } from '../types.ts';
import { Resource } from './resource.ts';

/** Keys of machines: those that send telemetry, and those that ask. For admins of the workspace. */
export class KeysResource extends Resource {
  /**
   * Keys, newest first, those that have ended too; never their secrets.
   *
   * @throws PermissionError for all but admins of the whole workspace.
   * @example
   * for await (const { name, lastUsedAt } of cb.keys.list({ state: 'active' })) print(name, lastUsedAt);
   */
  list(query: KeysQuery = {}, options: RequestOptions = {}): PagePromise<Key> {
    return list(this.core, '/api/keys', query, options);
  }

  /**
   * Creates a key. Its `secret` is in this answer alone: keep it where the client finds it.
   *
   * @throws UnprocessableError where it would end in the past, or later than the key that asks.
   * @example
   * const { secret } = await cb.keys.create({ kind: 'api', name: 'portal', role: 'viewer' });
   */
  create(body: KeyRequest, options: WriteOptions = {}): Call<IssuedKey> {
    return this.core.call('post', '/api/keys', { body }, keyed(options));
  }

  /**
   * One key, as it is now.
   *
   * @throws NotFoundError where the workspace has none of this id.
   * @example
   * const { state, previousSecret } = await cb.keys.get(id);
   */
  get(id: string, options: RequestOptions = {}): Call<Key> {
    return this.core.call('get', withId('/api/keys/{id}', id), {}, options);
  }

  /**
   * Gives a key another secret, which is in this answer alone. The one before works for
   * `overlapSeconds` more: a day where left out, a week at most.
   *
   * @throws ConflictError where the key has ended or expired.
   * @example
   * const { secret, previousSecret } = await cb.keys.rotate(id, { overlapSeconds: 3600 });
   */
  rotate(id: string, body: KeyRotationRequest = {}, options: WriteOptions = {}): Call<IssuedKey> {
    return this.core.call('post', withId('/api/keys/{id}/rotate', id), { body }, keyed(options));
  }

  /**
   * Ends a key at once, with the embed tokens that it minted and the streams that it opened.
   *
   * @throws NotFoundError where the workspace has none of this id.
   * @example
   * await cb.keys.end(id);
   */
  end(id: string, options: WriteOptions = {}): Call<undefined> {
    return this.core.call('delete', withId('/api/keys/{id}', id), {}, keyed(options));
  }
}
