/** What is counted apart, each in requests a minute. */
export interface RateLimits {
  /** Logins from one address. */
  login: number;
  /** Refreshes and logouts from one address. */
  refresh: number;
  /** Batches of one ingest key. */
  ingest: number;
  /** Everything else that one caller asks. */
  api: number;
  /** What one address asks without a token that is valid. */
  anonymous: number;
}

export const defaultRateLimits: RateLimits = {
  login: 30,
  refresh: 120,
  ingest: 3_000,
  api: 6_000,
  anonymous: 600,
};
