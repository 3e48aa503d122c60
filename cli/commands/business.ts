import { BadRequestError, type BusinessBatch } from '@cloudbrain/sdk';
import { InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { CellFault, time } from '../csv/cells.ts';
import { type Kind, kinds } from '../csv/kinds.ts';
import { type Line, type LineFault, NOT_SENT, readCsv, type ReadOptions } from '../csv/read.ts';
import { spool } from '../csv/spool.ts';
import { CommandError, exit, UsageError } from '../exit.ts';
import { clean } from '../output/clean.ts';
import { count } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { AddCommands } from '../program.ts';

interface ImportOptions {
  kind?: Kind;
  delimiter?: string;
  decimalComma?: true;
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
    .argument('<file>', 'a CSV file with a header row; - for standard input')
    .description('send the records of a CSV file; the same file again changes nothing')
    .addOption(
      new Option('--kind <kind>', 'type of record; detected from the header by default').choices(
        kinds,
      ),
    )
    .option('--delimiter <character>', 'cell separator, or "tab"; detected by default', toDelimiter)
    .option('--decimal-comma', 'read 99,00 instead of 99.00')
    .option(
      '--updated-at <time>',
      "time for lines that have none; by default the file's, or now",
      toTime,
    )
    .option('--dry-run', 'check the file, and send nothing')
    .addHelpText('after', IMPORT_HELP)
    .action(runs(importFile));
};

const IMPORT_HELP = `
The whole file is checked before anything is sent. It may be UTF-8 or UTF-16,
with commas, semicolons or tabs, as spreadsheets save it. docs/cli.md has the
columns.

Examples:
  cloudbrain business import customers.csv --dry-run
  cloudbrain business import spend.csv --decimal-comma
  zcat customers.csv.gz | cloudbrain business import -`;

function toDelimiter(text: string): string {
  const delimiter = text === 'tab' || text === String.raw`\t` ? '\t' : text;
  if (!/^[^\w\s"]$|^\t$/.test(delimiter)) {
    throw new InvalidArgumentError('It must be one character, such as a semicolon, or "tab".');
  }
  return delimiter;
}

function toTime(text: string): string {
  try {
    return time(text);
  } catch (error) {
    if (error instanceof CellFault) throw new InvalidArgumentError(`It ${error.message}.`);
    throw error;
  }
}

async function importFile(context: Context, path: string, options: ImportOptions): Promise<void> {
  const { output, signal, input } = context;
  const { kind: given, delimiter, decimalComma = false, dryRun = false } = options;
  // Missing credentials are reported before a long file is read.
  const cb = dryRun ? undefined : await context.client();
  const name = path === '-' ? 'Standard input' : path;
  const spooled = await spool(path, input, signal);
  try {
    const updatedAt = options.updatedAt ?? spooled.modifiedAt.toISOString();
    const numbers = { decimalComma };
    const reading = { name, kind: given, delimiter, numbers, updatedAt, signal };
    const file: File = { path: spooled.path, size: spooled.size, reading };
    const { kind, records } = await check(file, output);
    const counts = { changed: 0, unchanged: 0, outdated: 0 };
    if (cb && kind) {
      const send = async (batch: BusinessBatch): Promise<void> => {
        const { [kind]: result } = await cb.business.ingest(batch);
        counts.changed += result.changed;
        counts.unchanged += result.unchanged;
        counts.outdated += result.outdated;
      };
      await sendAll({ ...file, kind, records }, { send, output });
    }
    const { changed, unchanged, outdated } = counts;
    await output.show({ kind: kind ?? null, records, dryRun, ...counts }, () => {
      if (kind === undefined) return clean(`${name} has no records.`);
      if (dryRun) return `${kind}: ${count(records)} checked, all valid. ${NOT_SENT}`;
      const done = [`${count(changed)} changed`, `${count(unchanged)} unchanged`];
      return `${kind}: ${done.join(', ')}, ${count(outdated)} outdated.`;
    });
  } finally {
    await spooled.remove();
  }
}

interface File {
  path: string;
  /** Bytes. */
  size: number;
  reading: ReadOptions;
}

/** The content of a checked file. */
interface Held {
  /** `undefined` without records. */
  kind: Kind | undefined;
  records: number;
}

/** More would only hide what they have in common. */
const MAX_FAULTS = 20;
const SHOW_EVERY = 1_000;

/**
 * Reads all of a file and keeps nothing: it may be larger than the memory.
 * @throws UsageError for a file with faults, once they are printed
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
  print(faults, output);
  if (wrong > 0) throw new UsageError(`${reading.name}: ${faulty(wrong)} wrong.`, NOT_SENT);
  return { kind, records };
}

interface Sending {
  send: (batch: BusinessBatch) => Promise<void>;
  output: Output;
}

/** @throws CommandError for records that the server rejects, once its faults are printed */
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
    print(faults, output);
    if (sent > 0) {
      const stored = `${count(sent)} of ${count(records)} records are stored`;
      output.note(`${stored}. Send the whole file again: they stay as they are.`);
    }
    if (faults.length === 0) throw error;
    const message = `The server rejected ${faults.length === 1 ? '1 value' : `${count(faults.length)} values`}.`;
    throw new CommandError(message, { code: exit.usage });
  }
  progress.end();
}

/** The contract's limits of a request: so many records, and a body of 1 MiB in UTF-8. */
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

/** The faults that the server found, by the lines of the file; none for another error. */
function faultsOf(error: unknown, lines: readonly Line[]): LineFault[] {
  if (!(error instanceof BadRequestError)) return [];
  return (error.problem?.errors ?? []).flatMap(({ path, message }): LineFault[] => {
    // As in `/customers/17/name`.
    const [, , index, column = null] = path.split('/');
    const at = lines[Number(index)];
    return at ? [{ line: at.line, column, message }] : [];
  });
}

function print(faults: readonly LineFault[], output: Output): void {
  for (const fault of faults.slice(0, MAX_FAULTS)) output.note(faultText(fault));
}

const faulty = (many: number): string => (many === 1 ? '1 value is' : `${count(many)} values are`);

const faultText = ({ line, column, message }: LineFault): string =>
  clean(`line ${line}${column === null ? '' : `, ${column}`}: ${message}`);
