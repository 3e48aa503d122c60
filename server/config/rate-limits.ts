/** What is counted apart, each in requests a minute. */
export interface RateLimits {
  /** Logins from one network (an IPv4 address, or 64 bits of IPv6), or known devices of one account. */
  login: number;
  /** Refreshes and logouts from one network. */
  refresh: number;
  /** Batches of one ingest key. */
  ingest: number;
  /** Everything else that one caller asks. */
  api: number;
  /** What one network asks without a token that is valid. */
  anonymous: number;
}

export const defaultRateLimits: RateLimits = {
  login: 30,
  refresh: 120,
  ingest: 3_000,
  api: 6_000,
  anonymous: 600,
};
