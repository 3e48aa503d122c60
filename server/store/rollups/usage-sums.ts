/** What is summed of requests, whatever it is summed by. Pure. */
import { toPico, type Pico } from './money.ts';
import { DAY } from '../time/zones.ts';
import type { CountedRequest } from './counted.ts';

/** `1` puts a row in, `-1` takes it out. */
export type Sign = 1 | -1;

export interface UsageSums {
  requests: number;
  errors: number;
  /** Requests that told no usage. */
  unmetered: number;
  /** Requests without a known price. */
  unpriced: number;
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  cost: Pico;
}

/** What is summed of a model beside that: how fast it writes, and what its tokens cost. */
export interface SpeedSums {
  /** Input and output of the requests with a known price. */
  pricedTokens: number;
  /** Output of the requests that are timed, and how long they took, in microseconds. */
  timedOutput: number;
  timedUs: number;
}

/** A call that takes longer says nothing of speed. */
export const TIMED_LIMIT_MS = DAY;

export function noUsage(): UsageSums {
  const counts = { requests: 0, errors: 0, unmetered: 0, unpriced: 0 };
  const tokens = { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
  return { ...counts, ...tokens, cost: 0n };
}

export function noSpeed(): SpeedSums {
  return { pricedTokens: 0, timedOutput: 0, timedUs: 0 };
}

export function countUsage(sums: UsageSums, request: CountedRequest, sign: Sign): void {
  const { failed, costUsd, usage } = request;
  sums.requests += sign;
  if (failed) sums.errors += sign;
  if (costUsd === null) sums.unpriced += sign;
  else sums.cost += BigInt(sign) * toPico(costUsd);
  if (usage === null) sums.unmetered += sign;
  sums.uncachedInput += sign * (usage?.uncachedInput ?? 0);
  sums.cacheRead += sign * (usage?.cacheRead ?? 0);
  sums.cacheWrite += sign * (usage?.cacheWrite ?? 0);
  sums.output += sign * (usage?.output ?? 0);
  sums.reasoning += sign * (usage?.reasoning ?? 0);
}

/** Whole microseconds add up exactly, and can be taken back. */
export function countSpeed(sums: SpeedSums, request: CountedRequest, sign: Sign): void {
  const { costUsd, usage, failed, latencyMs } = request;
  const output = usage?.output ?? 0;
  if (costUsd !== null) {
    const { uncachedInput, cacheRead, cacheWrite } = usage ?? {};
    const input = (uncachedInput ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0);
    sums.pricedTokens += sign * (input + output);
  }
  if (failed || output === 0 || latencyMs === null) return;
  if (latencyMs <= 0 || latencyMs > TIMED_LIMIT_MS) return;
  sums.timedOutput += sign * output;
  sums.timedUs += sign * Math.floor(latencyMs * 1_000 + 0.5);
}
