import { badRequest } from '../contract/index.ts';
import type { ExecutionPosition } from '../store/executions.ts';
import { isUuid } from '../store/uuid.ts';

/** Opaque to the client; it only says where a page ended, and gives nobody a right. */
export function toCursor({ startedAt, id }: ExecutionPosition): string {
  return Buffer.from(JSON.stringify([startedAt, id])).toString('base64url');
}

/** @throws Problem 400 for one that was not made by `toCursor` */
export function fromCursor(cursor: string): ExecutionPosition {
  const position = read(cursor);
  // Written again it has to be the same: what else decodes to it was not made here.
  if (position === null || toCursor(position) !== cursor) {
    throw badRequest([{ in: 'query', path: 'cursor', message: 'is none of this list' }]);
  }
  return position;
}

function read(cursor: string): ExecutionPosition | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [startedAt, id] = parts as unknown[];
  if (typeof startedAt !== 'string' || !isUuid(id)) return null;
  const time = Date.parse(startedAt);
  if (Number.isNaN(time) || new Date(time).toISOString() !== startedAt) return null;
  return { startedAt, id };
}
