import type {
  DomainUsage,
  FlowNode,
  ModelUsage,
  StatsCosts,
  StatsCostsQuery,
  StatsErrors,
  StatsFlow,
  StatsLatency,
  StatsModelComparison,
  StatsUsersQuery,
  UsageSums,
  UserUsage,
} from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context, Runs } from '../context.ts';
import {
  defined,
  type Limits,
  pagesFor,
  type Period,
  periodOf,
  withLimit,
  withPeriod,
} from '../options.ts';
import { choices } from '../generated/contract.ts';
import { change, compact, costOf, count, duration, percent, time, usd } from '../output/format.ts';
import type { Column } from '../output/table.ts';
import { type StatsOptions, type TopOptions, withStats, withTop } from './stats-options.ts';
import { showPages, showTable } from './show.ts';

type Breakdown = NonNullable<StatsCostsQuery['breakdown']>;
type UserSort = NonNullable<StatsUsersQuery['sort']>;

/** Breakdowns of a period's figures: `stats domains`, `stats models` and so on. */
export function addBreakdowns(stats: Command, runs: Runs): void {
  withTop(withPeriod(stats.command('domains')))
    .description('usage by domain, most requests first')
    .action(runs(domains));
  withTop(withStats(stats.command('models')))
    .description('usage by model, most requests first')
    .action(runs(models));
  withStats(stats.command('compare').argument('<model...>', 'models to compare'))
    .description('models side by side: speed, cost and errors')
    .action(runs(compare));
  withTop(withStats(stats.command('costs')))
    .description('costs by model, domain, user, agent or team')
    .addOption(
      new Option('--breakdown <by>', 'breakdown; model by default').choices(
        choices['stats.costs'].breakdown,
      ),
    )
    .action(runs(costs));
  withTop(withStats(stats.command('errors')))
    .description('errors by type')
    .action(runs(errors));
  withTop(withStats(stats.command('latency')))
    .description('latency by model')
    .action(runs(latency));
  withTop(withStats(stats.command('flow')))
    .description('calls from agents to models, tools and agents')
    .action(runs(flow));
  withLimit(withStats(stats.command('users')))
    .description('usage by user')
    .addOption(
      new Option('--sort <by>', 'order; requests by default').choices(choices['stats.users'].sort),
    )
    .action(runs(users));
}

const usage: readonly Column<UsageSums>[] = [
  { title: 'requests', value: ({ requests }) => count(requests), right: true },
  { title: 'errors', value: ({ errors }) => count(errors), right: true, leaveOut: 1 },
  { title: 'tokens', value: ({ tokens }) => compact(tokens.total), right: true, leaveOut: 2 },
  { title: 'cost', value: costOf, right: true },
];

const share: Column<{ share: number | null }> = {
  title: 'share',
  value: (it) => percent(it.share),
  right: true,
};

const p95: Column<{ latencyMs: { p95: number | null } }> = {
  title: 'p95',
  value: ({ latencyMs }) => duration(latencyMs.p95),
  right: true,
  leaveOut: 3,
};

const domainColumns: readonly Column<DomainUsage>[] = [
  { title: 'domain', value: ({ domain }) => domain, cut: true },
  ...usage,
  share,
  p95,
  { title: 'users', value: ({ users: { active } }) => count(active), right: true, leaveOut: 4 },
  { title: 'last request', value: ({ lastRequestAt: at }) => time(at), leaveOut: 5 },
];

async function domains(context: Context, options: Period & TopOptions): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.stats.domains({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: domainColumns,
    rowsOf: ({ data }) => data,
  });
}

const modelColumns: readonly Column<ModelUsage>[] = [
  { title: 'model', value: ({ model }) => model, cut: true },
  ...usage,
  share,
  { title: 'change', value: (it) => change(it.change.requests), right: true, leaveOut: 5 },
  p95,
];

async function models(context: Context, options: TopOptions): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.stats.models({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: modelColumns,
    rowsOf: ({ data }) => data,
  });
}

