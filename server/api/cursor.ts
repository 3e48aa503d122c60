/** Cursors: where a page starts, in a form that is opaque to the client and gives nobody a right. */
import { hash } from 'node:crypto';
import { badRequest, fieldError, type Problem } from '../contract/index.ts';
import type { Page, Place, Position } from '../store/database/pages.ts';
import { isUuid } from '../store/database/uuid.ts';
import type { Span } from '../store/time/period.ts';

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
  const expected = "isn't a cursor of this list with these parameters";
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

/** What a cursor holds, whoever made it; `null` where it holds nothing. */
export function partsOf(cursor: string): unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}

/** What the database reads as a value of a position, and as nothing else. */
export type ValueCheck = (value: string) => boolean;

/** The first letter of a cursor: which way, and whether the entry itself is part of the page. */
const WAYS = { next: ['n', 'N'], previous: ['p', 'P'] } as const;

/** How a page is told: its entries, and the cursors around them. */
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

/**
 * The cursors of a list whose entries have a place of their own, whatever else is asked.
 * @param checks of each value of a position
 * @param about what the order depends on: a cursor is good for the same alone
 */
export function listCursor(
  checks: readonly ValueCheck[],
  about: readonly unknown[] = [],
): ListCursor {
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
  /** As it was on the first page: one that ends now would move meanwhile. */
  span: Span;
}

export interface PeriodCursor {
  /** @throws Problem 400 */
  read: (cursor: string | undefined) => PlaceInPeriod | null;
  write: (page: Pick<Page<unknown>, 'next' | 'previous'>, span: Span) => Cursors;
}

/**
 * The cursors of a list of sums, which keep the period of the first page.
 * @param about the question: its pages have to be asked for alike
 */
export function periodCursor(
  checks: readonly ValueCheck[],
  about: readonly unknown[],
): PeriodCursor {
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

function placeCodec(checks: readonly ValueCheck[], about: readonly unknown[]) {
  const name = about.length === 0 ? [] : [nameOf(about)];
  const encode = ({ towards, position, isIncluded }: Place): unknown[] => [
    WAYS[towards][isIncluded ? 1 : 0],
    ...position,
    ...name,
  ];
  const decode = ([way, ...values]: unknown[]): Place | null => {
    const towards = (['next', 'previous'] as const).find((it) => WAYS[it].includes(way as never));
    const position = values.slice(0, checks.length);
    const rest = values.slice(checks.length);
    const fits =
      position.length === checks.length &&
      position.every((value, at) => typeof value === 'string' && checks[at]?.(value)) &&
      rest.length === name.length &&
      rest.every((value, at) => value === name[at]);
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

/** Epoch milliseconds of the years 1 to 9999. */
const isMoment = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) < 2.535e14;

/** Of lists by a time, the latest first. */
export const timeCursor: ListCursor = listCursor([isInstant, isUuid]);

/** Of lists by an id, which starts with a time. */
export const idCursor: ListCursor = listCursor([isUuid]);
