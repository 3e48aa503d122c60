/** The figures of every interval of the period, oldest first. */
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { plainUsd } from '../../rollups/money.ts';
import {
  fittingGranularity,
  intervalsOf,
  withData,
  type Interval,
  type Span,
} from '../../time/period.ts';
import { ratio } from '../stats/figures.ts';
import { sumsOf } from '../../rollups/sums.ts';
import { activeUsers } from '../../rollups/users.ts';
import { DAY, type Granularity } from '../../time/zones.ts';
import { coverageOf, type Coverage } from '../../time/coverage.ts';
import { creditsAreTold, creditSums } from './credits.ts';
import { firstCreditAt, firstSubscriptionAt } from './data-start.ts';
import { telemetryBounds, type Part, type Question } from './part.ts';
import { annualRevenueAt, areSubscriptionsTold, toCents } from './revenue.ts';

export interface ExecutionPoint extends Coverage {
  at: string;
  total: number;
  completed: number;
  failed: number;
}

export interface ErrorPoint extends Coverage {
  at: string;
  requests: number;
  errors: number;
  errorRate: number | null;
}

export interface UserPoint extends Coverage {
  at: string;
  active: number;
}

export interface RevenuePoint extends Coverage {
  at: string;
  mrrUsd: string | null;
  creditSalesUsd: string | null;
}

/** Beyond it the users of a day can't be told in every zone without reading its requests. */
const DAYS = 100;

/** The granularity in which the period's trends are told. */
export function trendGranularity({ from, to }: Span): Granularity {
  return to - from > DAYS * DAY ? 'month' : fittingGranularity({ from, to });
}

const intervals = ({ period }: Question): Interval[] =>
  intervalsOf(period, trendGranularity(period));

const told = ({ at }: Interval): string => new Date(at).toISOString();

/** Executions and errors: the same sums tell both. */
export async function sumTrends(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<{ executions: ExecutionPoint[]; errors: ErrorPoint[] }>> {
  const all = intervals(question);
  const spans = all.map(({ span }) => withData(span, question.now));
  const sums = await sumsOf(ws, spans, question.domains);
  const data = telemetryBounds(question);
  return {
    value: {
      executions: all.map((interval, index) => {
        const { executions: total = 0, completed = 0, failed = 0 } = sums[index] ?? {};
        const coverage = coverageOf(interval, data, total > 0);
        return { at: told(interval), ...coverage, total, completed, failed };
      }),
      errors: all.map((interval, index) => {
        const { requests = 0, errors = 0 } = sums[index] ?? {};
        const coverage = coverageOf(interval, data, requests > 0);
        const errorRate = ratio(errors, requests);
        return { at: told(interval), ...coverage, requests, errors, errorRate };
      }),
    },
    unavailable: [],
  };
}

export async function userTrend(ws: WorkspaceTx, question: Question): Promise<Part<UserPoint[]>> {
  const all = intervals(question);
  const spans = all.map(({ span }) => withData(span, question.now));
  const active = await activeUsers(ws, spans, question.domains, await readFloors(ws));
  const data = telemetryBounds(question);
  return {
    value: all.map((interval, index) => {
      const users = active.get(index) ?? 0;
      return { at: told(interval), ...coverageOf(interval, data, users > 0), active: users };
    }),
    unavailable: [],
  };
}

/** What was not told of yet has no figure. */
const hasBegun = ({ span }: Interval, since: number | null): boolean =>
  since !== null && since < span.to;

export async function revenueTrend(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<RevenuePoint[] | null>> {
  const { domains } = question;
  const isTold = await areSubscriptionsTold(ws, domains);
  const areTold = await creditsAreTold(ws, domains);
  if (!isTold && !areTold) {
    const reason = 'Neither subscriptions nor credits have been reported.';
    return { value: null, unavailable: [{ path: 'trends.revenue', reason }] };
  }
  const all = intervals(question);
  const spans = all.map(({ span }) => span);
  const ends = spans.map(({ to }) => to);
  const annual = await annualRevenueAt(ws, ends, domains);
  const sales = await creditSums(ws, spans, domains);
  const mrrSince = isTold ? await firstSubscriptionAt(ws, domains) : null;
  const salesSince = areTold ? await firstCreditAt(ws, domains) : null;
  const first = Math.min(mrrSince ?? Infinity, salesSince ?? Infinity);
  const data = { first, now: question.now };
  const untold = [
    ...(isTold ? [] : [['mrrUsd', 'No subscription has been reported.'] as const]),
    ...(areTold ? [] : [['creditSalesUsd', 'No credits have been reported.'] as const]),
  ];
  return {
    value: all.map((interval, index) => ({
      at: told(interval),
      ...coverageOf(interval, data, false),
      mrrUsd: hasBegun(interval, mrrSince) ? toCents(annual[index] ?? 0n, 12n) : null,
      creditSalesUsd: hasBegun(interval, salesSince)
        ? plainUsd(sales[index]?.salesUsd ?? '0')
        : null,
    })),
    unavailable: untold.map(([figure, reason]) => ({ path: `trends.revenue.${figure}`, reason })),
  };
}
