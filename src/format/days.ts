/** Days of a time zone as instants, and back. */

const DAY = 86_400_000;

/** The wall clock of a zone at an instant, as if it were UTC: milliseconds. */
function wallClock(instant: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
}

/**
 * The instant at which a day starts: at midnight, or after it where the clocks skip midnight.
 *
 * @param day such as `2026-11-30`
 * @param timezone an IANA name
 * @returns RFC 3339; undefined if it isn't a day
 */
export function startOfDay(day: string, timezone: string): string | undefined {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(wanted)) return undefined;
  let instant = wanted;
  // The offset at a guess is that of the instant, or is so at the next guess.
  for (let round = 0; round < 3; round++) instant += wanted - wallClock(instant, timezone);
  // Where midnight doesn't exist, the guess is an hour before the clocks change.
  if (wallClock(instant, timezone) < wanted) instant += 3_600_000;
  return new Date(instant).toISOString();
}

/** The day after one, such as `2026-12-01` for `2026-11-30`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
}

/** The day of an instant in a zone, such as `2026-11-30`. */
export function dayOf(instant: string | number, timezone: string): string {
  return new Date(wallClock(+new Date(instant), timezone)).toISOString().slice(0, 10);
}
