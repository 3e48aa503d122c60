import type { RequestOptions } from './core.ts';

/** What a call that changes something may set besides. */
export interface WriteOptions extends RequestOptions {
  /** The same key gives the same answer for 24 hours; made for you where left out. */
  idempotencyKey?: string | undefined;
}

/** The options of a call that changes something: with its key it may be sent again. */
export function keyed({ idempotencyKey = uniqueKey(), ...options }: WriteOptions): RequestOptions {
  return { ...options, headers: { 'idempotency-key': idempotencyKey, ...options.headers } };
}

/** `randomUUID` is missing in pages without TLS; a key need only differ from the caller's others. */
export function uniqueKey(): string {
  const { crypto } = globalThis as { crypto: Partial<Crypto> };
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
