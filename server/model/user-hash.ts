/** Keyed hashes of users' names: whoever has the name and the key can compare, nobody can read it. */
import { createHmac, randomBytes } from 'node:crypto';

export const newKey = (): string => randomBytes(32).toString('base64url');

export const userHash = (key: string, user: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64url')).update(user).digest('base64url');
