/**
 * Which values are far from usual. What is usual of a value is told by those at the same place of
 * the weeks before it; how far off is usual, by how far those are off each other (see
 * docs/statistics.md). Pure.
 */

/** Weeks that are looked back, and how many of them there have to be. */
export const SEASONS = 6;
export const MIN_SEASONS = 4;

/** So many times as far off as is usual is an anomaly (Iglewicz and Hoaglin, 1993). */
const THRESHOLD = 3.5;

/** Of normal noise, its standard deviation by the middle one of its deviations, and by nine in ten. */
const BY_HALF = { part: 0.5, toSigma: 1.4826 };
const BY_MOST = { part: 0.9, toSigma: 0.608 };

/** Noise is at least this part of the median: a few weeks may be alike by chance. */
const LEAST_NOISE = 0.1;

/** A value, and those of the weeks before it: at least `MIN_SEASONS`. */
export interface Place {
  value: number;
  seasons: readonly number[];
}

export interface Judgement {
  direction: 'high' | 'low';
  /** How many times as far from the median as noise is; three digits. */
  score: number;
  /** The median. */
  expected: number;
}

/**
 * Holds counts against those of the weeks before.
 * @returns for each place, `null` where it is usual
 */
export function judgeCounts(places: readonly Place[]): (Judgement | null)[] {
  // Single events that know nothing of each other vary by their square root.
  const dispersion = Math.max(1, dispersionOf(places, BY_HALF));
  return places.map((place) => judge(place, dispersion, 0));
}

/** A sum over requests, such as of tokens, and the requests of the weeks before. */
export interface SumPlace extends Place {
  requests: readonly number[];
}

/**
 * Holds sums over requests against those of the weeks before. A few of their parts are far larger
 * than most: noise is what nine in ten keep to. Where usually there is no request, or nothing is
 * known of it, the requests tell it alone.
 * @returns for each place, `null` where it is usual
 */
export function judgeSums(places: readonly SumPlace[]): (Judgement | null)[] {
  const dispersion = dispersionOf(places, BY_MOST);
  return places.map((place) => {
    const expected = median(place.seasons);
    const usual = median(place.requests);
    if (expected === 0 || usual === 0) return null;
    return judge(place, dispersion, expected / Math.sqrt(usual));
  });
}

function judge({ value, seasons }: Place, dispersion: number, least: number): Judgement | null {
  const expected = median(seasons);
  const noise = Math.max(
    BY_HALF.toSigma * median(offOthers(seasons).map(({ off }) => off)),
    dispersion * Math.sqrt(Math.max(expected, dispersion ** 2)),
    least,
    LEAST_NOISE * expected,
  );
  const score = Math.abs(value - expected) / noise;
  if (score <= THRESHOLD) return null;
  const direction = value > expected ? 'high' : 'low';
  return { direction, score: Number(score.toPrecision(3)), expected };
}

/**
 * By how many times its square root a value varies. What comes in groups of some size varies by
 * the square root of that size, whatever the number of groups: all places tell the same.
 */
function dispersionOf(places: readonly Place[], { part, toSigma }: typeof BY_HALF): number {
  const all = places.flatMap(({ seasons }) =>
    offOthers(seasons).flatMap(({ off, others }) => (others > 0 ? [off / Math.sqrt(others)] : [])),
  );
  return toSigma * quantile(all, part);
}

/** How far each week is off the median of the others: in its own, it would have its own part. */
function offOthers(seasons: readonly number[]): { off: number; others: number }[] {
  return seasons.map((season, index) => {
    const others = median(seasons.toSpliced(index, 1));
    return { off: Math.abs(season - others), others };
  });
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between its neighbours in rank, as `percentile_cont` has it; 0 of nothing. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = part * Math.max(0, sorted.length - 1);
  const [low = 0, high = low] = sorted.slice(Math.floor(rank), Math.floor(rank) + 2);
  return low + (high - low) * (rank - Math.floor(rank));
}
