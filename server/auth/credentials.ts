import { hash, verify } from '@node-rs/argon2';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { keyPrefix } from '../model/key-prefix.ts';

const random = (): string => randomBytes(32).toString('base64url');

export const newRefreshToken = (): string => `cbr_${random()}`;

/**
 * The refresh token that follows another, the same one for the same idempotency key: so that a
 * repeated request can be answered again though the answer is kept nowhere.
 * @param key the service's; without it nobody can tell what follows
 */
export const successorOf = (
  refreshToken: string,
  idempotencyKey: string,
  key: Uint8Array,
): string => {
  const hmac = createHmac('sha256', key).update(JSON.stringify([refreshToken, idempotencyKey]));
  return `cbr_${hmac.digest('base64url')}`;
};

export const newApiKey = (kind: 'ingest' | 'api'): string => `${keyPrefix(kind)}${random()}`;

/** What is kept of a generated key: enough to check and to recognize it, not to use it. */
export const keptOf = (key: string): { hash: string; lastFour: string } => ({
  hash: digest(key),
  lastFour: key.slice(-4),
});

/** A password for somebody who will read it off a screen once. */
export const newPassword = (): string => randomBytes(15).toString('base64url');

/**
 * What is kept of a refresh token or key. One round is enough for 256 random bits; passwords,
 * which people choose, go through argon2id.
 */
export const digest = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');

/** Argon2id with the library's defaults: 19 MiB, 2 passes, as OWASP advises. */
export const hashPassword = (password: string): Promise<string> => hash(password);

export const verifyPassword = (passwordHash: string, password: string): Promise<boolean> =>
  verify(passwordHash, password);

/** Takes as long as a real check, so that an unknown email answers no faster than a known one. */
export async function verifyNothing(password: string): Promise<void> {
  nobody ??= hash(random());
  await verify(await nobody, password);
}
let nobody: Promise<string> | undefined;
