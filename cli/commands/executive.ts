import type {
  ExecutiveAgent,
  ExecutiveAlert,
  ExecutiveExportQuery,
  ExecutiveOverview,
  ExecutiveTimeframe,
  ExecutiveUser,
} from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { choices } from '../generated/contract.ts';
import { defaultCommand, defined, withDomain, withTimezone } from '../options.ts';
import { clean } from '../output/clean.ts';
import {
  change,
  count,
  duration,
  percent,
  rateChange,
  ratio,
  time,
  timeIn,
  usd,
} from '../output/format.ts';
import { save } from '../output/save.ts';
import { type Column, type Page, table } from '../output/table.ts';
import type { AddCommands } from '../program.ts';
import { reasonLines } from './unknown.ts';

interface OverviewOptions {
  timeframe?: ExecutiveTimeframe;
  domain?: string;
  timezone: string;
}

interface ExportOptions extends OverviewOptions {
  format: ExecutiveExportQuery['format'];
  output?: string;
}

/** Users, runs, agents and money at a glance: `executive overview`, `executive export`. */
export const addExecutive: AddCommands = (program, runs) => {
  const family = program
    .command('executive')
    .description('users, runs, agents and money at a glance');
  withOptions(defaultCommand(family, 'overview'))
    .description('the figures of a period, and their change (the default)')
    .action(runs(overview));
  withOptions(family.command('export'))
    .description('the overview as a file')
    .addOption(
      new Option('--format <format>', 'format of the file')
        .choices(choices['executive.export'].format)
        .default('csv'),
    )
    .option('--output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  cloudbrain executive export --format pdf --output executive.pdf',
    )
    .action(runs(exportIt));
};

function withOptions(command: Command): Command {
  const period = new Option('--timeframe <period>', 'a named period; 7d by default');
  return withTimezone(
    withDomain(command.addOption(period.choices(choices['executive.overview'].timeframe))),
  );
}

const queryOf = ({ timeframe, domain, timezone }: OverviewOptions) =>
  defined({ timeframe, domain, timezone });

async function overview(context: Context, options: OverviewOptions): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const found = await cb.executive.overview(queryOf(options));
  await output.show(found, () => overviewText(found, output));
}

async function exportIt(context: Context, options: ExportOptions): Promise<void> {
  const cb = await context.client();
  const { format, output: file } = options;
  const ask = () => cb.executive.export({ ...queryOf(options), format });
  await save(ask, { output: context.output, file, binary: format === 'pdf' });
}

interface Figure {
  name: string;
  value: string;
  change: string;
}

const columns: readonly Column<Figure>[] = [
  { title: '', value: ({ name }) => name },
  { title: '', value: ({ value }) => value, right: true },
  { title: '', value: ({ change }) => change, right: true },
];

function overviewText(it: ExecutiveOverview, { width, paint }: Page): string {
  const { agentMetrics, topUsers, activeAlerts, unavailable, period } = it;
  const at = (moment: string): string => timeIn(moment, period.timezone);
  const head = `${at(period.from)} to ${at(period.to)}, ${clean(period.timezone)}`;
  const figures = table(columns, figuresOf(it), { width, paint }).split('\n').slice(1);
  const parts = [[paint('bold', head), ...figures].join('\n')];
  if (agentMetrics && agentMetrics.topAgents.length > 0) {
    parts.push(table(agentColumns, agentMetrics.topAgents, { width, paint }));
  }
  if (topUsers && topUsers.length > 0) parts.push(table(userColumns, topUsers, { width, paint }));
  if (activeAlerts && activeAlerts.length > 0) {
    parts.push(table(alertColumns, activeAlerts, { width, paint }));
  }
  const reasons = reasonLines(unavailable);
  if (reasons.length > 0) parts.push(reasons.join('\n'));
  return parts.join('\n\n');
}

function figuresOf(it: ExecutiveOverview): Figure[] {
  const { userMetrics: users, executionMetrics: runs, businessMetrics: money, agentMetrics } = it;
  const figure = (name: string, value: string, ratio: number | null | undefined): Figure => ({
    name,
    value,
    change: change(ratio),
  });
  const rate = (
    name: string,
    value: number | null | undefined,
    ratio: number | null | undefined,
  ): Figure => ({ name, value: percent(value), change: rateChange(value, ratio) });
  const than = money?.change;
  return [
    figure('Daily users', count(users?.dau), users?.change.dau),
    figure('Weekly users', count(users?.wau), users?.change.wau),
    figure('Monthly users', count(users?.mau), users?.change.mau),
    figure('Active users', count(users?.active), users?.change.active),
    rate('Active rate', users?.activeRate, users?.change.activeRate),
    figure('New users', count(users?.new), users?.change.new),
    figure('Churned users', count(users?.churned), users?.change.churned),
    figure('Executions', count(runs?.total), runs?.change.total),
    figure('Completed', count(runs?.completed), runs?.change.completed),
    figure('Failed', count(runs?.failed), runs?.change.failed),
    rate('Success rate', runs?.successRate, runs?.change.successRate),
    figure('Mean runtime', duration(runs?.avgRuntimeMs), runs?.change.avgRuntimeMs),
    figure('Runtime, p95', duration(runs?.p95RuntimeMs), runs?.change.p95RuntimeMs),
    figure('Credits used', count(runs?.creditsUsed), runs?.change.creditsUsed),
    figure('Agents', count(agentMetrics?.total), agentMetrics?.change.total),
    figure('Active agents', count(agentMetrics?.active), agentMetrics?.change.active),
    figure('MRR', usd(money?.mrrUsd), than?.mrrUsd),
    figure('ARR', usd(money?.arrUsd), than?.arrUsd),
    figure('LTV', usd(money?.ltvUsd), than?.ltvUsd),
    figure('CAC', usd(money?.cacUsd), than?.cacUsd),
    figure('LTV:CAC', ratio(money?.ltvCacRatio), than?.ltvCacRatio),
    figure('Active customers', count(money?.activeCustomers), than?.activeCustomers),
    figure('Paying customers', count(money?.paidCustomers), than?.paidCustomers),
    figure('On trial', count(money?.trialCustomers), than?.trialCustomers),
    figure('New customers', count(money?.newCustomers), than?.newCustomers),
    rate('Churn rate', money?.churnRate, than?.churnRate),
    figure('Credit sales', usd(money?.creditSalesUsd), than?.creditSalesUsd),
  ];
}

const agentColumns: readonly Column<ExecutiveAgent>[] = [
  { title: 'agent', value: ({ name }) => name, cut: true },
  { title: 'executions', value: ({ total }) => count(total), right: true },
  { title: 'failed', value: ({ failed }) => count(failed), right: true, leaveOut: 2 },
  { title: 'success rate', value: (it) => percent(it.successRate), right: true },
  { title: 'mean runtime', value: (it) => duration(it.avgRuntimeMs), right: true, leaveOut: 1 },
];

const userColumns: readonly Column<ExecutiveUser>[] = [
  { title: 'user', value: ({ user }) => user, cut: true },
  { title: 'requests', value: ({ requests }) => count(requests), right: true },
];

const alertColumns: readonly Column<ExecutiveAlert>[] = [
  { title: 'alert since', value: ({ triggeredAt }) => time(triggeredAt) },
  { title: 'severity', value: ({ severity }) => severity },
  { title: 'message', value: ({ message }) => message, cut: true },
];
