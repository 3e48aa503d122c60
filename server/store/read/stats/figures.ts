/** What is told of a stretch of time, made of its sums. Pure. */
import type { Schemas } from '../../../contract/index.ts';
import { fromPico } from '../../rollups/money.ts';
import { noUsage, type UsageSums } from '../../rollups/usage-sums.ts';
import { NO_LATENCY, type Latency } from '../../rollups/latencies.ts';
import type { Unavailable } from '../../rollups/query.ts';
import type { Sums } from '../../rollups/sums.ts';
import type { UserCounts } from '../../rollups/users.ts';

/** Tokens; `input` is the sum of its three parts, `reasoning` a part of `output`. */
export type TokenCounts = Schemas['TokenCounts'];

export type ExecutionCounts = Schemas['ExecutionCounts'];

/** What is told of some requests. Money is a decimal string in USD. */
export interface UsageFigures {
  requests: number;
  errors: number;
  tokens: TokenCounts;
  cost: { usd: string; unpricedRequests: number };
}

/** The figures of one stretch of time. */
export interface Figures extends UsageFigures {
  conversations: number;
  executions: ExecutionCounts;
  latencyMs: Latency;
}

export interface PeriodFigures extends Figures {
  executions: ExecutionCounts & { successRate: number | null };
  errorRate: number | null;
  users: UserCounts;
}

/** Why there are no percentiles of an old interval. */
export const NO_SKETCH =
  'The partial days at its ends need more than 100,000 individual requests, or requests that are no longer stored. Use whole days in UTC.';

export const NO_REQUEST = 'There was no request.';
export const NO_PRICE = 'No request has a known price.';

type TokenSums = Pick<
  UsageSums,
  'uncachedInput' | 'cacheRead' | 'cacheWrite' | 'output' | 'reasoning'
>;

export function tokensOf(sums: TokenSums): TokenCounts {
  const { uncachedInput, cacheRead, cacheWrite, output, reasoning } = sums;
  const input = uncachedInput + cacheRead + cacheWrite;
  return { input, uncachedInput, cacheRead, cacheWrite, output, reasoning, total: input + output };
}

export function usageFigures(sums: UsageSums = noUsage()): UsageFigures {
  const { requests, errors, cost, unpriced } = sums;
  return {
    requests,
    errors,
    tokens: tokensOf(sums),
    cost: { usd: fromPico(cost), unpricedRequests: unpriced },
  };
}

export function figuresOf(sums?: Sums, latency?: Latency | null): Figures {
  return {
    ...usageFigures(sums),
    conversations: sums?.conversations ?? 0,
    executions: {
      total: sums?.executions ?? 0,
      completed: sums?.completed ?? 0,
      failed: sums?.failed ?? 0,
      running: sums?.running ?? 0,
      abandoned: sums?.abandoned ?? 0,
    },
    latencyMs: latency ?? NO_LATENCY,
  };
}

export function periodFigures(
  sums?: Sums,
  latency?: Latency | null,
  users?: UserCounts,
): PeriodFigures {
  const figures = figuresOf(sums, latency);
  const { executions, errors, requests } = figures;
  return {
    ...figures,
    executions: {
      ...executions,
      successRate: ratio(executions.completed, executions.completed + executions.failed),
    },
    errorRate: ratio(errors, requests),
    users: users ?? { active: 0, new: 0 },
  };
}

/** `null` where there is nothing to be a part of. */
export const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : part / whole;

/** Why a figure is null, or is a 0 that nobody has told. */
export function untold(
  figures: PeriodFigures,
  sums: Sums | undefined,
  latency: Latency | null,
): Unavailable[] {
  const unavailable: Unavailable[] = [];
  const say = (path: string, reason: string) => unavailable.push({ path, reason });
  const { requests, executions, errorRate } = figures;
  const reason = unavailableLatency(latency, requests);
  if (reason !== null) say('latencyMs', reason);
  if (errorRate === null) say('errorRate', NO_REQUEST);
  if (executions.successRate === null) {
    say('executions.successRate', 'No execution has completed or failed.');
  }
  return [...unavailable, ...unavailableUsage(sums)];
}

/** Why percentiles can't be told; `null` where they can. */
export function unavailableLatency(latency: Latency | null, requests: number): string | null {
  if (latency === null) return NO_SKETCH;
  if (latency.p50 !== null) return null;
  return requests === 0 ? NO_REQUEST : 'No request reported its latency.';
}

/** Why tokens or money are a 0 that nobody has told. */
export function unavailableUsage(sums: UsageSums | undefined, path = ''): Unavailable[] {
  const { requests, unmetered, unpriced } = sums ?? noUsage();
  if (requests === 0) return [];
  return [
    ...(unmetered === requests
      ? [{ path: `${path}tokens`, reason: 'No request reported its usage.' }]
      : []),
    ...(unpriced === requests ? [{ path: `${path}cost.usd`, reason: NO_PRICE }] : []),
  ];
}
