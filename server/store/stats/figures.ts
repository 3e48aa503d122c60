/** What is told of a stretch of time, made of its sums. Pure. */
import { fromPico } from '../money.ts';
import type { Latency } from './latencies.ts';
import type { Sums } from './sums.ts';
import type { UserCounts } from './users.ts';

/** Tokens; `input` is the sum of its three parts, `reasoning` a part of `output`. */
export interface TokenCounts {
  input: number;
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  total: number;
}

export interface ExecutionCounts {
  total: number;
  completed: number;
  failed: number;
  running: number;
  abandoned: number;
}

/** The figures of one stretch of time. Money is a decimal string in USD. */
export interface Figures {
  requests: number;
  conversations: number;
  executions: ExecutionCounts;
  errors: number;
  tokens: TokenCounts;
  cost: { usd: string; unpricedRequests: number };
  latencyMs: Latency;
}

export interface PeriodFigures extends Figures {
  executions: ExecutionCounts & { successRate: number | null };
  errorRate: number | null;
  users: UserCounts;
}

/** A figure that can't be told, by its dotted path or that of its group. */
export interface Unavailable {
  path: string;
  reason: string;
}

/** Why there are no percentiles of an old interval. */
export const NO_SKETCH =
  'Too long ago for percentiles in this time zone: the requests are too many.';

export function figuresOf(sums?: Sums, latency?: Latency | null): Figures {
  const [uncachedInput, cacheRead, cacheWrite] = [
    sums?.uncachedInput ?? 0,
    sums?.cacheRead ?? 0,
    sums?.cacheWrite ?? 0,
  ];
  const input = uncachedInput + cacheRead + cacheWrite;
  const output = sums?.output ?? 0;
  return {
    requests: sums?.requests ?? 0,
    conversations: sums?.conversations ?? 0,
    executions: {
      total: sums?.executions ?? 0,
      completed: sums?.completed ?? 0,
      failed: sums?.failed ?? 0,
      running: sums?.running ?? 0,
      abandoned: sums?.abandoned ?? 0,
    },
    errors: sums?.errors ?? 0,
    tokens: {
      input,
      uncachedInput,
      cacheRead,
      cacheWrite,
      output,
      reasoning: sums?.reasoning ?? 0,
      total: input + output,
    },
    cost: { usd: fromPico(sums?.cost ?? 0n), unpricedRequests: sums?.unpriced ?? 0 },
    latencyMs: latency ?? { p50: null, p95: null, p99: null },
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

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Why a figure is null, or is a 0 that nobody has told. */
export function untold(
  figures: PeriodFigures,
  sums: Sums | undefined,
  latency: Latency | null,
): Unavailable[] {
  const unavailable: Unavailable[] = [];
  const say = (path: string, reason: string) => unavailable.push({ path, reason });
  const { requests, executions, errorRate, latencyMs } = figures;
  if (latency === null) say('latencyMs', NO_SKETCH);
  else if (latencyMs.p50 === null) {
    say('latencyMs', requests === 0 ? 'There was no request.' : 'No request told its latency.');
  }
  if (errorRate === null) say('errorRate', 'There was no request.');
  if (executions.successRate === null) {
    say('executions.successRate', 'No execution has completed or failed.');
  }
  if (requests > 0 && sums?.unmetered === requests) say('tokens', 'No request told its usage.');
  if (requests > 0 && sums?.unpriced === requests) {
    say('cost.usd', 'No request has a known price.');
  }
  return unavailable;
}
