import type {
  CleanupAction,
  CleanupActionsQuery,
  CleanupRun,
  CleanupSettings,
  CleanupStatus,
  CloudBrain,
} from '@cloudbrain/sdk';
import { Option } from 'commander';
import { setTimeout } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { CommandError, exit } from '../exit.ts';
import { choices } from '../generated/contract.ts';
import { defaultCommand, defined, type Limits, pagesFor, withLimit } from '../options.ts';
import { bytes, count, duration, time } from '../output/format.ts';
import type { Style } from '../output/paint.ts';
import { type Column, type Page, pairs } from '../output/table.ts';
import type { AddCommands } from '../program.ts';

interface RunOptions {
  dryRun?: true;
  wait?: true;
  yes?: true;
}

type ActionsOptions = Limits & Pick<CleanupActionsQuery, 'type'> & { run?: string };

/** Removal of what has expired: `cleanup status`, `actions`, `run`, `show`. */
export const addCleanup: AddCommands = (program, runs) => {
  const family = program.command('cleanup').description('removal of expired files');
  defaultCommand(family, 'status')
    .description('the settings, the last run and the next (the default)')
    .action(runs(status));
  withLimit(family.command('actions'))
    .description('deleted files, or those a dry run would delete, newest first')
    .addOption(
      new Option('--type <type>', 'only actions of this type').choices(
        choices['cleanup.listActions'].type,
      ),
    )
    .option('--run <id>', 'only actions of this run')
    .action(runs(actions));
  family
    .command('run')
    .description('start a run: delete expired files')
    .option('--dry-run', 'only list what would be deleted')
    .option('--wait', 'wait for the run to end')
    .option('--yes', 'skip the confirmation')
    .addHelpText('after', RUN_HELP)
    .action(runs(run));
  family
    .command('show')
    .argument('<run>', 'its id')
    .description('one run, as it is now')
    .action(runs(show));
};

const RUN_HELP = `
With --wait, the exit code is 1 if the run or a deletion failed.

Examples:
  cloudbrain cleanup run --dry-run --wait
  cloudbrain cleanup run --wait --yes`;

async function status(context: Context): Promise<void> {
  const cb = await context.client();
  const found = await cb.cleanup.status();
  await context.output.show(found, () => statusText(found, context.output));
}

function statusText(
  { settings, lastRun, nextRunAt, mayRun }: CleanupStatus,
  { paint }: Page,
): string {
  const rows = [
    ...settingRows(settings),
    ['next run', time(nextRunAt)],
    ['may start a run', mayRun ? 'yes' : 'no'],
  ] as const;
  const last = lastRun ? [`${paint('bold', 'Last run')}\n${runText(lastRun)}`] : [];
  return [pairs(rows), ...last].join('\n\n');
}

const settingRows = (it: CleanupSettings): (readonly [name: string, value: string])[] => [
  ['enabled', it.enabled ? 'yes' : 'no'],
  ['dry runs only', it.dryRun ? 'yes' : 'no'],
  ['every', `${count(it.intervalMinutes)} minutes`],
  ['temporary folders kept', `${count(it.tmpDirTtlMinutes)} minutes`],
  ['preview bundles kept', `${count(it.previewBundleTtlHours)} hours`],
  ['logs kept', `${count(it.logRetentionDays)} days`],
];

async function actions(context: Context, options: ActionsOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { type, run: runId } = options;
  const first = cb.cleanup.listActions({ ...defined({ type, runId }), limit: pageSize });
  await context.output.list(first, { columns, limit, empty: 'No actions found.' });
}

const outcomeStyle: Record<CleanupAction['outcome'], Style> = {
  deleted: 'green',
  would_delete: 'cyan',
  failed: 'red',
};

const columns: readonly Column<CleanupAction>[] = [
  { title: 'at', value: ({ at }) => time(at) },
  { title: 'type', value: ({ type }) => type },
  { title: 'path', value: ({ path }) => path, cut: true },
  { title: 'size', value: ({ sizeBytes }) => bytes(sizeBytes), right: true, leaveOut: 1 },
  { title: 'reason', value: ({ reason }) => reason, leaveOut: 2 },
  {
    title: 'outcome',
    value: ({ outcome }) => outcome,
    style: ({ outcome }) => outcomeStyle[outcome],
  },
  { title: 'error', value: ({ error }) => error ?? '', cut: true, leaveOut: 3 },
  { title: 'run', value: ({ runId }) => runId, leaveOut: 4 },
];

async function run(context: Context, options: RunOptions): Promise<void> {
  const { output } = context;
  const { dryRun = false, wait = false, yes = false } = options;
  const cb = await context.client();
  if (!dryRun && !yes) {
    await context.confirm('Permanently delete expired files?', 'Nothing was deleted.');
  }
  const started = await cb.cleanup.run({ dryRun });
  const found = wait ? await ended(cb, started.id, context.signal) : started;
  await output.show(found, runText);
  if (found.endedAt === null) {
    output.aside(`Show its progress with: cloudbrain cleanup show ${found.id}`);
  }
  const { state, error, counts } = found;
  if (state === 'failed') {
    throw new CommandError(`The run failed: ${error ?? 'the reason is unknown'}.`, {
      code: exit.failure,
    });
  }
  if (counts.failed > 0) {
    throw new CommandError(`${count(counts.failed)} deletions failed.`, {
      code: exit.failure,
      advice: `List them with: cloudbrain cleanup actions --run ${found.id}`,
    });
  }
}

const POLL_MS = 500;

async function ended(cb: CloudBrain, id: string, signal: AbortSignal): Promise<CleanupRun> {
  for (;;) {
    const found = await cb.cleanup.getRun(id);
    if (found.endedAt !== null) return found;
    await setTimeout(POLL_MS, undefined, { signal });
  }
}

async function show(context: Context, id: string): Promise<void> {
  const cb = await context.client();
  await context.output.show(await cb.cleanup.getRun(id), runText);
}

function runText(it: CleanupRun): string {
  const { counts, dryRun } = it;
  const what = dryRun ? 'would delete' : 'deleted';
  const rows: [name: string, value: string | null][] = [
    ['id', it.id],
    ['state', dryRun ? `${it.state}, a dry run` : it.state],
    ['started by', { schedule: 'schedule', manual: 'request' }[it.trigger]],
    ['requested', time(it.requestedAt)],
    ['took', it.durationMs === null ? null : duration(it.durationMs)],
    [
      what,
      `${count(counts.previewBundles)} preview bundles, ${count(counts.tempDirs)} temporary ` +
        `folders, ${count(counts.objects)} objects, ${count(counts.logs)} logs`,
    ],
    ['size', bytes(it.bytes)],
    ['failed deletions', counts.failed > 0 ? count(counts.failed) : null],
    ['error', it.error],
  ];
  return pairs(rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
}
