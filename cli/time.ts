/** Times as they are typed, or written in a file. */
import { timeIn } from './output/format.ts';

/** What is wrong with another text, as it follows that text. */
export const NO_TIME = 'must be a time such as 2026-11-21 or 2026-11-21T10:00:00Z';

const TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;

const DAY_MS = 86_400_000;

/**
 * Reads a time with its zone, or a day, which stands for its start.
 *
 * @param timeZone the zone in which a day starts; UTC by default
 * @returns RFC 3339; `undefined` for anything else, such as February 30th
 * @throws RangeError for an unknown time zone
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
 * The start of a day in a time zone: its midnight, the first of two, or when the clock skips it.
 *
 * @param midnight of the day in UTC
 */
function startOfDay(midnight: number, timeZone: string): number {
  const ahead = (at: number): number => {
    const shown = timeIn(new Date(at).toISOString(), timeZone);
    return Date.parse(`${shown.replace(' ', 'T')}Z`) - at;
  };
  // The clock may be set on that day: try its offset on the day before, and on the day after.
  const before = midnight - ahead(midnight - DAY_MS);
  const after = midnight - ahead(midnight + DAY_MS);
  return [before, after].find((at) => at + ahead(at) === midnight) ?? before;
}
