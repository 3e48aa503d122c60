/** Cursors: where a page starts, in a form that is opaque to the client and gives nobody a right. */
import { hash } from 'node:crypto';
import { badRequest, fieldError, type OperationId, type Problem } from '../contract/index.ts';
import type { Page, Place, Position } from '../store/database/pages.ts';
import { isUuid } from '../store/database/uuid.ts';
import { FIRST_YEAR, LAST_YEAR_END, type Span } from '../store/time/period.ts';

export function encodeCursor(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Where in the request a cursor is. */
interface CursorPlace {
  in: 'query' | 'body';
  path: string;
}

/** 400 for what isn't a cursor of the list. */
function invalidCursor(
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
  const found = parts !== null && encodeCursor(parts) === cursor ? read(parts) : null;
  if (found === null) throw invalidCursor(place);
  return found;
}

/** The parts of a cursor, valid or not; `null` where it can't be read. */
export function partsOf(cursor: string): unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}

/** Whether the database reads a text as a value of its kind. */
export type ValueCheck = (value: string) => boolean;

/** The first letter of a cursor: which way, and whether the entry itself is part of the page. */
const WAYS = { next: ['n', 'N'], previous: ['p', 'P'] } as const;

/** The cursors of a page in an answer. */
interface Cursors {
  nextCursor: string | null;
  previousCursor: string | null;
}

/** The cursors of a list. */
export interface ListCursor {
  /** @throws Problem 400 */
  read: (cursor: string | undefined) => Place | null;
  write: (page: Pick<Page<unknown>, 'next' | 'previous'>) => Cursors;
}

/** The list that a cursor belongs to, and what its order depends on. */
export type ListName = readonly [operation: OperationId, ...parameters: unknown[]];

/**
 * The cursors of a list whose entries have a place of their own, whatever else is requested.
 * @param checks of each value of a position
 * @param about a cursor is valid for the same list and order only
 */
export function listCursor(checks: readonly ValueCheck[], about: ListName): ListCursor {
  const { encode, decode } = placeCodec(checks, about);
  const write = (place: Place | null) => place && encodeCursor(encode(place));
  return {
    read: (cursor) => (cursor === undefined ? null : decodeCursor(cursor, decode)),
    write: ({ next, previous }) => ({ nextCursor: write(next), previousCursor: write(previous) }),
  };
}

/** A place, and the period that its list is about. */
export interface PlaceInPeriod {
  place: Place;
  /** As on the first page: a period that ends now would move meanwhile. */
  span: Span;
}

export interface PeriodCursor {
  /** @throws Problem 400 */
  read: (cursor: string | undefined) => PlaceInPeriod | null;
  write: (page: Pick<Page<unknown>, 'next' | 'previous'>, span: Span) => Cursors;
}

/**
 * The cursors of a list of sums, which keep the period of the first page.
 * @param about with all parameters: a cursor is valid for the same request only
 */
export function periodCursor(checks: readonly ValueCheck[], about: ListName): PeriodCursor {
  const { encode, decode } = placeCodec(checks, about);
  const write = (place: Place | null, { from, to }: Span) =>
    place && encodeCursor([from, to, ...encode(place)]);
  const readParts = ([from, to, ...parts]: unknown[]): PlaceInPeriod | null => {
    const place = isMoment(from) && isMoment(to) && from <= to ? decode(parts) : null;
    return place && { place, span: { from: Number(from), to: Number(to) } };
  };
  return {
    read: (cursor) => (cursor === undefined ? null : decodeCursor(cursor, readParts)),
    write: ({ next, previous }, span) => ({
      nextCursor: write(next, span),
      previousCursor: write(previous, span),
    }),
  };
}

function placeCodec(checks: readonly ValueCheck[], about: ListName) {
  const name = nameOf(about);
  const encode = ({ towards, position, isIncluded }: Place): unknown[] => [
    WAYS[towards][isIncluded ? 1 : 0],
    ...position,
    name,
  ];
  const decode = ([way, ...values]: unknown[]): Place | null => {
    const towards = (['next', 'previous'] as const).find((it) => WAYS[it].includes(way as never));
    const position = values.slice(0, checks.length);
    const fits =
      values.length === checks.length + 1 &&
      position.every((value, at) => typeof value === 'string' && checks[at]?.(value)) &&
      values.at(-1) === name;
    if (towards === undefined || !fits) return null;
    return {
      towards,
      position: position as string[] satisfies Position,
      isIncluded: way === WAYS[towards][1],
    };
  };
  return { encode, decode };
}

/** A short name of what a cursor is about. */
export const nameOf = (about: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(about), 'base64url').slice(0, 8);

/** Whether it is a time as `toISOString` writes it, of a year that the database knows. */
export function isInstant(text: string): boolean {
  if (!/^\d{4}-/.test(text) || text.startsWith('0000')) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** Whether the database can be asked for a text. */
export const isSafeText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

export const isCount = (text: string): boolean => /^\d{1,18}$/.test(text);

export const isDecimal = (text: string): boolean => /^-?\d{1,30}(?:\.\d{1,30})?$/.test(text);

/** Whether it is a time that an answer can have, in epoch milliseconds. */
const isMoment = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= FIRST_YEAR && Number(value) <= LAST_YEAR_END;

/** Of a list by a time, the latest first. */
export const timeCursor = (list: OperationId): ListCursor =>
  listCursor([isInstant, isUuid], [list]);

/** Of a list by an id, which starts with a time. */
export const idCursor = (list: OperationId): ListCursor => listCursor([isUuid], [list]);
