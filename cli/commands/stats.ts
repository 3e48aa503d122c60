import type { Granularity, StatsOverview, StatsTimeline, TimelinePoint } from '@cloudbrain/sdk';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { defaultCommand, defined, periodOf } from '../options.ts';
import { explained } from '../explain.ts';
import { choices } from '../generated/contract.ts';
import { clean } from '../output/clean.ts';
import {
  change,
  compact,
  costOf,
  count,
  duration,
  percent,
  rateChange,
  timeIn,
  usd,
} from '../output/format.ts';
import { type Column, type Page, table } from '../output/table.ts';
import type { AddCommands } from '../program.ts';
import { addBreakdowns } from './stats-breakdowns.ts';
import { addHours } from './stats-hours.ts';
import { type StatsOptions, withStats } from './stats-options.ts';
import { reasonLines, unknown } from './unknown.ts';

interface TimelineOptions extends StatsOptions {
  granularity?: Granularity;
}

/** Figures over a period: `stats`, `stats timeline`, `stats models` and so on. */
export const addStats: AddCommands = (program, runs) => {
  const stats = program.command('stats').description('figures over a period');
  const shows = explained(runs);
  withStats(defaultCommand(stats, 'overview'))
    .description('the figures of a period, and their change (the default)')
    .addHelpText(
      'after',
      '\nExamples:\n  cloudbrain stats --timeframe 7d\n  cloudbrain stats --json | jq .cost.usd',
    )
    .action(shows(overview));
  withStats(stats.command('timeline'))
    .description('the figures of a period over time')
    .addOption(
      new Option('--granularity <unit>', 'length of an interval').choices(
        choices['stats.timeline'].granularity,
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  cloudbrain stats timeline --timeframe 30d --granularity day',
    )
    .action(shows(timeline));
  addBreakdowns(stats, shows);
  addHours(stats, shows);
  for (const command of stats.commands) {
    command.option('--explain', 'show the request behind the figures, on standard error');
  }
};

async function overview(context: Context, options: StatsOptions): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const figures = await cb.stats.overview(periodOf(options));
  await output.show(figures, () => overviewText(figures, output));
}

async function timeline(context: Context, options: TimelineOptions): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const { granularity } = options;
  const found = await cb.stats.timeline({ ...periodOf(options), ...defined({ granularity }) });
  // A list, so one point per line.
  if (output.json) for (const point of found.points) await output.show(point, String);
  else await output.table(pointColumns(found), found.points, 'No data in this period.');
  // A point has no room for reasons.
  for (const reason of found.unavailable) output.note(unknown(reason));
}

interface Figure {
  name: string;
  value: string;
  change: string;
  more: string;
}

const figureColumns: readonly Column<Figure>[] = [
  { title: '', value: ({ name }) => name },
  { title: '', value: ({ value }) => value, right: true },
  { title: '', value: ({ change }) => change, right: true },
  { title: '', value: ({ more }) => more, cut: true, style: () => 'dim' },
];

function overviewText(it: StatsOverview, { width, paint }: Page): string {
  const { period, executions: runs, tokens, cost, latencyMs, users, change: than } = it;
  const figure = (
    name: string,
    value: string,
    ratio: number | null,
    ...more: (string | false)[]
  ): Figure => ({ name, value, change: change(ratio), more: more.filter(Boolean).join(', ') });
  const successRate = figure('success rate', percent(runs.successRate), null);
  const rows = [
    figure('requests', count(it.requests), than.requests),
    figure('errors', count(it.errors), than.errors, `${percent(it.errorRate)} of requests`),
    figure('conversations', count(it.conversations), than.conversations),
    figure(
      'executions',
      count(runs.total),
      than.executions.total,
      `${count(runs.completed)} completed`,
      `${count(runs.failed)} failed`,
      `${count(runs.running)} running`,
      runs.abandoned > 0 && `${count(runs.abandoned)} abandoned`,
    ),
    { ...successRate, change: rateChange(runs.successRate, than.executions.successRate) },
    figure(
      'tokens',
      compact(tokens.total),
      than.tokens.total,
      `${compact(tokens.input)} in, ${compact(tokens.cacheRead)} of them cached`,
      `${compact(tokens.output)} out`,
    ),
    figure(
      'cost',
      usd(cost.usd),
      than.cost.usd,
      cost.unpricedRequests > 0 &&
        `without ${count(cost.unpricedRequests)} requests whose price is unknown`,
    ),
    figure('latency p50', duration(latencyMs.p50), than.latencyMs.p50),
    figure('latency p95', duration(latencyMs.p95), than.latencyMs.p95),
    figure('latency p99', duration(latencyMs.p99), than.latencyMs.p99),
    figure('users', count(users.active), than.users.active, `${count(users.new)} new`),
  ];
  const at = (time: string): string => timeIn(time, period.timezone);
  const head = `${at(period.from)} to ${at(period.to)}, ${clean(period.timezone)}`;
  const body = table(figureColumns, rows, { width, paint }).split('\n').slice(1);
  // The table has no row for an unavailable change, so its reason would refer to nothing.
  const figures = it.unavailable.filter(({ path }) => !path.startsWith('change.'));
  return [paint('bold', head), ...body, ...reasonLines(figures)].join('\n');
}

const BAR = 12;

const coverage = ({ partial, noData }: TimelinePoint): string =>
  noData ? 'no data' : partial ? 'partial' : '';

/** A point's figures, with a bar for its requests. */
function pointColumns({ points, granularity, period }: StatsTimeline): Column<TimelinePoint>[] {
  const most = Math.max(1, ...points.map(({ requests }) => requests));
  /** An interval without data is unknown, not 0. */
  const known =
    (write: (point: TimelinePoint) => string) =>
    (point: TimelinePoint): string =>
      point.noData ? '-' : write(point);
  // Other intervals start on a day: `2026-11-21`.
  const length = granularity === 'hour' ? 16 : granularity === 'month' ? 7 : 10;
  return [
    { title: granularity, value: ({ at }) => timeIn(at, period.timezone).slice(0, length) },
    { title: 'requests', value: known(({ requests }) => count(requests)), right: true },
    {
      title: '',
      value: ({ requests, partial }) =>
        (partial ? '░' : '▇').repeat(Math.ceil((requests / most) * BAR)),
      style: () => 'cyan',
      leaveOut: 3,
    },
    { title: 'errors', value: known(({ errors }) => count(errors)), right: true },
    {
      title: 'executions',
      value: known(({ executions: { total } }) => count(total)),
      right: true,
    },
    {
      title: 'tokens',
      value: known(({ tokens: { total } }) => compact(total)),
      right: true,
      leaveOut: 2,
    },
    { title: 'cost', value: known(costOf), right: true },
    { title: 'p50', value: ({ latencyMs }) => duration(latencyMs.p50), right: true, leaveOut: 1 },
    { title: 'p95', value: ({ latencyMs }) => duration(latencyMs.p95), right: true, leaveOut: 1 },
    { title: '', value: coverage, style: () => 'dim' },
  ];
}
