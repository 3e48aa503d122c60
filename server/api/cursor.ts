import { badRequest, fieldError, type Problem } from '../contract/index.ts';
import type { ExecutionPosition } from '../store/read/executions.ts';
import { isUuid } from '../store/database/uuid.ts';

/** Opaque to the client; it only says where a page ended, and gives nobody a right. */
export function encodeCursor(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Where in the request a cursor is. */
interface CursorPlace {
  in: 'query' | 'body';
  path: string;
}

/** 400 for what isn't a cursor of the list. */
export function invalidCursor(
  { in: place, path }: CursorPlace = { in: 'query', path: 'cursor' },
): Problem {
  const expected = "isn't a cursor returned by this list for the same parameters";
  return badRequest([fieldError(place, { path, code: 'invalid_cursor', expected })]);
}

/**
 * @param read what the parts say; `null` where they are not of this list
 * @throws Problem 400 for a cursor that was not made by `encodeCursor`
 */
export function decodeCursor<T>(
  cursor: string,
  read: (parts: unknown[]) => T | null,
  place?: CursorPlace,
): T {
  const parts = partsOf(cursor);
  // Written again it has to be the same: what else decodes to it was not made here.
  const position = parts !== null && encodeCursor(parts) === cursor ? read(parts) : null;
  if (position === null) {
    throw invalidCursor(place);
  }
  return position;
}

/** What a cursor holds, whoever made it; `null` where it holds nothing. */
export function partsOf(cursor: string): unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}

/** Whether it is a time as `toISOString` writes it, of a year that the database knows. */
export function isInstant(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-/.test(text) || text.startsWith('0000')) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** Whether the database can be asked for a text. */
export const isSafeText = (text: unknown): text is string =>
  typeof text === 'string' && !text.includes('\0') && text.isWellFormed();

export const toCursor = ({ startedAt, id }: ExecutionPosition): string =>
  encodeCursor([startedAt, id]);

/** @throws Problem 400 for one that was not made by `toCursor` */
export const fromCursor = (cursor: string): ExecutionPosition =>
  decodeCursor(cursor, ([startedAt, id, ...more]) =>
    isInstant(startedAt) && isUuid(id) && more.length === 0 ? { startedAt, id } : null,
  );
