import { dateFormat, numberFormat } from './formatters.ts';
import { DURATIONS } from './value.ts';

/** From days to seconds. */
const UNITS = DURATIONS.slice(0, 4);

/** A length of time in its largest whole unit, from milliseconds: `2 min`, `12 sec`. */
export function formatAge(ms: number, locale: string): string {
  const age = Math.max(0, Math.round(ms / 1000) * 1000);
  const [unit, length] = DURATIONS.find(([, size]) => age >= size) ?? DURATIONS[3];
  return numberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(age / length),
  );
}

/** A point in time in the reader's zone, from an RFC 3339 string or a `Date`. */
export function formatTime(time: string | Date, locale: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/**
 * A length of time from milliseconds in its two largest units: `8s`, `1m 13s`, `2h 5m`. Below a
 * second in milliseconds; one that `ticks` is always shown in whole seconds.
 */
export function formatElapsed(ms: number, locale: string, ticks = false): string {
  const part = (value: number, unit: string): string =>
    numberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
  if (ms < 1_000 && !ticks) return part(Math.max(0, Math.round(ms)), 'millisecond');
  let left = Math.max(0, ms);
  const first = UNITS.findIndex(([, size]) => left >= size);
  const units = first < 0 ? UNITS.slice(-1) : UNITS.slice(first, first + 2);
  const parts = units.map(([unit, size], index) => {
    const value = Math.floor(left / size);
    left %= size;
    return index && !value ? '' : part(value, unit);
  });
  return parts.join(' ').trimEnd();
}
