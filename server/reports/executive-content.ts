/** What the executive report says, before it is laid out. Pure. */
import type { Schemas } from '../contract/index.ts';
import type { Chart } from './charts.ts';
import {
  asCount,
  asDuration,
  asMoment,
  asNumber,
  asRate,
  asRatio,
  asShort,
  asUsd,
  intervalNames,
} from './format.ts';

type Overview = Schemas['ExecutiveOverview'];

/** Which direction is good news. */
export type Polarity = 'up' | 'down' | 'none';

export interface Card {
  label: string;
  value: string;
  change: number | null;
  polarity: Polarity;
  /** What it is, where it is a rate: its change is told in percentage points. */
  rate: number | null;
}

export interface CardGroup {
  title: string;
  cards: readonly Card[];
}

export function cardsOf(overview: Overview): CardGroup[] {
  const { userMetrics: users, executionMetrics: runs, agentMetrics: agents } = overview;
  const { businessMetrics: business } = overview;
  const card = (
    label: string,
    value: string,
    change: number | null | undefined,
    polarity: Polarity,
    rate: number | null = null,
  ): Card => ({ label, value, change: change ?? null, polarity, rate });
  const rateCard = (
    label: string,
    rate: number | null | undefined,
    change: number | null | undefined,
    polarity: Polarity,
  ): Card => card(label, asRate(rate), change, polarity, rate ?? null);
  const grown = users?.change;
  const ran = runs?.change;
  const sold = business?.change;
  return [
    {
      title: 'Users',
      cards: [
        card('Daily users', asCount(users?.dau), grown?.dau, 'up'),
        card('Weekly users', asCount(users?.wau), grown?.wau, 'up'),
        card('Monthly users', asCount(users?.mau), grown?.mau, 'up'),
        card('New users', asCount(users?.new), grown?.new, 'up'),
        card('Churned users', asCount(users?.churned), grown?.churned, 'down'),
        rateCard('Active rate', users?.activeRate, grown?.activeRate, 'up'),
      ],
    },
    {
      title: 'Executions and agents',
      cards: [
        card('Executions', asCount(runs?.total), ran?.total, 'up'),
        card('Completed', asCount(runs?.completed), ran?.completed, 'up'),
        card('Failed', asCount(runs?.failed), ran?.failed, 'down'),
        rateCard('Success rate', runs?.successRate, ran?.successRate, 'up'),
        card('Mean runtime', asDuration(runs?.avgRuntimeMs), ran?.avgRuntimeMs, 'down'),
        card('Runtime, p95', asDuration(runs?.p95RuntimeMs), ran?.p95RuntimeMs, 'down'),
        card('Agents', asCount(agents?.total), agents?.change.total, 'none'),
        card('Active agents', asCount(agents?.active), agents?.change.active, 'up'),
        card('Credits used', asNumber(runs?.creditsUsed), ran?.creditsUsed, 'none'),
      ],
    },
    {
      title: 'Business',
      cards: [
        card('MRR', asUsd(business?.mrrUsd), sold?.mrrUsd, 'up'),
        card('ARR', asUsd(business?.arrUsd), sold?.arrUsd, 'up'),
        card('LTV', asUsd(business?.ltvUsd), sold?.ltvUsd, 'up'),
        card('CAC', asUsd(business?.cacUsd), sold?.cacUsd, 'down'),
        card('LTV:CAC', asRatio(business?.ltvCacRatio), sold?.ltvCacRatio, 'up'),
        card('Credit sales', asUsd(business?.creditSalesUsd), sold?.creditSalesUsd, 'up'),
        card('Paying customers', asCount(business?.paidCustomers), sold?.paidCustomers, 'up'),
        card('New customers', asCount(business?.newCustomers), sold?.newCustomers, 'up'),
        card('Active customers', asCount(business?.activeCustomers), sold?.activeCustomers, 'up'),
        card('On trial', asCount(business?.trialCustomers), sold?.trialCustomers, 'none'),
        rateCard('Churn rate', business?.churnRate, sold?.churnRate, 'down'),
      ],
    },
  ];
}

/** What every point says of its interval. */
interface Covered {
  at: string;
  partial: boolean;
  noData: boolean;
}

/** Where nothing was recorded there is a gap, and no 0. */
const known = ({ noData }: Covered, value: number): number | null => (noData ? null : value);

/** What stands below charts of which some intervals are covered only in part; `null`: none is. */
export function partialNote({ trends }: Overview): string | null {
  const points = [trends.executions, trends.users, trends.revenue, trends.errors].flatMap(
    (trend): readonly Covered[] => trend ?? [],
  );
  return points.some(({ partial }) => partial)
    ? 'Pale or dashed: the period, or the data, covers only a part of the interval.'
    : null;
}

