import type {
  ErrorGroup,
  LoggedError,
  LoggedErrorDetail,
  LoggedErrorsQuery,
  Severity,
} from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context, Runs } from '../context.ts';
import { choices } from '../generated/contract.ts';
import {
  defined,
  type DomainOptions,
  type Limits,
  pagesFor,
  type Period,
  periodOf,
  withDomain,
  withLimit,
  withPeriod,
} from '../options.ts';
import { cleanLines } from '../output/clean.ts';
import { count, time } from '../output/format.ts';
import type { Paint, Style } from '../output/paint.ts';
import { type Column, pairs } from '../output/table.ts';
import { showPages } from './show.ts';

type FilterOptions = Period & DomainOptions & Pick<LoggedErrorsQuery, 'severity'>;

type ErrorsOptions = FilterOptions & Limits & Pick<LoggedErrorsQuery, 'type' | 'group'>;

/** Errors of agents: `admin errors`, `admin error-groups`, `admin error`. */
export function addErrors(admin: Command, runs: Runs): void {
  withLimit(withFilter(admin.command('errors')))
    .description('errors, newest first')
    .option('--type <type>', 'only those of this type')
    .option('--group <group>', 'only those of this group of `admin error-groups`')
    .action(runs(errors));
  withLimit(withFilter(admin.command('error-groups')))
    .description('errors by type and message, the most frequent first')
    .action(runs(errorGroups));
  admin
    .command('error')
    .argument('<id>', 'its id')
    .description('one error with its stack')
    .action(runs(error));
}

const withFilter = (command: Command): Command =>
  withDomain(withPeriod(command, 'the last hour')).addOption(
    new Option('--severity <severity>', 'only those of this severity').choices(
      choices['admin.listErrors'].severity,
    ),
  );

export const severityStyle: Record<Severity, Style> = {
  warning: 'yellow',
  error: 'red',
  critical: ['red', 'bold'],
};

const severityColumn = {
  title: 'severity',
  value: ({ severity }: { severity: Severity }) => severity,
  style: ({ severity }: { severity: Severity }) => severityStyle[severity],
};

const errorColumns: readonly Column<LoggedError>[] = [
  // Without seconds, so that a narrow terminal has room for the message.
  { title: 'at', value: ({ at }) => time(at).slice(0, 16) },
  { ...severityColumn, leaveOut: 1 },
  { ...severityColumn, title: 'type', value: ({ type }) => type, cut: true },
  { title: 'message', value: ({ message }) => message ?? '-', cut: true },
  { title: 'source', value: ({ source }) => source, leaveOut: 4 },
  { title: 'domain', value: ({ domain }) => domain, cut: true, leaveOut: 3 },
  { title: 'agent', value: ({ agent }) => agent ?? '-', cut: true, leaveOut: 2 },
  { title: 'user', value: ({ user }) => user ?? '-', cut: true, leaveOut: 5 },
  { title: 'id', value: ({ id }) => id },
];

async function errors(context: Context, options: ErrorsOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { severity, type, group } = options;
  const query = { ...periodOf(options), ...defined({ severity, type, group }) };
  const first = cb.admin.listErrors({ ...query, limit: pageSize });
  const empty = 'No errors found.';
  await context.output.list(first, { columns: errorColumns, limit, empty });
}

const groupColumns: readonly Column<ErrorGroup>[] = [
  { title: 'errors', value: (it) => count(it.count), right: true },
  severityColumn,
  { title: 'type', value: ({ type }) => type, cut: true },
  { title: 'message', value: ({ pattern }) => pattern ?? '-', cut: true },
  { title: 'first seen', value: ({ firstSeenAt }) => time(firstSeenAt), leaveOut: 2 },
  { title: 'last seen', value: ({ lastSeenAt }) => time(lastSeenAt), leaveOut: 1 },
  { title: 'group', value: ({ group }) => group },
];

async function errorGroups(context: Context, options: FilterOptions & Limits): Promise<void> {
  const cb = await context.client();
  const query = { ...periodOf(options), ...defined({ severity: options.severity }) };
  await showPages(context.output, (page) => cb.admin.listErrorGroups({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: groupColumns,
    rowsOf: ({ data }) => data,
  });
}

async function error(context: Context, id: string): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const found = await cb.admin.getError(id);
  await output.show(found, () => errorText(found, output.paint));
}

function errorText(it: LoggedErrorDetail, paint: Paint): string {
  const rows: [name: string, value: string | null][] = [
    ['id', it.id],
    ['at', time(it.at)],
    ['severity', it.severity],
    ['source', it.source],
    ['type', it.type],
    ['message', it.message],
    ['group', it.group],
    ['domain', it.domain],
    ['user', it.user],
    ['agent', it.agent],
    ['provider', it.provider],
    ['model', it.model],
    ['tool', it.tool],
    ['conversation', it.conversationId],
    ['execution', it.executionId],
    ['trace', it.traceId],
    ['span', it.spanId],
  ];
  const known = rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  const stack = it.stack === null ? [] : [`${paint('bold', 'stack')}\n${cleanLines(it.stack)}`];
  return [pairs(known), ...stack].join('\n\n');
}
