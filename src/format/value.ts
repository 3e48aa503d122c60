import { numberFormat } from './formatters.ts';

/**
 * How a figure is written. `number`: whole and exact. `compact`: 2.7M. `currency`: USD, from a
 * decimal string or a number. `percent`: from a ratio, 0.12 is 12 %. `duration`: from
 * milliseconds. `bytes`: from bytes, in powers of 1,000. `tokens`: compact from a million on.
 */
export type ValueFormat =
  'number' | 'compact' | 'currency' | 'percent' | 'duration' | 'bytes' | 'tokens';

/** A figure as the contract gives it: money is a decimal string. */
export type Value = number | string;

/** A piece of a written figure; `quiet` pieces (unit, decimals of money) recede. */
export interface ValuePart {
  text: string;
  quiet: boolean;
}

/** What stands where a figure can't be told. Never 0. */
export const UNKNOWN = '–';

/** Units of time, the longest first, in milliseconds. */
export const DURATIONS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;
const POWERS = ['', 'kilo', 'mega', 'giga', 'tera', 'peta'];

/** Of two rules for digits the one that says more: a fraction of a cent is not $0.00. */
const more = { roundingPriority: 'morePrecision' } as const;

function options(
  value: number,
  format: ValueFormat | undefined,
): [number, Intl.NumberFormatOptions] {
  const size = Math.abs(value);
  const unit = { style: 'unit', maximumSignificantDigits: 3 } as const;
  switch (format) {
    case 'currency':
      return [
        value,
        {
          style: 'currency',
          currency: 'USD',
          minimumSignificantDigits: 2,
          maximumSignificantDigits: 2,
          ...more,
        },
      ];
    case 'percent':
      return [
        value,
        { style: 'percent', maximumFractionDigits: 1, maximumSignificantDigits: 1, ...more },
      ];
    case 'duration': {
      const [name, length] = DURATIONS.find(([, ms]) => size >= ms) ?? DURATIONS[4];
      // Narrow is "2.41s", but "2.41m" could be metres.
      return [
        value / length,
        { ...unit, unit: name, unitDisplay: length < 60_000 ? 'narrow' : 'short' },
      ];
    }
    case 'bytes': {
      const power = Math.min(5, size < 1 ? 0 : Math.floor(Math.log10(size) / 3));
      return [value / 1000 ** power, { ...unit, unit: `${POWERS[power] ?? ''}byte` }];
    }
    case 'compact':
      return [value, { notation: 'compact', maximumSignificantDigits: 3 }];
    case 'tokens':
      return options(value, size >= 1e6 ? 'compact' : 'number');
    default:
      return [value, { maximumFractionDigits: 2 }];
  }
}

/** Whether there is a figure to write. */
export function isValue(value: unknown): value is Value {
  return value !== null && value !== '' && Number.isFinite(Number(value));
}

function parts(
  value: Value,
  format: ValueFormat | undefined,
  locale: string,
): Intl.NumberFormatPart[] {
  const [number, how] = options(Number(value), format);
  // A decimal string is formatted as it is: a double would lose the last digits of large sums.
  const exact = typeof value === 'string' && format === 'currency' ? value : number;
  return numberFormat(locale, how).formatToParts(exact as number);
}

/** Writes a figure, or {@link UNKNOWN}. */
export function formatValue(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
): string {
  if (!isValue(value)) return UNKNOWN;
  return parts(value, format, locale)
    .map((part) => part.value)
    .join('');
}

/** Writes a figure in pieces, so that its unit, or the decimals of money, can recede. */
export function valueParts(
  value: Value,
  format: ValueFormat | undefined,
  locale: string,
): ValuePart[] {
  // "4.460,18 $": what comes after the decimals recedes with them.
  let decimals = false;
  return parts(value, format, locale).map(({ type, value: text }) => {
    decimals ||= type === 'decimal';
    const quiet = format === 'currency' ? decimals : /unit|percent|compact|literal/.test(type);
    return { text, quiet };
  });
}

/** Writes a ratio as a signed percentage: `+12.4%`, `-4%`. */
export function formatChange(ratio: number, locale: string): string {
  return numberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 1,
  })
    .format(ratio)
    .replace('-', '−');
}
