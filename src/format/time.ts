import { dateFormat } from './formatters.ts';
import { formatUnit } from './units.ts';
import { DURATIONS } from './value.ts';

/** From days to seconds. */
const UNITS = DURATIONS.slice(0, 4);

/** A clock, with 12 or 24 hours as the locale has it: `3:05 PM`, `15:05`. */
export const CLOCK: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };

/** A length of time in its largest whole unit, from milliseconds: `2 min`, `12 s`, `3 days`. */
export function formatAge(ms: number, locale: string): string {
  const age = Math.max(0, Math.round(ms / 1000) * 1000);
  const [unit, length] = DURATIONS.find(([, size]) => age >= size) ?? DURATIONS[3];
  return formatUnit(Math.floor(age / length), unit, locale);
}

/** A point in time in the reader's zone, from an RFC 3339 string or a `Date`. */
export function formatTime(time: string | Date, locale: string): string {
  return write(time, locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/**
 * The time of day, from an RFC 3339 string or a `Date`, with 12 or 24 hours as the locale has it.
 *
 * @param timeZone the reader's own by default
 */
export function formatClock(time: string | Date, locale: string, timeZone?: string): string {
  return write(time, locale, { ...CLOCK, ...(timeZone !== undefined && { timeZone }) });
}

function write(time: string | Date, locale: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : dateFormat(locale, options).format(date);
}

/**
 * A length of time from milliseconds in its two largest units: `8 s`, `1 min 13 s`, `2 h 5 min`.
 * Below a second in milliseconds; one that `ticks` is always shown in whole seconds.
 */
export function formatElapsed(ms: number, locale: string, ticks = false): string {
  if (ms < 1_000 && !ticks) return formatUnit(Math.max(0, Math.round(ms)), 'millisecond', locale);
  let left = Math.max(0, ms);
  const first = UNITS.findIndex(([, size]) => left >= size);
  const units = first < 0 ? UNITS.slice(-1) : UNITS.slice(first, first + 2);
  const parts = units.map(([unit, size], index) => {
    const value = Math.floor(left / size);
    left %= size;
    return index && !value ? [] : formatUnit(value, unit, locale);
  });
  return parts.flat().join('\u00a0');
}
