import { numberFormat } from '../format/formatters.ts';
import { DURATIONS, formatValue, type ValueFormat } from '../format/value.ts';

/** The ticks of an axis that starts at 0. */
export interface Scale {
  max: number;
  interval: number;
}

/** Steps that are easy to count in. */
const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Ticks from 0 to at least `highest`, in steps that are easy to count in.
 *
 * @param count how many steps there are, about
 */
export function scaleOf(highest: number, format: ValueFormat, count = 3): Scale {
  const top = highest > 0 ? highest : 1;
  const isWhole = format === 'number' || format === 'tokens';
  // Minutes are counted in minutes, not in thousands of seconds.
  const units = format === 'duration' ? DURATIONS : [];
  const [, unit] = units.find(([, ms]) => top >= ms) ?? ['', 1];
  const raw = top / unit / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = (STEPS.find((it) => it * power >= raw * 0.9999) ?? 10) * power;
  const interval = (isWhole ? Math.max(1, Math.ceil(step)) : step) * unit;
  const steps = Math.max(1, Math.ceil((top / interval) * 0.9999));
  return { interval, max: interval * steps };
}

/** The values at a scale's ticks. */
export const ticksOf = ({ max, interval }: Scale): number[] =>
  Array.from({ length: Math.round(max / interval) + 1 }, (_, index) => index * interval);

/**
 * A value at the axis: `1.5K`, `$10K`, `$0.5`, `2 s`. It has just enough decimals to distinguish the
 * ticks.
 */
export function axisValue(value: number, format: ValueFormat, locale: string): string {
  if (format === 'duration' || format === 'percent' || format === 'bytes')
    return formatValue(value, format, locale);
  const isMoney = format === 'currency';
  const text = numberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
    ...(isMoney && { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' }),
  }).format(value);
  // As in `formatValue`: some locales have no narrow symbol.
  return text.replace('US$', '$');
}
