import type { RequestOptions } from './core.ts';

/** What a call that changes something may set as well. */
export interface WriteOptions extends RequestOptions {
  /** For 24 hours the same key gives the same answer; a random one by default. */
  idempotencyKey?: string | undefined;
}

/** The options of a call that changes something: with its key it may be sent again. */
export function keyed({ idempotencyKey = uniqueKey(), ...options }: WriteOptions): WriteOptions {
  return { ...options, idempotencyKey };
}

/** `randomUUID` is missing in pages without TLS; a key need only differ from the caller's others. */
export function uniqueKey(): string {
  const { crypto } = globalThis as { crypto: Partial<Crypto> };
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
