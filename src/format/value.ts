import { numberFormat, pluralRules } from './formatters.ts';
import { unitParts } from './units.ts';

/**
 * How a figure is written. `number`: whole and exact. `compact`: 2.7M. `currency`: USD, from a
 * decimal string or a number. `compact-currency`: $2.7M. `percent`: from a ratio, 0.12 is 12 %.
 * `duration`: from milliseconds. `bytes`: from bytes, in powers of 1,000. `tokens`: compact from a
 * million on.
 */
export type ValueFormat =
  | 'number'
  | 'compact'
  | 'currency'
  | 'compact-currency'
  | 'percent'
  | 'duration'
  | 'bytes'
  | 'tokens';

/** A figure as the contract gives it: money is a decimal string. */
export type Value = number | string;

/** Shown instead of an unavailable figure. Never 0. */
export const UNKNOWN = '–';

/** Units of time, the longest first, in milliseconds. */
export const DURATIONS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;
/** Units of size, the largest first, in bytes. */
const SIZES = ['peta', 'tera', 'giga', 'mega', 'kilo'].map(
  (power, index) => [`${power}byte`, 1000 ** (5 - index)] as const,
);

/** Three digits that count, and at most two decimals: 2.41, 59.9, 128. */
const THREE_DIGITS = {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 2,
  roundingPriority: 'lessPrecision',
} as const;

/** Dollars, with the short sign where a language has one. */
const DOLLARS = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;

/** Of two rules for digits the one that says more: a fraction of a cent is not $0.00. */
const more = { roundingPriority: 'morePrecision' } as const;

type Unit<Name extends string> = readonly [name: Name, length: number];

/** The unit to write in, a little early: 999,999 bytes are 1 MB, and 59.96 s are a minute. */
const reached = <Name extends string>(
  units: readonly Unit<Name>[],
  size: number,
): Unit<Name> | undefined => units.find(([, length]) => size * 1.0009 >= length);

function options(
  value: number,
  format: ValueFormat | undefined,
): [number, Intl.NumberFormatOptions] {
  const size = Math.abs(value);
  switch (format) {
    case 'currency':
      return [
        value,
        { ...DOLLARS, minimumSignificantDigits: 2, maximumSignificantDigits: 2, ...more },
      ];
    case 'compact-currency':
      return size < 1_000
        ? options(value, 'currency')
        : [value, { ...DOLLARS, notation: 'compact', maximumSignificantDigits: 3 }];
    case 'percent':
      return [
        value,
        {
          style: 'percent',
          // What is just below 100 % doesn't round to it.
          maximumFractionDigits: size > 0.999 && size < 1 ? 3 : 1,
          maximumSignificantDigits: 1,
          ...more,
        },
      ];
    case 'bytes': {
      const [name, length] = reached(SIZES, size) ?? ['byte', 1];
      return [value / length, { ...THREE_DIGITS, style: 'unit', unit: name }];
    }
    case 'compact':
      return [value, { notation: 'compact', maximumSignificantDigits: 3 }];
    case 'tokens':
      return options(value, size >= 1e6 ? 'compact' : 'number');
    default:
      return [value, { maximumFractionDigits: 2 }];
  }
}

/** Whether there is a figure to format. Null, blank, NaN and infinite values aren't figures. */
export function isValue(value: unknown): value is Value {
  // One of the two is NaN then, or both are endless.
  return Number(value) - parseFloat(value as string) === 0;
}

function parts(
  value: Value,
  format: ValueFormat | undefined,
  locale: string,
): Intl.NumberFormatPart[] {
  // What is, or rounds to, a negative zero has no sign.
  const signDisplay = 'negative';
  if (format === 'duration') {
    const [unit, length] = reached(DURATIONS, Math.abs(Number(value))) ?? DURATIONS[4];
    return unitParts(Number(value) / length, unit, locale, { signDisplay, ...THREE_DIGITS });
  }
  const [number, how] = options(Number(value), format);
  // A decimal string is formatted as it is: a double would lose the last digits of large sums.
  const exact = typeof value === 'string' && number === Number(value) ? value : number;
  return numberFormat(locale, { signDisplay, ...how }).formatToParts(exact);
}

/** Arabic has no narrow symbol, and from right to left "US$" reads "$US". */
const textOf = ({ value }: Intl.NumberFormatPart): string => value.replace('US$', '$');

/** Writes a figure, or {@link UNKNOWN}. */
export function formatValue(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
): string {
  if (!isValue(value)) return UNKNOWN;
  return parts(value, format, locale).map(textOf).join('');
}

/** Writes a figure in pieces; those that recede (its unit, the decimals of money) by `quiet`. */
export function valueParts<T>(
  value: Value,
  format: ValueFormat | undefined,
  locale: string,
  quiet: (text: string) => T,
): (T | string)[] {
  // "4.460,18 $": the part after the decimals is quiet as well. Below a dollar the decimals are the
  // figure.
  let decimals = false;
  return parts(value, format, locale).map((part) => {
    const text = textOf(part);
    decimals ||= part.type === 'decimal' && Math.abs(Number(value)) >= 1;
    const recedes =
      format === 'currency' ? decimals : /unit|percent|compact|literal/.test(part.type);
    return recedes ? quiet(text) : text;
  });
}

/** Changes above it are written as a factor: `+37,055.7%` is hard to read. */
const FACTOR_ABOVE = 9.99;
/** What percentage points are called, by language and plural form; `pp` elsewhere. */
const POINTS: Readonly<
  Record<string, { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>>
> = {
  de: { other: '%-Pkt.' },
  ar: { few: 'نقاط مئوية', other: 'نقطة مئوية' },
  ja: { other: 'ポイント' },
  he: { other: 'נק׳ אחוז' },
};

/**
 * Writes the size of a relative change, a ratio, beside an arrow that says its direction: `12.4%`;
 * above 999 % a factor, `×12`. That of a rate is written in percentage points, `2.1 pp`: 10 % that
 * became 12 % have risen by 2 points, not by 20 %.
 * @param rate what the rate is now, where the figure is one
 */
export function formatChange(change: number, locale: string, rate?: number): string {
  if (!Number.isFinite(change)) return UNKNOWN;
  const size = { signDisplay: 'never', maximumFractionDigits: 1 } as const;
  const points = rate === undefined ? undefined : pointsOf(rate, change);
  if (points !== undefined)
    return `${numberFormat(locale, size).format(points)}\u00a0${pointsName(points, locale)}`;
  if (change > FACTOR_ABOVE) {
    const factor = numberFormat(locale, { maximumSignificantDigits: 3 }).format(change + 1);
    return `×${factor}`;
  }
  return numberFormat(locale, { style: 'percent', ...size }).format(change);
}

function pointsName(points: number, locale: string): string {
  const names = POINTS[locale.toLowerCase().split('-')[0] ?? ''];
  const shown = Math.abs(Math.round(points * 10) / 10);
  return names?.[pluralRules(locale).select(shown)] ?? names?.other ?? 'pp';
}

/** By how many percentage points a rate has changed; undefined where it came to 0 from an unknown rate. */
function pointsOf(rate: number, change: number): number | undefined {
  const points = (rate - rate / (1 + change)) * 100;
  return Number.isFinite(points) ? points : undefined;
}
