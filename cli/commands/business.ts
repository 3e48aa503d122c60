import { BadRequestError, type BusinessBatch } from '@cloudbrain/sdk';
import { InvalidArgumentError, Option } from 'commander';
import { stat } from 'node:fs/promises';
import type { Context } from '../context.ts';
import { CellFault, time } from '../csv/cells.ts';
import { type Kind, kinds } from '../csv/kinds.ts';
import { type Line, type LineFault, NOT_SENT, readCsv, type ReadOptions } from '../csv/read.ts';
import { CommandError, exit, UsageError } from '../exit.ts';
import { clean } from '../output/clean.ts';
import { count } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { AddCommands } from '../program.ts';

interface ImportOptions {
  kind?: Kind;
  updatedAt?: string;
  dryRun?: true;
}

/** Business data in: `business import`. */
export const addBusiness: AddCommands = (program, runs) => {
  program
    .command('business')
    .helpCommand(false)
    .description('customers, subscriptions, spend and credits')
    .command('import')
    .argument('<file>', 'a CSV file with a header row')
    .description('send the records of a CSV file; the same file again changes nothing')
    .addOption(
      new Option('--kind <kind>', 'what it holds; detected from the header by default').choices(
        kinds,
      ),
    )
    .option(
      '--updated-at <time>',
      'when it was written, for lines that do not say; else the file’s own time',
      toTime,
    )
    .option('--dry-run', 'check the file, and send nothing')
    .addHelpText('after', IMPORT_HELP)
    .action(runs(importFile));
};

const IMPORT_HELP = `
The whole file is checked before anything is sent. docs/cli.md has the columns.

Examples:
  cloudbrain business import customers.csv --dry-run
  cloudbrain business import customers.csv`;

function toTime(text: string): string {
  try {
    return time(text);
  } catch (error) {
    if (error instanceof CellFault) throw new InvalidArgumentError(`It ${error.message}.`);
    throw error;
  }
}

async function importFile(context: Context, path: string, options: ImportOptions): Promise<void> {
  const { output, signal } = context;
  const { size, mtime } = await stat(path);
  const { dryRun = false, updatedAt = mtime.toISOString() } = options;
  // Where nobody is signed in, that is told before a long file is read.
  const cb = dryRun ? undefined : await context.client();
  const file: File = { path, size, reading: { kind: options.kind, updatedAt, signal } };
  const { kind, records } = await check(file, output);
  const counts = { changed: 0, unchanged: 0, outdated: 0 };
  if (cb && kind) {
    const send = async (batch: BusinessBatch): Promise<void> => {
      const { [kind]: told } = await cb.business.ingest(batch);
      counts.changed += told.changed;
      counts.unchanged += told.unchanged;
      counts.outdated += told.outdated;
    };
    await sendAll({ ...file, kind, records }, { send, output });
  }
  const { changed, unchanged, outdated } = counts;
  await output.show({ kind: kind ?? null, records, dryRun, ...counts }, () => {
    if (kind === undefined) return `There are no records in ${clean(path)}.`;
    if (dryRun) return `${kind}: ${count(records)} checked, and nothing is wrong. ${NOT_SENT}`;
    const told = [`${count(changed)} changed`, `${count(unchanged)} unchanged`];
    return `${kind}: ${told.join(', ')}, ${count(outdated)} outdated.`;
  });
}

interface File {
  path: string;
  /** Bytes. */
  size: number;
  reading: ReadOptions;
}

/** What a checked file holds. */
interface Held {
  /** `undefined` where there are no records. */
  kind: Kind | undefined;
  records: number;
}

/** As many faults are shown as help to find what is wrong. */
const MAX_FAULTS = 20;
const SHOW_EVERY = 1_000;

/**
 * Reads all of it, and keeps nothing: it may be larger than the memory.
 * @throws UsageError where something is wrong; each fault is told by then
 */
async function check({ path, size, reading }: File, output: Output): Promise<Held> {
  const progress = output.progress('Checking');
  const faults: LineFault[] = [];
  let wrong = 0;
  let records = 0;
  let kind: Kind | undefined;
  try {
    for await (const line of readCsv(path, reading)) {
      ({ kind } = line);
      records++;
      wrong += line.faults.length;
      if (faults.length < MAX_FAULTS) faults.push(...line.faults);
      if (records % SHOW_EVERY === 0) progress.show(line.bytes, size);
    }
  } finally {
    progress.end();
  }
  tell(faults, output);
  if (wrong > 0) throw new UsageError(`${path}: ${faulty(wrong)} wrong.`, NOT_SENT);
  return { kind, records };
}

interface Sending {
  send: (batch: BusinessBatch) => Promise<void>;
  output: Output;
}

/** @throws CommandError where the server does not take something; each fault is told by then */
async function sendAll(
  { path, kind, records, reading }: File & Held & { kind: Kind },
  { send, output }: Sending,
): Promise<void> {
  const progress = output.progress('Sending');
  let sent = 0;
  let lines: Line[] = [];
  try {
    for await (lines of batchesOf(readCsv(path, { ...reading, kind }))) {
      await send({ [kind]: lines.map(({ record }) => record) });
      sent += lines.length;
      progress.show(sent, records);
    }
  } catch (error) {
    progress.end();
    const faults = faultsOf(error, lines);
    tell(faults, output);
    if (sent > 0) {
      const taken = `${count(sent)} of ${count(records)} records are taken`;
      output.note(`${taken}. Send the whole file again: what is there stays.`);
    }
    if (faults.length === 0) throw error;
    const message = `${faulty(faults.length)} not taken by the server.`;
    throw new CommandError(message, { code: exit.usage });
  }
  progress.end();
}

/** What the contract takes at once: so many records, and a body of 1 MiB in UTF-8. */
const MAX_RECORDS = 1_000;
const MAX_CHARACTERS = 250_000;

async function* batchesOf(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let length = 0;
  for await (const line of lines) {
    const [fault] = line.faults;
    if (fault) throw new UsageError(`The file has changed: ${faultText(fault)}.`);
    const own = JSON.stringify(line.record).length;
    if (batch.length === MAX_RECORDS || (batch.length > 0 && length + own > MAX_CHARACTERS)) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(line);
    length += own;
  }
  if (batch.length > 0) yield batch;
}

/** What the server does not take, by the lines of the file; none where it says something else. */
function faultsOf(error: unknown, lines: readonly Line[]): LineFault[] {
  if (!(error instanceof BadRequestError)) return [];
  return (error.problem?.errors ?? []).flatMap(({ path, message }): LineFault[] => {
    // As in `/customers/17/name`.
    const [, , index, column = null] = path.split('/');
    const at = lines[Number(index)];
    return at ? [{ line: at.line, column, message }] : [];
  });
}

function tell(faults: readonly LineFault[], output: Output): void {
  for (const fault of faults.slice(0, MAX_FAULTS)) output.note(faultText(fault));
}

const faulty = (many: number): string => (many === 1 ? '1 value is' : `${count(many)} values are`);

const faultText = ({ line, column, message }: LineFault): string =>
  clean(`line ${line}${column === null ? '' : `, ${column}`}: ${message}`);
