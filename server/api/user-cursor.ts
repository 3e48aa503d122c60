import { createHash } from 'node:crypto';
import { invalidCursor } from './cursor.ts';
import type { UserPosition, UserSort } from '../store/read/stats/user-list.ts';

/**
 * Opaque to the client; it only says where a page ended, and gives nobody a right.
 * @param about what the list was asked about: its pages have to be asked for alike
 */
export function toUserCursor({ sort, from, to, value, user }: UserPosition, about: string): string {
  const asked = createHash('sha256').update(about).digest('base64url').slice(0, 8);
  return Buffer.from(JSON.stringify([sort, from, to, value, user, asked])).toString('base64url');
}

/** @throws Problem 400 for one that was not made by `toUserCursor`, or of a list about something else */
export function fromUserCursor(cursor: string, sort: UserSort, about: string): UserPosition {
  const position = read(cursor);
  // Written again it has to be the same: what else decodes to it was not made here.
  if (position === null || toUserCursor(position, about) !== cursor || position.sort !== sort) {
    throw invalidCursor();
  }
  return position;
}

/** What the database reads as each kind of value, and as nothing else. */
const VALUES: Record<UserSort, (value: string) => boolean> = {
  requests: isCount,
  errors: isCount,
  tokens: isCount,
  cost: (value) => /^-?\d{1,30}(?:\.\d{1,30})?$/.test(value),
  first_seen: isTime,
  last_seen: isTime,
};

function read(cursor: string): UserPosition | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [sort, from, to, value, user] = parts as unknown[];
  if (typeof sort !== 'string' || !Object.hasOwn(VALUES, sort)) return null;
  if (typeof value !== 'string' || !VALUES[sort as UserSort](value)) return null;
  if (typeof user !== 'string' || user.includes('\0') || !user.isWellFormed()) return null;
  if (!isInstant(from) || !isInstant(to) || from > to) return null;
  return { sort: sort as UserSort, from, to, value, user };
}

function isCount(value: string): boolean {
  return /^\d{1,18}$/.test(value);
}

function isTime(value: string): boolean {
  const time = Date.parse(value);
  return isInstant(time) && new Date(time).toISOString() === value;
}

/** Between 2015 and the year 9999, as the periods of such lists are. */
function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1_420_070_400_000 && Number(value) < 2.5e14;
}
