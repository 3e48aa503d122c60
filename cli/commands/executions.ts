import type {
  Execution,
  ExecutionDetail,
  ExecutionsQuery,
  ExecutionStatus,
  ExecutionStep,
} from '@cloudbrain/sdk';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { choices } from '../generated/contract.ts';
import {
  defaultCommand,
  defined,
  type Limits,
  type Period,
  pagesFor,
  periodOf,
  withDomain,
  withLimit,
  withPeriod,
} from '../options.ts';
import { cleanLines } from '../output/clean.ts';
import { compact, costOf, count, duration, time } from '../output/format.ts';
import type { Style } from '../output/paint.ts';
import { type Column, type Page, pairs, table } from '../output/table.ts';
import type { AddCommands } from '../program.ts';

export const statusStyle: Record<ExecutionStatus, Style> = {
  running: 'cyan',
  completed: 'green',
  failed: 'red',
  abandoned: 'yellow',
};

type ListOptions = Period &
  Limits &
  Pick<ExecutionsQuery, 'domain' | 'status' | 'user' | 'model' | 'agent'>;

/** Runs of agents: `executions list`, `executions get`. */
export const addExecutions: AddCommands = (program, runs) => {
  const executions = program.command('executions').description('runs of agents');
  withLimit(withDomain(withPeriod(defaultCommand(executions, 'list'))))
    .description('executions, newest first (the default)')
    .addOption(
      new Option('--status <status>', 'only those in this state').choices(
        choices['executions.list'].status,
      ),
    )
    .option('--user <user>', 'only those of this user')
    .option('--model <model>', 'only those with this model')
    .option('--agent <agent>', 'only those of this agent')
    .addHelpText('after', LIST_HELP)
    .action(runs(list));
  executions
    .command('get')
    .argument('<id>', 'its id')
    .description('one execution with its task and steps')
    .action(runs(get));
};

const LIST_HELP = `
Examples:
  cloudbrain executions --status failed --timeframe 7d
  cloudbrain executions list --all --json | jq -r .error.message`;

async function list(context: Context, options: ListOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { status, user, model, agent } = options;
  const query = { ...periodOf(options), ...defined({ status, user, model, agent }) };
  const first = cb.executions.list({ ...query, limit: pageSize });
  await context.output.list(first, { columns, limit, empty: 'No executions found.' });
}

const columns: readonly Column<Execution>[] = [
  { title: 'started', value: ({ startedAt }) => time(startedAt) },
  { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle[status] },
  { title: 'agent', value: ({ agent }) => agent ?? '-', cut: true },
  { title: 'domain', value: ({ domain }) => domain, cut: true, leaveOut: 3 },
  { title: 'user', value: ({ user }) => user ?? '-', cut: true, leaveOut: 4 },
  { title: 'model', value: ({ model }) => model ?? '-', cut: true, leaveOut: 5 },
  { title: 'steps', value: stepsOf, right: true, leaveOut: 6 },
  { title: 'took', value: ({ durationMs }) => duration(durationMs), right: true, leaveOut: 1 },
  { title: 'cost', value: costOf, right: true, leaveOut: 2 },
  { title: 'id', value: ({ id }) => id },
];

/** `3/5` */
function stepsOf({ steps: { done, total } }: Execution): string {
  return total === null ? count(done) : `${count(done)}/${count(total)}`;
}

async function get(context: Context, id: string): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const execution = await cb.executions.get(id);
  await output.show(execution, () => detail(execution, output));
}

function detail(it: ExecutionDetail, { width, paint }: Page): string {
  const rows: [name: string, value: string | null][] = [
    ['id', it.id],
    ['status', it.status],
    ['agent', it.agent],
    ['domain', it.domain],
    ['user', it.user],
    ['model', it.model],
    ['conversation', it.conversationId],
    ['trace', it.traceId],
    ['started', time(it.startedAt)],
    ['ended', time(it.endedAt)],
    ['took', duration(it.durationMs)],
    ['requests', count(it.requests)],
    ['tokens', `${compact(it.tokens.input)} in, ${compact(it.tokens.output)} out`],
    ['cost', costOf(it)],
    ['error', errorText(it.error)],
  ];
  const parts = [pairs(rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]])))];
  if (it.task !== null) parts.push(`${paint('bold', 'task')}\n${cleanLines(it.task)}`);
  if (it.stepList.length > 0) parts.push(table(stepColumns, it.stepList, { width, paint }));
  if (it.stepsTruncated) parts.push(`Only the first ${count(it.stepList.length)} steps are shown.`);
  return parts.join('\n\n');
}

/** Clients that send no type get the type `error`. */
function errorText(error: ExecutionDetail['error']): string | null {
  if (!error?.message) return error?.type ?? null;
  return error.type === 'error' ? error.message : `${error.type}: ${error.message}`;
}

const stepColumns: readonly Column<ExecutionStep>[] = [
  { title: 'step', value: ({ name }) => name, cut: true },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'status', value: ({ status }) => status, style: ({ status }) => statusStyle[status] },
  { title: 'took', value: ({ durationMs }) => duration(durationMs), right: true },
  { title: 'model', value: ({ model }) => model ?? '', cut: true, leaveOut: 2 },
  { title: 'tool', value: ({ tool }) => tool ?? '', cut: true, leaveOut: 1 },
  { title: 'error', value: ({ error }) => error?.message ?? error?.type ?? '', cut: true },
];
