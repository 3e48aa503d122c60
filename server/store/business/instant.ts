/** Times of business data, to the microsecond: what a database keeps of them. Pure. */

/** `2026-11-21T10:00:00.123456Z`: all as long and in UTC, so that they compare as texts. */
export type Instant = string;

const FRACTION = /\.(\d+)/;

/** @param text RFC 3339; what is finer than a microsecond is cut off */
export function instantOf(text: string): Instant {
  const second = new Date(text.replace(FRACTION, '').toUpperCase()).toISOString().slice(0, 19);
  const [, fraction = ''] = FRACTION.exec(text) ?? [];
  return `${second}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}
