/**
 * The calendar of a time zone: where its hours, days, weeks and months start. Weeks are ISO weeks,
 * from Monday to Sunday. Instants are epoch milliseconds. Since 2015, which is as far back as telemetry goes, every zone has been a whole
 * number of quarter hours ahead of UTC, and has changed its clock at a full quarter only.
 */

export type Granularity = 'hour' | 'day' | 'week' | 'month';

/** A unit that the date alone decides, whatever the time of day. */
export type CalendarUnit = Exclude<Granularity, 'hour'>;

export const MINUTE = 60_000;
export const QUARTER = 15 * MINUTE;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    // Names come from outside and ignore case: don't let made-up spellings fill the memory.
    if (formats.size >= 1_000) formats.clear();
    formats.set(zone, format);
  }
  return format;
}

/** Whether the platform knows this IANA name. */
export function isZone(zone: string): boolean {
  // Bare offsets are no names, and not all of them are whole quarters of an hour.
  if (/^[+-]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * How far the zone's clock is ahead of UTC at an instant, in milliseconds; to the quarter hour,
 * where a zone of long ago went by the sun.
 */
export function offsetAt(zone: string, instant: number): number {
  const text = formatOf(zone).format(instant);
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (!match) throw new Error(`No offset in "${text}"`);
  const [, sign, hours, minutes, seconds] = match;
  if (!sign) return 0;
  const exact = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds ?? 0) * 1_000;
  const length = Math.round(exact / QUARTER) * QUARTER;
  return sign === '-' ? -length : length;
}

/** As `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999. */
const midnight = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month, day);

/** Start of the interval that `instant` lies in, by the zone's clock. */
export function startOf(granularity: Granularity, instant: number, zone: string): number {
  if (granularity === 'hour') return startOfHour(instant, zone);
  const local = new Date(instant + offsetAt(zone, instant));
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const first = { day, week: day - daysSinceMonday(local), month: 1 }[granularity];
  return instantOf(midnight(year, month, first), zone);
}

/** @param local a date as its UTC fields show it; `getUTCDay` counts from Sunday */
const daysSinceMonday = (local: Date): number => (local.getUTCDay() + 6) % 7;

/** Start of the interval after the one that begins at `start`. */
export function startAfter(granularity: Granularity, start: number, zone: string): number {
  if (granularity === 'hour') {
    let next = start + HOUR;
    if (!isFullHour(next, zone)) {
      next = start + QUARTER;
      while (!isFullHour(next, zone)) next += QUARTER;
    }
    return next;
  }
  // Noon: where midnight is skipped, the start itself may show an hour of the day before or after.
  const local = new Date(start + 12 * HOUR + offsetAt(zone, start + 12 * HOUR));
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const next = {
    day: midnight(year, month, day + 1),
    week: midnight(year, month, day + 7),
    month: midnight(year, month + 1, 1),
  }[granularity];
  return instantOf(next, zone);
}

/** Start of the day, week or month before the one that starts at `start`. */
export const startBefore = (unit: CalendarUnit, start: number, zone: string): number =>
  startOf(unit, start - 1, zone);

/** An hour begins whenever the zone's clock shows a full one: also twice, where it is set back. */
function isFullHour(instant: number, zone: string): boolean {
  return (instant + offsetAt(zone, instant)) % HOUR === 0;
}

function startOfHour(instant: number, zone: string): number {
  const intoHour = (((instant + offsetAt(zone, instant)) % HOUR) + HOUR) % HOUR;
  let start = instant - intoHour;
  while (!isFullHour(start, zone)) start -= QUARTER;
  return start;
}

/** First instant at which the zone's clock shows `local` (given as if it were UTC), or passes it. */
export function instantOf(local: number, zone: string): number {
  const offsets = [offsetAt(zone, local - DAY), offsetAt(zone, local + DAY)];
  const earliest = local - Math.max(...offsets);
  for (let instant = earliest; ; instant += QUARTER) {
    if (instant + offsetAt(zone, instant) >= local) return instant;
  }
}
