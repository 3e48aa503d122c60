import type { AdminHealth, AdminStats, AdminTelemetry } from '@cloudbrain/sdk';
import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import {
  defined,
  type DomainOptions,
  type Period,
  periodOf,
  withDomain,
  withPeriod,
  withTimezone,
} from '../options.ts';
import { clean } from '../output/clean.ts';
import { count, duration, percent, time, timeIn } from '../output/format.ts';
import type { Style } from '../output/paint.ts';
import { type Column, type Page, pairs, section } from '../output/table.ts';
import { severityStyle } from './admin-errors.ts';
import { showParts } from './show.ts';

/** The dashboard: `admin stats`, `admin health`, `admin telemetry`. */
export function addDashboard(admin: Command, runs: Runs): void {
  withTimezone(withDomain(admin.command('stats')))
    .description('users, sessions, success and errors, as of now')
    .action(runs(stats));
  admin.command('health').description('health of every part').action(runs(health));
  withDomain(withPeriod(admin.command('telemetry')))
    .description('state transitions of coding agent sessions')
    .action(runs(telemetry));
}

type StatsOptions = DomainOptions & { timezone: string };

async function stats(context: Context, { domain, timezone }: StatsOptions): Promise<void> {
  const cb = await context.client();
  const figures = await cb.admin.stats(defined({ domain, timezone }));
  await showParts(context.output, figures, statsParts);
}

type ModelShare = AdminStats['models'][number];
type ErrorType = AdminStats['errors']['byType'][number];

const modelColumns: readonly Column<ModelShare>[] = [
  { title: 'model', value: ({ model }) => model, cut: true },
  { title: 'requests', value: ({ requests }) => count(requests), right: true },
  { title: 'share', value: ({ share }) => percent(share), right: true },
];

const errorColumns: readonly Column<ErrorType>[] = [
  { title: 'type', value: ({ type }) => type, cut: true },
  { title: 'errors', value: (it) => count(it.count), right: true },
  { title: 'severity', value: (it) => it.severity, style: (it) => severityStyle[it.severity] },
];

function statsParts(it: AdminStats, page: Page): string[] {
  const { users, executionsToday: runs, success, errors } = it;
  const rows: [name: string, value: string][] = [
    ['users', `${count(users.total)}, ${count(users.new7d)} new in 7 days`],
    ['growth in 7 days', percent(users.growth)],
    ['active sessions', count(it.sessions.active)],
    [
      'executions today',
      `${count(runs.total)}: ${count(runs.completed)} completed, ${count(runs.failed)} failed, ` +
        `${count(runs.running)} running, ${count(runs.abandoned)} abandoned`,
    ],
    ['success rate, 24 h', [percent(success.rate), success.band].filter(Boolean).join(', ')],
    [
      'errors, last hour',
      `${count(errors.total)}: ${count(errors.bySeverity.critical)} critical, ` +
        `${count(errors.bySeverity.error)} error, ${count(errors.bySeverity.warning)} warning`,
    ],
  ];
  const other = it.otherModels;
  const models = [...it.models, ...(other.requests > 0 ? [{ model: '(others)', ...other }] : [])];
  return [
    `${page.paint('bold', `${timeIn(it.at, it.timezone)}, ${clean(it.timezone)}`)}\n${pairs(rows)}`,
    ...section('Models in the last 24 hours', modelColumns, models, page),
    ...section('Errors in the last hour', errorColumns, errors.byType, page),
  ];
}

async function health(context: Context): Promise<void> {
  const cb = await context.client();
  const found = await cb.admin.health();
  await showParts(context.output, found, healthParts);
}

type Status = AdminHealth['status'];
type Part = NonNullable<AdminHealth['parts']>[number];
type Provider = AdminHealth['providers'][number];

const statusStyle: Record<Status, Style> = { healthy: 'green', degraded: 'yellow', down: 'red' };

const partColumns: readonly Column<Part>[] = [
  { title: 'part', value: ({ name }) => name, cut: true },
  { title: 'kind', value: ({ kind }) => kind, leaveOut: 1 },
  { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle[status] },
  { title: 'latency', value: ({ latencyMs }) => duration(latencyMs), right: true, leaveOut: 2 },
  { title: 'last success', value: ({ lastSuccessAt }) => time(lastSuccessAt), leaveOut: 3 },
  { title: 'detail', value: ({ detail }) => detail ?? '', cut: true },
];

const providerColumns: readonly Column<Provider>[] = [
  { title: 'provider', value: ({ name }) => name, cut: true },
  {
    title: 'status',
    value: ({ status }) => status ?? 'no calls in 24 hours',
    style: ({ status }) => (status ? statusStyle[status] : 'dim'),
  },
  { title: 'last success', value: ({ lastSuccessAt }) => time(lastSuccessAt), leaveOut: 2 },
  { title: 'last error', value: ({ lastErrorAt }) => time(lastErrorAt), leaveOut: 1 },
  {
    title: 'error',
    value: ({ lastError }) => lastError?.message ?? lastError?.type ?? '',
    cut: true,
  },
];

function healthParts(it: AdminHealth, page: Page): string[] {
  const status = page.paint(['bold', statusStyle[it.status]].flat() as Style, it.status);
  return [
    [`${status}, checked at ${time(it.checkedAt)}`, ...it.reasons.map(clean)].join('\n'),
    ...section('Parts of the installation', partColumns, it.parts ?? [], page),
    ...section('Model providers', providerColumns, it.providers, page),
  ];
}

async function telemetry(context: Context, options: Period & DomainOptions): Promise<void> {
  const cb = await context.client();
  const found = await cb.admin.telemetry(periodOf(options));
  await showParts(context.output, found, telemetryParts);
}

type State = AdminTelemetry['states'][number];
type Transition = AdminTelemetry['transitions'][number];

const stateColumns: readonly Column<State>[] = [
  { title: 'state', value: ({ state }) => state },
  { title: 'reached', value: ({ reached }) => count(reached), right: true },
  { title: 'last state', value: ({ last }) => count(last), right: true },
  { title: 'active', value: ({ active }) => count(active), right: true, leaveOut: 1 },
  { title: 'waiting', value: ({ waiting }) => count(waiting), right: true, leaveOut: 2 },
  { title: 'dropped', value: ({ dropped }) => count(dropped), right: true },
  { title: 'drop-off', value: ({ dropOff }) => percent(dropOff), right: true },
];

const transitionColumns: readonly Column<Transition>[] = [
  { title: 'from', value: ({ from }) => from },
  { title: 'to', value: ({ to }) => to },
  { title: 'times', value: (it) => count(it.count), right: true },
];

function telemetryParts(it: AdminTelemetry, page: Page): string[] {
  const { period, sessions } = it;
  const at = (moment: string): string => timeIn(moment, period.timezone);
  const head = `${at(period.from)} to ${at(period.to)}, ${clean(period.timezone)}`;
  const counts =
    `${count(sessions.total)} sessions, ${count(sessions.active)} active, ` +
    `${count(sessions.aborted)} aborted (${percent(sessions.abortedShare)})`;
  return [
    `${page.paint('bold', head)}\n${counts}`,
    ...section('States', stateColumns, it.states, page),
    ...section('Transitions', transitionColumns, it.transitions, page),
  ];
}
