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

const DURATION = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;
const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

function options(value: number, format: ValueFormat): [number, Intl.NumberFormatOptions] {
  const size = Math.abs(value);
  const unit = { style: 'unit', unitDisplay: 'narrow' } as const;
  switch (format) {
    case 'currency': {
      // A request costs a fraction of a cent: two decimals would call it free.
      const small = size > 0 && size < 1;
      const digits: Intl.NumberFormatOptions = small ? { maximumSignificantDigits: 2 } : {};
      return [value, { style: 'currency', currency: 'USD', ...digits }];
    }
    case 'percent': {
      const digits = size > 0 && size < 0.001 ? 2 : 1;
      return [value, { style: 'percent', maximumFractionDigits: digits }];
    }
    case 'duration': {
      const [name, length] = DURATION.find(([, ms]) => size >= ms) ?? DURATION[4];
      const digits = { maximumFractionDigits: size < 1000 ? 0 : 2, maximumSignificantDigits: 3 };
      return [
        value / length,
        { ...unit, unit: name, ...digits, roundingPriority: 'lessPrecision' },
      ];
    }
    case 'bytes': {
      const power = Math.min(5, size < 1 ? 0 : Math.floor(Math.log10(size) / 3));
      const name = BYTES[power] ?? 'byte';
      return [
        value / 1000 ** power,
        { ...unit, unitDisplay: 'short', unit: name, maximumSignificantDigits: 3 },
      ];
    }
    case 'compact':
      return [value, { notation: 'compact', maximumSignificantDigits: 3 }];
    case 'tokens':
      return options(value, size >= 1e6 ? 'compact' : 'number');
    default:
      return [value, { maximumFractionDigits: size < 100 ? 2 : 0 }];
  }
}

/** Whether there is a figure to write. */
export function isValue(value: unknown): value is Value {
  return value !== null && value !== '' && Number.isFinite(Number(value));
}

function parts(value: Value, format: ValueFormat, locale: string): Intl.NumberFormatPart[] {
  const [number, how] = options(Number(value), format);
  // A decimal string is formatted as it is: a double would lose the last digits of large sums.
  const exact = typeof value === 'string' && format === 'currency' ? value : number;
  return numberFormat(locale, how).formatToParts(exact as number);
}

/** Writes a figure, or {@link UNKNOWN}. */
export function formatValue(
  value: Value | null | undefined,
  format: ValueFormat,
  locale: string,
): string {
  if (!isValue(value)) return UNKNOWN;
  return parts(value, format, locale)
    .map((part) => part.value)
    .join('');
}

/** Writes a figure in pieces, so that its unit, or the decimals of money, can recede. */
export function valueParts(value: Value, format: ValueFormat, locale: string): ValuePart[] {
  const quiet = /unit|percent|compact|literal/;
  const money = /decimal|fraction/;
  const result: ValuePart[] = [];
  for (const { type, value: text } of parts(value, format, locale)) {
    const recedes = (format === 'currency' ? money : quiet).test(type);
    const last = result.at(-1);
    if (last?.quiet === recedes) last.text += text;
    else result.push({ text, quiet: recedes });
  }
  return result;
}

/** Writes a ratio as a signed percentage: `+12.4%`, `-4%`. */
export function formatChange(ratio: number, locale: string): string {
  const digits = Math.abs(ratio) >= 10 ? 0 : 1;
  return numberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: digits,
  })
    .format(ratio)
    .replace('-', '−');
}
