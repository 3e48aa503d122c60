/** Tokens of one call; `null` is unknown. Input is the sum of its three disjoint parts. */
export interface Usage {
  uncachedInput: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  /** Includes `reasoning`. */
  output: number | null;
  reasoning: number | null;
}
