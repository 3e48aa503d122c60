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
import { creditsAreTold, creditSums } from './credits.ts';
import { type Part, type Question } from './part.ts';
import { annualRevenueAt, areSubscriptionsTold, toCents } from './revenue.ts';

export interface ExecutionPoint {
  at: string;
  total: number;
  completed: number;
  failed: number;
}

export interface ErrorPoint {
  at: string;
  requests: number;
  errors: number;
  errorRate: number | null;
}

export interface UserPoint {
  at: string;
  active: number;
}

export interface RevenuePoint {
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
  return {
    value: {
      executions: all.map((interval, index) => {
        const { executions: total = 0, completed = 0, failed = 0 } = sums[index] ?? {};
        return { at: told(interval), total, completed, failed };
      }),
      errors: all.map((interval, index) => {
        const { requests = 0, errors = 0 } = sums[index] ?? {};
        return { at: told(interval), requests, errors, errorRate: ratio(errors, requests) };
      }),
    },
    unavailable: [],
  };
}

export async function userTrend(ws: WorkspaceTx, question: Question): Promise<Part<UserPoint[]>> {
  const all = intervals(question);
  const spans = all.map(({ span }) => withData(span, question.now));
  const active = await activeUsers(ws, spans, question.domains, await readFloors(ws));
  return {
    value: all.map((interval, index) => ({
      at: told(interval),
      active: active.get(index) ?? 0,
    })),
    unavailable: [],
  };
}

export async function revenueTrend(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<RevenuePoint[] | null>> {
  const { domains } = question;
  const isTold = await areSubscriptionsTold(ws, domains);
  const areTold = await creditsAreTold(ws, domains);
  if (!isTold && !areTold) {
    const reason = 'Neither subscriptions nor credits have been told.';
    return { value: null, unavailable: [{ path: 'trends.revenue', reason }] };
  }
  const all = intervals(question);
  const spans = all.map(({ span }) => span);
  const ends = spans.map(({ to }) => to);
  const annual = await annualRevenueAt(ws, ends, domains);
  const sales = await creditSums(ws, spans, domains);
  const untold = [
    ...(isTold ? [] : [['mrrUsd', 'No subscription has been told.'] as const]),
    ...(areTold ? [] : [['creditSalesUsd', 'No credits have been told.'] as const]),
  ];
  return {
    value: all.map((interval, index) => ({
      at: told(interval),
      mrrUsd: isTold ? toCents(annual[index] ?? 0n, 12n) : null,
      creditSalesUsd: areTold ? plainUsd(sales[index]?.salesUsd ?? '0') : null,
    })),
    unavailable: untold.map(([figure, reason]) => ({ path: `trends.revenue.${figure}`, reason })),
  };
}
