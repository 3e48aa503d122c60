import type { RequestOptions } from './core.ts';

/** Options of a call that changes something. */
export interface WriteOptions extends RequestOptions {
  /** A repeated call with the same key within 24 hours gets the same answer; random by default. */
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
