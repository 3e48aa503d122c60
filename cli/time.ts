/** Times as they are typed, or stand in a file. */
import { timeIn } from './output/format.ts';

/** What is wrong with another text, as it follows that text. */
export const NO_TIME = 'must be a time such as 2026-11-21 or 2026-11-21T10:00:00Z';

const TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;

const DAY_MS = 86_400_000;

/**
 * The moment of a time with its zone, or at which a day begins.
 *
 * @param timeZone where a day begins; in UTC where it is left out
 * @returns as the contract takes it; `undefined` where it is neither, or there is no such day
 * @throws RangeError where there is no such time zone
 */
export function readTime(text: string, timeZone?: string): string | undefined {
  const [, day = '', clock] = TIME.exec(text) ?? [];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // JavaScript takes February 30th for a day in March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  // As it is: a `Date` knows milliseconds only.
  if (clock !== undefined) return Number.isNaN(Date.parse(text)) ? undefined : text;
  return new Date(timeZone === undefined ? midnight : startOfDay(midnight, timeZone)).toISOString();
}

/**
 * When a day begins in a time zone: at its midnight, at the first of two, or when the clock skips it.
 *
 * @param midnight the day's in UTC
 */
function startOfDay(midnight: number, timeZone: string): number {
  const ahead = (at: number): number => {
    const shown = timeIn(new Date(at).toISOString(), timeZone);
    return Date.parse(`${shown.replace(' ', 'T')}Z`) - at;
  };
  // The clock may be set in between: by how far it is ahead before, and by how far after.
  const before = midnight - ahead(midnight - DAY_MS);
  const after = midnight - ahead(midnight + DAY_MS);
  return [before, after].find((at) => at + ahead(at) === midnight) ?? before;
}
