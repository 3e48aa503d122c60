import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { tooManyRequests } from '../contract/index.ts';
import { defaultRateLimits, type RateLimits } from '../config/rate-limits.ts';
import { digest } from './credentials.ts';

/** How often one account may fail to log in, and how long it is locked then. */
export interface Lockout {
  failures: number;
  seconds: number;
}

export const defaultLockout: Lockout = { failures: 10, seconds: 15 * 60 };

export interface LimitsOptions {
  rates?: Partial<RateLimits>;
  lockout?: Lockout;
  /** A connected client of the `redis` package: several replicas count together. */
  redis?: object | undefined;
}

/** Counts what callers ask. While Redis is away, each replica counts by itself. */
export class Limits {
  readonly #rates: Record<keyof RateLimits, RateLimiterAbstract>;
  readonly #logins: RateLimiterAbstract;

  constructor({ rates, lockout = defaultLockout, redis }: LimitsOptions = {}) {
    const perMinute = { ...defaultRateLimits, ...rates };
    const limiter = (name: string, points: number, duration: number, blockDuration = 0) => {
      const options = { keyPrefix: `cloudbrain:limit:${name}`, points, duration, blockDuration };
      const memory = new RateLimiterMemory(options);
      if (!redis) return memory;
      return new RateLimiterRedis({
        ...options,
        storeClient: redis,
        useRedisPackage: true,
        rejectIfRedisNotReady: true,
        insuranceLimiter: memory,
      });
    };
    this.#rates = {
      login: limiter('login', perMinute.login, 60),
      refresh: limiter('refresh', perMinute.refresh, 60),
      ingest: limiter('ingest', perMinute.ingest, 60),
      api: limiter('api', perMinute.api, 60),
      anonymous: limiter('anonymous', perMinute.anonymous, 60),
    };
    const { failures, seconds } = lockout;
    this.#logins = limiter('account', failures, seconds, seconds);
  }

  /** @throws Problem 429 */
  async count(what: keyof RateLimits, who: string): Promise<void> {
    await take(this.#rates[what], who);
  }

  /**
   * Counts an attempt to log in before its password is checked, so that many at once don't slip
   * through; `loginSucceeded` takes it back.
   * @throws Problem 429 while the account is locked, whether or not there is such an account
   */
  async countLogin(email: string): Promise<void> {
    await take(this.#logins, digest(email));
  }

  async loginSucceeded(email: string): Promise<void> {
    await this.#logins.delete(digest(email));
  }
}

async function take(limiter: RateLimiterAbstract, who: string): Promise<void> {
  try {
    await limiter.consume(who);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw tooManyRequests(refused.msBeforeNext / 1000);
    throw refused;
  }
}
