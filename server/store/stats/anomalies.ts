/**
 * Which values are far from usual. What is usual of a value is told by those at the same place of
 * the weeks before it (see docs/statistics.md). Pure.
 */

/** Weeks that are looked back, and how many of them there have to be. */
export const SEASONS = 6;
export const MIN_SEASONS = 4;

/** So many times as far off as is usual is an anomaly (Iglewicz and Hoaglin, 1993). */
const THRESHOLD = 3.5;

/** The median absolute deviation of normal noise, times this, is its standard deviation. */
const TO_SIGMA = 1.4826;

/** Noise is at least this part of the median: a few weeks may be alike by chance. */
const LEAST_NOISE = 0.1;

export interface Judgement {
  direction: 'high' | 'low';
  /** How many times as far from the median as noise is; three digits. */
  score: number;
  /** The median. */
  expected: number;
}

/**
 * Holds a count against those of the weeks before: one of single events varies by its square root
 * at least.
 * @returns `null` where it is usual
 */
export function judgeCount(value: number, seasons: readonly number[]): Judgement | null {
  const expected = median(seasons);
  return judge(value, expected, seasons, Math.max(Math.sqrt(expected), 1));
}

/**
 * Holds a sum over requests, such as tokens, against those of the weeks before: it varies as the
 * requests do. Where usually there is none, they tell it alone.
 * @param requests of the same weeks
 * @returns `null` where it is usual
 */
export function judgeSum(
  value: number,
  seasons: readonly number[],
  requests: readonly number[],
): Judgement | null {
  const expected = median(seasons);
  const usual = median(requests);
  if (expected === 0 || usual === 0) return null;
  return judge(value, expected, seasons, expected / Math.sqrt(usual));
}

function judge(
  value: number,
  expected: number,
  seasons: readonly number[],
  least: number,
): Judgement | null {
  const deviation = TO_SIGMA * median(seasons.map((season) => Math.abs(season - expected)));
  const noise = Math.max(deviation, least, LEAST_NOISE * expected);
  const score = Math.abs(value - expected) / noise;
  if (score <= THRESHOLD) return null;
  const direction = value > expected ? 'high' : 'low';
  return { direction, score: Number(score.toPrecision(3)), expected };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
