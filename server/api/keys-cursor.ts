import { isUuid } from '../store/database/uuid.ts';
import type { Page, Place } from '../store/database/pages.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const LIST = 'keys.list';

/** The first part of a cursor: which way, and whether the entry itself is part of the page. */
const WAYS = { next: ['n', 'N'], previous: ['p', 'P'] } as const;

/** The cursors of the list of keys. */
export const keyCursor = {
  /** @throws Problem 400 */
  read: (cursor: string | undefined): Place | null =>
    cursor === undefined ? null : decodeCursor(cursor, toPlace),
  write: ({ next, previous }: Pick<Page<unknown>, 'next' | 'previous'>) => ({
    nextCursor: fromPlace(next),
    previousCursor: fromPlace(previous),
  }),
};

const fromPlace = (place: Place | null): string | null =>
  place && encodeCursor([WAYS[place.towards][place.isIncluded ? 1 : 0], ...place.position, LIST]);

function toPlace([way, id, list, ...more]: unknown[]): Place | null {
  const towards = (['next', 'previous'] as const).find((it) => WAYS[it].includes(way as never));
  if (towards === undefined || !isUuid(id) || list !== LIST || more.length > 0) return null;
  return { towards, position: [id], isIncluded: way === WAYS[towards][1] };
}
