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
  /** Where the figure stands in the answer. */
  path: string;
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
  type Change = number | null | undefined;
  const card = (
    path: string,
    label: string,
    value: string,
    change: Change,
    polarity: Polarity,
    rate: number | null = null,
  ): Card => ({ path, label, value, change: change ?? null, polarity, rate });
  const rateCard = (
    path: string,
    label: string,
    rate: number | null | undefined,
    change: Change,
    polarity: Polarity,
  ): Card => card(path, label, asRate(rate), change, polarity, rate ?? null);
  type Name<Part> = Exclude<keyof NonNullable<Part> & string, 'change' | 'topAgents'>;
  const user = (name: Name<typeof users>, label: string, polarity: Polarity) =>
    card(`userMetrics.${name}`, label, asCount(users?.[name]), users?.change[name], polarity);
  const agent = (name: Name<typeof agents>, label: string, polarity: Polarity) =>
    card(`agentMetrics.${name}`, label, asCount(agents?.[name]), agents?.change[name], polarity);
  const run = (name: Name<typeof runs>, label: string, value: string, polarity: Polarity) =>
    card(`executionMetrics.${name}`, label, value, runs?.change[name], polarity);
  const money = (name: Name<typeof business>, label: string, value: string, polarity: Polarity) =>
    card(`businessMetrics.${name}`, label, value, business?.change[name], polarity);
  return [
    {
      title: 'Users and agents',
      cards: [
        user('dau', 'Daily users', 'up'),
        user('wau', 'Weekly users', 'up'),
        user('mau', 'Monthly users', 'up'),
        user('active', 'Active users', 'up'),
        user('new', 'New users', 'up'),
        user('churned', 'Churned users', 'down'),
        rateCard(
          'userMetrics.activeRate',
          'Active rate',
          users?.activeRate,
          users?.change.activeRate,
          'up',
        ),
        agent('total', 'Agents', 'none'),
        agent('active', 'Active agents', 'up'),
      ],
    },
    {
      title: 'Executions',
      cards: [
        run('total', 'Executions', asCount(runs?.total), 'up'),
        run('completed', 'Completed', asCount(runs?.completed), 'up'),
        run('failed', 'Failed', asCount(runs?.failed), 'down'),
        rateCard(
          'executionMetrics.successRate',
          'Success rate',
          runs?.successRate,
          runs?.change.successRate,
          'up',
        ),
        run('avgRuntimeMs', 'Mean runtime', asDuration(runs?.avgRuntimeMs), 'down'),
        run('p95RuntimeMs', 'Runtime, p95', asDuration(runs?.p95RuntimeMs), 'down'),
      ],
    },
    {
      title: 'Business and credits',
      cards: [
        money('mrrUsd', 'MRR', asUsd(business?.mrrUsd), 'up'),
        money('arrUsd', 'ARR', asUsd(business?.arrUsd), 'up'),
        money('ltvUsd', 'LTV', asUsd(business?.ltvUsd), 'up'),
        money('cacUsd', 'CAC', asUsd(business?.cacUsd), 'down'),
        money('ltvCacRatio', 'LTV:CAC', asRatio(business?.ltvCacRatio), 'up'),
        money('paidCustomers', 'Paying customers', asCount(business?.paidCustomers), 'up'),
        money('newCustomers', 'New customers', asCount(business?.newCustomers), 'up'),
        money('activeCustomers', 'Active customers', asCount(business?.activeCustomers), 'up'),
        money('trialCustomers', 'On trial', asCount(business?.trialCustomers), 'none'),
        rateCard(
          'businessMetrics.churnRate',
          'Churn rate',
          business?.churnRate,
          business?.change.churnRate,
          'down',
        ),
        money('creditSalesUsd', 'Credit sales', asUsd(business?.creditSalesUsd), 'up'),
        run('creditsUsed', 'Credits used', asNumber(runs?.creditsUsed), 'none'),
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
    ? 'Pale or dashed: the period or the data covers only part of the interval.'
    : null;
}

const BLUE = '#2f6fde';
const GREEN = '#2a9d63';
const RED = '#d0443c';
const VIOLET = '#7a5bd0';

export function chartsOf(overview: Overview): {
  /** Where its points stand in the answer. */
  path: string;
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
    read: (points: readonly Point[]) => Omit<Chart, 'labels' | 'partial'>,
  ) => {
    const chart: Chart = {
      labels: points?.map(({ at }) => name(at)) ?? [],
      partial: points?.map(({ partial }) => partial) ?? [],
      ...read(points ?? []),
    };
    const isKnown = chart.series.some(({ values }) => values.some((value) => value !== null));
    const path = `trends.${trend}`;
    return {
      path,
      title,
      chart: isKnown ? chart : null,
      reason: unavailable.find((one) => one.path === path)?.reason ?? 'No data in this period.',
    };
  };
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
      format: dollars,
      series: [
        {
          name: 'MRR',
          type: 'line',
          color: GREEN,
          values: points.map(({ mrrUsd }) => (mrrUsd === null ? null : Number(mrrUsd))),
        },
      ],
    })),
    // On a scale of their own: beside the revenue they would hardly be seen.
    draw('Credit sales', 'revenue', trends.revenue, (points) => ({
      format: dollars,
      series: [
        {
          name: 'Credit sales',
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

const dollars = (value: number): string => `${value < 0 ? '-' : ''}$${asShort(Math.abs(value))}`;

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
