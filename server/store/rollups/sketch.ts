/**
 * Quantile sketches: counts by logarithmic bucket (DDSketch). Two values of one bucket differ by
 * less than 4 %, so that the bucket's middle is within 2 % of any value in it; sketches of
 * several intervals add up exactly.
 */

const GAMMA = 1.04;
const LOG_GAMMA = Math.log(GAMMA);

/** Bucket of everything too small to matter: 0 and what is below a nanosecond in milliseconds. */
export const ZERO_BUCKET = -1_000;
const LARGEST_BUCKET = 2_000;

/** The bucket that holds `value`; bucket `b` reaches from gamma^(b-1), excluded, to gamma^b. */
export function bucketOf(value: number): number {
  if (!(value > 1e-9)) return ZERO_BUCKET;
  return Math.min(Math.ceil(Math.log(value) / LOG_GAMMA), LARGEST_BUCKET);
}

/** The value that stands for a bucket: at most 2 % from each value in it. */
export function valueOf(bucket: number): number {
  return bucket === ZERO_BUCKET ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

/** Where a quantile lies between two neighbours in rank, as `percentile_cont` defines it. */
export interface QuantileRank {
  /** Bucket of the value at the rank below. */
  low: number;
  /** Bucket of the value at the rank above. */
  high: number;
  /** How many values there are. */
  count: number;
}

/**
 * The quantile, interpolated between its neighbours like `percentile_cont`: both are within 2 %,
 * so the result is too.
 * @param fraction 0.95 for p95
 */
export function quantile(fraction: number, { low, high, count }: QuantileRank): number {
  const rank = fraction * (count - 1);
  const weight = rank - Math.floor(rank);
  return valueOf(low) * (1 - weight) + valueOf(high) * weight;
}

/** Six digits: more would pretend to an exactness that a sketch does not have. */
export const tidy = (value: number): number => Number(value.toPrecision(6));
