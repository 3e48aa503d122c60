import { isValue } from '../../src/format/value.ts';
import type { Polarity } from './metrics.ts';

/** How good a figure is. */
export type Tone = 'good' | 'fair' | 'bad';

/** How good a figure is, and which bounds say so. */
export interface Judgement {
  tone: Tone;
  /** The figure is at least this. */
  from?: number;
  /** The figure is at most this. */
  to?: number;
}

/** Whether a figure meets its target; undefined if one of them isn't a number. */
export function byTarget(
  value: number,
  target: number,
  polarity: Polarity | undefined,
): Judgement | undefined {
  if (!isValue(value) || !isValue(target)) return undefined;
  const isMet = polarity === 'good-when-down' ? value <= target : value >= target;
  return { tone: isMet ? 'good' : 'bad', ...(value >= target ? { from: target } : { to: target }) };
}

/** Two bounds from an attribute; undefined if they aren't two numbers. */
export function boundsOf(text: string): readonly [number, number] | undefined {
  const [good = NaN, fair = NaN, ...more] = text.split(/\s+/).filter(Boolean).map(Number);
  return isValue(good) && isValue(fair) && more.length === 0 ? [good, fair] : undefined;
}

/**
 * How good a figure is by two bounds: good from the first on, fair from the second, bad below; or the
 * other way round where less is better.
 */
export function byBands(
  value: number,
  [good, fair]: readonly [number, number],
  polarity: Polarity | undefined,
): Judgement | undefined {
  if (!isValue(value)) return undefined;
  if (polarity === 'good-when-down') {
    if (value <= good) return { tone: 'good', to: good };
    return value <= fair ? { tone: 'fair', from: good, to: fair } : { tone: 'bad', from: fair };
  }
  if (value >= good) return { tone: 'good', from: good };
  return value >= fair ? { tone: 'fair', from: fair, to: good } : { tone: 'bad', to: fair };
}
