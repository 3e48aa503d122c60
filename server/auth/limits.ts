import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { tooManyRequests, type CodeOf } from '../contract/index.ts';
import { defaultRateLimits, type RateLimits } from '../config/rate-limits.ts';
import { digest } from './credentials.ts';

/** How often one may fail to log in to an account. */
export interface Lockout {
  /** From one network, or one known device, in so many seconds; then it waits for as long. */
  failures: number;
  seconds: number;
  /** From all networks together, in so many seconds; devices that are known go on. */
  accountFailures: number;
  accountSeconds: number;
}

/** Where an attempt to log in comes from. */
export interface Attempt {
  email: string;
  /** As `networkOf` has it. */
  network: string;
}

const defaultLockout: Lockout = {
  failures: 10,
  seconds: 15 * 60,
  accountFailures: 50,
  accountSeconds: 3_600,
};

export interface LimitsOptions {
  rates?: Partial<RateLimits>;
  lockout?: Partial<Lockout>;
  /** A connected client of the `redis` package: several replicas count together. */
  redis?: object | undefined;
}

/** Counts what callers ask. While Redis is away, each replica counts by itself. */
export class Limits {
  readonly #rates: Record<keyof RateLimits, RateLimiterAbstract>;
  readonly #logins: Record<'network' | 'device' | 'account', RateLimiterAbstract>;

  constructor({ rates, lockout, redis }: LimitsOptions = {}) {
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
    const { failures, seconds, accountFailures, accountSeconds } = {
      ...defaultLockout,
      ...lockout,
    };
    this.#logins = {
      network: limiter('login-network', failures, seconds, seconds),
      device: limiter('login-device', failures, seconds, seconds),
      account: limiter('login-account', accountFailures, accountSeconds),
    };
  }

  /**
   * Counts a request.
   * @param headers of its answer, which say how many more may follow
   * @throws Problem 429
   */
  async count(what: keyof RateLimits, who: string, headers = new Headers()): Promise<void> {
    const limiter = this.#rates[what];
    const report = ({ remainingPoints, msBeforeNext }: RateLimiterRes): void => {
      headers.set('RateLimit-Policy', `"${what}";q=${limiter.points};w=${limiter.duration}`);
      const seconds = Math.ceil(msBeforeNext / 1000);
      headers.set('RateLimit', `"${what}";r=${Math.max(0, remainingPoints)};t=${seconds}`);
    };
    await take(limiter, who, 'rate_limited', report);
  }

  /**
   * Counts an attempt to log in from a device that is known to the account, before its password is
   * checked: apart from strangers, so that they never shut it out.
   * @returns what takes the attempt back, for one that succeeded
   * @throws Problem 429
   */
  async countDeviceLogin(deviceId: string): Promise<() => Promise<void>> {
    const { device } = this.#logins;
    await take(device, deviceId, 'too_many_failed_logins');
    return async () => void (await device.delete(deviceId));
  }

  /**
   * Counts an attempt of a stranger to log in before its password is checked, so that many at once
   * don't slip through: by network and all together, so that guessing stays slow however many
   * networks it comes from.
   * @returns what takes back an attempt that succeeded, and with `all` the failures of its network
   * before it: not where they may have been guesses at another account of that email
   * @throws Problem 429, whether or not there is such an account
   */
  async countLogin({ email, network }: Attempt): Promise<(all: boolean) => Promise<void>> {
    const account = digest(email);
    const logins = this.#logins;
    const pair = `${account} ${network}`;
    // First: what one network asks too often is not held against the account.
    await take(logins.network, pair, 'too_many_failed_logins');
    await take(logins.account, account, 'too_many_failed_logins');
    return async (all) => {
      await (all ? logins.network.delete(pair) : logins.network.reward(pair));
      // Not all of them: the failures of strangers stay counted.
      await logins.account.reward(account);
    };
  }
}

async function take(
  limiter: RateLimiterAbstract,
  who: string,
  code: CodeOf<429> = 'rate_limited',
  report?: (state: RateLimiterRes) => void,
): Promise<void> {
  try {
    const state = await limiter.consume(who);
    report?.(state);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    report?.(refused);
    throw tooManyRequests(refused.msBeforeNext / 1000, code);
  }
}
