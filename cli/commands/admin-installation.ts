import type { AdminResources, DurableObjects } from '@cloudbrain/sdk';
import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import { bytes, count, duration, percent, time } from '../output/format.ts';
import { type Column, type Page, pairs, section } from '../output/table.ts';
import { showParts } from './show.ts';
import { unknown } from './unknown.ts';

/** The installation: `admin resources`, `admin durable-objects`. */
export function addInstallation(admin: Command, runs: Runs): void {
  admin
    .command('resources')
    .description('usage of the database, files and queues')
    .action(runs(resources));
  admin
    .command('durable-objects')
    .description("Cloudflare's Durable Objects by namespace")
    .action(runs(durableObjects));
}

async function resources(context: Context): Promise<void> {
  const cb = await context.client();
  await showParts(context.output, await cb.admin.resources(), resourceParts);
}

type Statements = NonNullable<AdminResources['statements']>;

const tableColumns: readonly Column<AdminResources['database']['tables'][number]>[] = [
  { title: 'table', value: ({ name }) => name, cut: true },
  { title: 'size', value: (it) => bytes(it.bytes), right: true },
  { title: 'rows', value: ({ rows }) => count(rows), right: true },
];

const statementColumns: readonly Column<NonNullable<Statements['slowest']>[number]>[] = [
  { title: 'calls', value: ({ calls }) => count(calls), right: true },
  { title: 'time', value: ({ totalMs }) => duration(totalMs), right: true },
  { title: 'mean', value: ({ meanMs }) => duration(meanMs), right: true },
  { title: 'statement', value: ({ query }) => query, cut: true },
];

const storageColumns: readonly Column<NonNullable<AdminResources['storage']>[number]>[] = [
  { title: 'area', value: ({ area }) => area },
  { title: 'files', value: ({ files, capped }) => atLeast(count(files), capped), right: true },
  { title: 'size', value: (it) => atLeast(bytes(it.bytes), it.capped), right: true },
];

const queueColumns: readonly Column<NonNullable<AdminResources['queues']>[number]>[] = [
  { title: 'queue', value: ({ name }) => name, cut: true },
  { title: 'waiting', value: ({ waiting }) => count(waiting), right: true },
  { title: 'active', value: ({ active }) => count(active), right: true },
  { title: 'failed, last hour', value: ({ failed }) => count(failed), right: true },
];

/** What was counted only up to a limit. */
const atLeast = (text: string, capped: boolean): string => (capped ? `≥ ${text}` : text);

function resourceParts(it: AdminResources, page: Page): string[] {
  const { database, statements, outbox } = it;
  const rows: [name: string, value: string][] = [
    ['read at', time(it.readAt)],
    ['database', `${database.kind}, ${bytes(database.bytes)}`],
    ...(statements ? statementRows(statements) : []),
    ['live events kept', count(outbox.events)],
    ['oldest of them', time(outbox.oldestAt)],
    ['waiting to be written', count(it.ingest.waiting)],
  ];
  return [
    pairs(rows),
    ...section('Tables', tableColumns, database.tables, page),
    ...section('Slowest statements', statementColumns, statements?.slowest ?? [], page),
    ...section('Files', storageColumns, it.storage ?? [], page),
    ...section('Queues', queueColumns, it.queues ?? [], page),
  ];
}

const statementRows = (it: Statements): [name: string, value: string][] => [
  ['statements', `${count(it.total)} in ${duration(it.totalMs)} since ${time(it.countedSince)}`],
  ['transactions', `${count(it.transactions)}, ${count(it.rolledBack)} rolled back`],
  ['cache hit rate', percent(it.cacheHitRate)],
];

async function durableObjects(context: Context): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const found = await cb.admin.durableObjects();
  if (output.json) return output.show(found, String);
  const empty = 'No Durable Objects found.';
  await output.table(namespaceColumns, found.namespaces ?? [], empty);
  for (const reason of found.unavailable) output.note(unknown(reason));
}

type Namespace = NonNullable<DurableObjects['namespaces']>[number];

const namespaceColumns: readonly Column<Namespace>[] = [
  { title: 'namespace', value: ({ name, id }) => name ?? id, cut: true },
  { title: 'class', value: ({ className }) => className ?? '-', cut: true },
  { title: 'script', value: ({ script }) => script ?? '-', cut: true, leaveOut: 2 },
  { title: 'storage', value: ({ sqlite }) => storageOf(sqlite), leaveOut: 1 },
  {
    title: 'objects',
    value: ({ objects }) => (objects ? atLeast(count(objects.count), objects.capped) : '-'),
    right: true,
  },
  { title: 'with data', value: ({ objects }) => count(objects?.withData), right: true },
];

function storageOf(sqlite: boolean | null): string {
  if (sqlite === null) return '-';
  return sqlite ? 'SQLite' : 'key-value';
}
