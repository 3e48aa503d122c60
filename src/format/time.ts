import { dateFormat, numberFormat } from './formatters.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its largest whole unit, from milliseconds: `2 min`, `12 sec`. */
export function formatAge(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[3];
  return numberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(seconds / length),
  );
}

/** A point in time in the reader's zone, from an RFC 3339 string or a `Date`. */
export function formatTime(time: string | Date, locale: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/**
 * A length of time as it ticks, from milliseconds: `8s`, `1m 13s`, `2h 5m`. Below a second in
 * milliseconds.
 */
export function formatElapsed(ms: number, locale: string): string {
  const part = (value: number, unit: string): string =>
    numberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
  if (ms < 1_000) return part(Math.max(0, Math.round(ms)), 'millisecond');
  const seconds = Math.floor(ms / 1_000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  return UNITS.slice(first, first + 2)
    .map(([unit, size], index) => {
      const larger = index === 0 ? Infinity : (UNITS[first]?.[1] ?? Infinity);
      return [Math.floor((seconds % larger) / size), unit] as const;
    })
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => part(value, unit))
    .join(' ');
}
