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