const comparisonColumns: readonly Column<StatsModelComparison['models'][number]>[] = [
  { title: 'model', value: ({ model }) => model, cut: true },
  { title: 'requests', value: ({ requests }) => count(requests), right: true },
  { title: 'error rate', value: ({ errorRate }) => percent(errorRate), right: true },
  { title: 'a request', value: ({ cost }) => usd(cost.perRequestUsd), right: true },
  { title: '1M tokens', value: ({ cost }) => usd(cost.perMillionTokensUsd), right: true },
  { ...p95, title: 'latency p95' },
  {
    title: 'first token p95',
    value: ({ timeToFirstTokenMs }) => duration(timeToFirstTokenMs.p95),
    right: true,
    leaveOut: 2,
  },
  {
    title: 'tokens/s',
    value: ({ outputTokensPerSecond }) => compact(outputTokensPerSecond),
    right: true,
    leaveOut: 1,
  },
];

async function compare(context: Context, names: string[], options: StatsOptions): Promise<void> {
  const query = { ...periodOf(options), models: [...new Set(names)] };
  const found = await (await context.client()).stats.compareModels(query);
  await showTable(context.output, found, { columns: comparisonColumns, rows: found.models });
}

async function costs(
  context: Context,
  options: TopOptions & { breakdown?: Breakdown },
): Promise<void> {
  const cb = await context.client();
  const { breakdown = 'model' } = options;
  const query = { ...periodOf(options), breakdown };
  const columns: Column<StatsCosts['data'][number]>[] = [
    { title: breakdown, value: ({ label }) => label, cut: true },
    ...usage,
    share,
  ];
  await showPages(context.output, (page) => cb.stats.costs({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns,
    rowsOf: ({ data }) => data,
    after: ({ unnamed }) => (unnamed ? [{ ...unnamed, label: `(no ${breakdown})` }] : []),
  });
}

const errorColumns: readonly Column<StatsErrors['data'][number]>[] = [
  { title: 'type', value: ({ type }) => type, cut: true },
  { title: 'errors', value: (it) => count(it.errors), right: true },
  share,
];

async function errors(context: Context, options: TopOptions): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.stats.errors({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: errorColumns,
    rowsOf: ({ data }) => data,
  });
}

const latencyColumns: readonly Column<StatsLatency['data'][number]>[] = [
  { title: 'model', value: ({ model }) => model, cut: true },
  { title: 'requests', value: ({ requests }) => count(requests), right: true },
  { title: 'p50', value: ({ latencyMs }) => duration(latencyMs.p50), right: true },
  { title: 'p95', value: ({ latencyMs }) => duration(latencyMs.p95), right: true },
  { title: 'p99', value: ({ latencyMs }) => duration(latencyMs.p99), right: true },
];

async function latency(context: Context, options: TopOptions): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.stats.latency({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: latencyColumns,
    rowsOf: ({ data }) => data,
  });
}

type FlowRow = StatsFlow['data'][number] & Record<'from' | 'to', FlowNode | undefined>;

const flowColumns: readonly Column<FlowRow>[] = [
  { title: 'agent', value: ({ from }) => from?.name ?? '(no name)', cut: true },
  { title: 'calls', value: ({ to }) => to?.kind ?? '-' },
  { title: '', value: ({ to }) => to?.name ?? '(no name)', cut: true },
  { title: 'times', value: ({ calls }) => count(calls), right: true },
  { title: 'errors', value: (link) => count(link.errors), right: true },
];

async function flow(context: Context, options: TopOptions): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.stats.flow({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: flowColumns,
    rowsOf: ({ data, nodes }) => {
      const byId = new Map(nodes.map((node) => [node.id, node]));
      return data.map((link) => ({
        ...link,
        from: byId.get(link.source),
        to: byId.get(link.target),
      }));
    },
  });
}

const userColumns: readonly Column<UserUsage>[] = [
  { title: 'user', value: ({ user }) => user, cut: true },
  ...usage,
  { title: 'first seen', value: ({ firstSeenAt }) => time(firstSeenAt), leaveOut: 4 },
  { title: 'last seen', value: ({ lastSeenAt }) => time(lastSeenAt), leaveOut: 3 },
];

async function users(
  context: Context,
  options: StatsOptions & Limits & { sort?: UserSort },
): Promise<void> {
  const cb = await context.client();
  const query = { ...periodOf(options), ...defined({ sort: options.sort }) };
  const read = (page: { limit: number; cursor?: string }) => cb.stats.users({ ...query, ...page });
  await showPages(context.output, read, {
    limit: pagesFor(options).limit,
    columns: userColumns,
    rowsOf: ({ data }) => data,
  });
}
