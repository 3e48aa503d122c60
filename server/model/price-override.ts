/** USD per million tokens. `*` in the model's or provider's name stands for any characters. */
export interface PriceOverride {
  /** `null`: any. */
  provider: string | null;
  model: string;
  inputPerMillion: number;
  outputPerMillion: number;
  /** `null`: as the input. */
  cacheReadPerMillion: number | null;
  cacheWritePerMillion: number | null;
  /** What is frozen on the row beside the cost. */
  version: string;
}