const BLUE = '#2f6fde';
const GREEN = '#2a9d63';
const RED = '#d0443c';
const VIOLET = '#7a5bd0';

export function chartsOf(overview: Overview): {
  title: string;
  /** `null`: the reason stands in its place. */
  chart: Chart | null;
  reason: string;
}[] {
  const { trends, period, unavailable } = overview;
  const name = intervalNames(trends.granularity, period.timezone);
  const draw = <Point extends Covered>(
    title: string,
    trend: 'executions' | 'users' | 'revenue' | 'errors',
    points: readonly Point[] | null,
    chart: (points: readonly Point[]) => Omit<Chart, 'labels' | 'partial'>,
  ) => ({
    title,
    chart: points?.length
      ? {
          labels: points.map(({ at }) => name(at)),
          partial: points.map(({ partial }) => partial),
          ...chart(points),
        }
      : null,
    reason:
      unavailable.find(({ path }) => path === `trends.${trend}`)?.reason ??
      'There is nothing in this period.',
  });
  return [
    draw('Executions', 'executions', trends.executions, (points) => ({
      series: [
        ...(['completed', 'failed'] as const).map((figure) => ({
          name: figure === 'completed' ? 'Completed' : 'Failed',
          type: 'bar' as const,
          stack: 'runs',
          color: figure === 'completed' ? GREEN : RED,
          values: points.map((point) => known(point, point[figure])),
        })),
        {
          name: 'Total',
          type: 'line',
          color: BLUE,
          values: points.map((point) => known(point, point.total)),
        },
      ],
    })),
    draw('Active users', 'users', trends.users, (points) => ({
      series: [
        {
          name: 'Users',
          type: 'line',
          color: VIOLET,
          values: points.map((point) => known(point, point.active)),
        },
      ],
    })),
    draw('Monthly recurring revenue', 'revenue', trends.revenue, (points) => ({
      format: (value) => `${value < 0 ? '-' : ''}$${asShort(Math.abs(value))}`,
      series: [
        {
          name: 'MRR',
          type: 'line',
          color: GREEN,
          values: points.map(({ mrrUsd }) => (mrrUsd === null ? null : Number(mrrUsd))),
        },
        {
          name: 'Sales of credits',
          type: 'bar',
          color: BLUE,
          values: points.map(({ creditSalesUsd: usd }) => (usd === null ? null : Number(usd))),
        },
      ],
    })),
    draw('Error rate of requests', 'errors', trends.errors, (points) => ({
      format: (value) => asRate(value),
      series: [
        {
          name: 'Error rate',
          type: 'line',
          color: RED,
          values: points.map(({ errorRate }) => errorRate),
        },
      ],
    })),
  ];
}

export interface Table {
  title: string;
  columns: readonly { name: string; share: number; align: 'left' | 'right' }[];
  rows: readonly (readonly string[])[];
  /** Said where there is no row. */
  empty: string;
}

const NOTHING = 'None in this period.';
const UNKNOWN = 'Unavailable: see below.';

export function tablesOf({ agentMetrics, topUsers, activeAlerts, period }: Overview): Table[] {
  const left = (name: string, share: number) => ({ name, share, align: 'left' as const });
  const right = (name: string, share: number) => ({ name, share, align: 'right' as const });
  return [
    {
      title: 'Top agents',
      columns: [left('Agent', 5), right('Executions', 2), right('Success', 2), right('Runtime', 2)],
      rows: (agentMetrics?.topAgents ?? []).map((agent) => [
        agent.name,
        asCount(agent.total),
        asRate(agent.successRate),
        asDuration(agent.avgRuntimeMs),
      ]),
      empty: agentMetrics ? NOTHING : UNKNOWN,
    },
    {
      title: 'Top users',
      columns: [left('User', 5), right('Requests', 2)],
      rows: (topUsers ?? []).map(({ user, requests }) => [user, asCount(requests)]),
      empty: topUsers ? NOTHING : UNKNOWN,
    },
    {
      title: 'Active alerts',
      columns: [left('Severity', 1), left('Type', 2), left('Message', 5), left('Since', 3)],
      rows: (activeAlerts ?? []).map(({ severity, type, message, triggeredAt }) => [
        severity,
        type,
        message,
        asMoment(triggeredAt, period.timezone),
      ]),
      empty: activeAlerts ? 'No active alerts.' : UNKNOWN,
    },
  ];
}
