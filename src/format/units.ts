import { numberFormat, scriptOf } from './formatters.ts';

/** A unit of time. */
export type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day';

/**
 * The international symbols. Languages in Latin script use them, because their own short forms
 * differ without need (`hr`, `hrs`, `Std.`, `tim`); others have forms in their own script. A day
 * is a word everywhere: its symbol isn't generally understood.
 */
const SYMBOLS: Partial<Record<TimeUnit, string>> = {
  millisecond: 'ms',
  second: 's',
  minute: 'min',
  hour: 'h',
};

/** A number of a unit in pieces: `60`, a space that doesn't break, `min`. */
export function unitParts(
  value: number,
  unit: TimeUnit,
  locale: string,
  digits: Intl.NumberFormatOptions = {},
): Intl.NumberFormatPart[] {
  const symbol = scriptOf(locale) === 'Latn' ? SYMBOLS[unit] : undefined;
  if (symbol === undefined) {
    const unitDisplay = unit === 'day' ? 'long' : 'short';
    return numberFormat(locale, { ...digits, style: 'unit', unit, unitDisplay }).formatToParts(
      value,
    );
  }
  return [
    ...numberFormat(locale, digits).formatToParts(value),
    { type: 'literal', value: '\u00a0' },
    { type: 'unit', value: symbol },
  ];
}

/** A number of a unit: `60 min`, `24 h`, `7 days`. */
export function formatUnit(value: number, unit: TimeUnit, locale: string): string {
  return unitParts(value, unit, locale)
    .map((part) => part.value)
    .join('');
}
