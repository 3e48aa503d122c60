import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type ListOf } from '../core/pages.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { IssuedKey, Key, KeyRequest, KeyRotationRequest, KeysQuery } from '../types.ts';
import { Resource } from './resource.ts';

/** Keys for machines: ingest keys send data, API keys call the API. For admins of the workspace. */
export class KeysResource extends Resource {
  /**
   * Keys without their secrets, newest first, including those that have ended.
   *
   * @throws PermissionError for callers other than admins of the whole workspace.
   * @example
   * for await (const { name, lastUsedAt } of cb.keys.list({ state: 'active' })) print(name, lastUsedAt);
   */
  list(query: KeysQuery = {}, options: RequestOptions = {}): ListOf<'/api/keys'> {
    return list(this.core, '/api/keys', query, options);
  }

  /**
   * Creates a key. Its `secret` is only in this answer.
   *
   * @throws PermissionError if the caller is a key that expires and the new key would outlive it;
   * ConflictError if the workspace has 1,000 valid keys.
   * @example
   * const { secret } = await cb.keys.create({ kind: 'api', name: 'portal', role: 'viewer' });
   */
  create(body: KeyRequest, options: WriteOptions = {}): Call<IssuedKey> {
    return this.core.call('post', '/api/keys', { body }, keyed(options));
  }

  /**
   * One key.
   *
   * @throws NotFoundError if the workspace has no key with this id.
   * @example
   * const { state, previousSecret } = await cb.keys.get(id);
   */
  get(id: string, options: RequestOptions = {}): Call<Key> {
    return this.core.call('get', '/api/keys/{id}', one(id), options);
  }

  /**
   * Replaces the secret of a key; the new one is only in this answer. The previous secret keeps working
   * for `overlapSeconds`: a day by default, a week at most.
   *
   * @throws ConflictError if the key has ended or expired, or is set by the operator.
   * @example
   * const { secret, previousSecret } = await cb.keys.rotate(id, { overlapSeconds: 3600 });
   */
  rotate(id: string, body: KeyRotationRequest = {}, options: WriteOptions = {}): Call<IssuedKey> {
    return this.core.call('post', '/api/keys/{id}/rotate', { ...one(id), body }, keyed(options));
  }

  /**
   * Ends a key at once, with the embed tokens that it created and the streams that it opened.
   *
   * @throws NotFoundError if the workspace has no key with this id.
   * @example
   * await cb.keys.end(id);
   */
  end(id: string, options: WriteOptions = {}): Call<undefined> {
    return this.core.call('delete', '/api/keys/{id}', one(id), keyed(options), { noContent: true });
  }
}

const one = (id: string) => ({ params: { path: { id } } });
