import type {
  CloudBrain,
  ConversationExportFormat,
  ConversationExportRequest,
} from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import { statSync } from 'node:fs';
import { ReadableStream } from 'node:stream/web';
import type { Context, Runs } from '../context.ts';
import { UsageError } from '../exit.ts';
import { enums } from '../generated/contract.ts';
import { defined } from '../options.ts';
import { clean } from '../output/clean.ts';
import { count } from '../output/format.ts';
import { canResume, type Part, saveParts } from '../output/save-parts.ts';
import { save } from '../output/save.ts';
import { filterOf, type FilterOptions, withFilter } from './conversations-options.ts';

interface ExportOptions extends FilterOptions {
  format?: ConversationExportFormat;
  output?: string;
  resume?: true;
  restart?: true;
}

/** Conversations as a file: `conversations export`. */
export function addExport(family: Command, runs: Runs): void {
  withFilter(
    family.command('export').argument('[id...]', 'their ids; by default all that match'),
    ALL_TIME,
  )
    .description('conversations with their messages, as a file')
    .addOption(
      new Option('--format <format>', 'format of the file; json by default').choices(
        enums.ConversationExportFormat,
      ),
    )
    .option('--output <file>', 'write to this file instead of standard output')
    .addOption(
      new Option('--resume', 'continue an unfinished export to the same file').conflicts('restart'),
    )
    .option('--restart', 'discard an unfinished export to the same file')
    .addHelpText('after', EXPORT_HELP)
    .action(runs(exportThem));
}

const ALL_TIME = 'all time';

const EXPORT_HELP = `
With one id the export is that conversation, otherwise a list; with several ids,
unknown ids are left out. --user also finds conversations that others started
and the user took part in. The file gets its name when it is complete; until
then the part received so far is in <file>.part.

Examples:
  cloudbrain conversations export conv-8812 --format csv --output conv.csv
  cloudbrain conversations export --user ada@example.com --output ada.json
  cloudbrain conversations export --user ada --output ada.json --resume
  cloudbrain conversations export --tag refund --format ndjson | gzip > all.gz`;

async function exportThem(context: Context, ids: string[], options: ExportOptions): Promise<void> {
  const filter = defined(filterOf(options));
  if (ids.length > 0 && Object.keys(filter).length > 0) {
    throw new UsageError('Pass ids or filters, not both; ids can be combined with --domain only.');
  }
  const { domain, timezone, output: file, format = 'json' } = options;
  const { resume = false, restart = false } = options;
  if (resume && (file === undefined || ids.length > 0)) {
    throw new UsageError('--resume requires --output and the same filters, without ids.');
  }
  const cb = await context.client();
  const [id, ...more] = ids;
  const which = { format, ...defined({ domain }) };
  if (id !== undefined) {
    const ask = () =>
      more.length === 0
        ? cb.conversations.export(id, which)
        : cb.conversations.exportMany({ ...which, ids: [...new Set(ids)] });
    return save(ask, { output: context.output, file });
  }
  const request = { ...which, filter: { ...filter, timezone } };
  const parts = (cursor?: string) => partsOf(cb, request, format, cursor);
  const there = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  // A pipe or a device is written to as the parts come.
  if (file === undefined || (there && !there.isFile())) {
    const whole = async () => {
      const texts: unknown = ReadableStream.from(textsOf(await started(parts())));
      return new Response(texts as BodyInit);
    };
    return save(whole, { output: context.output, file });
  }
  const about = JSON.stringify(request);
  const bytes = await saveParts({ file, about, resume, restart }, parts).catch(
    async (error: unknown) => {
      if (!(error instanceof UsageError) && (await canResume(file))) {
        context.output.note(
          clean(
            `The part received so far is in ${file}.part; run again with --resume to continue.`,
          ),
        );
      }
      throw error;
    },
  );
  context.output.aside(clean(`${count(bytes)} bytes in ${file}`));
}

/** The same parts, once the first one is there: an error comes before anything is written. */
async function started<T>(parts: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await parts.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* parts;
  })();
}

async function* textsOf(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const { text } of parts) yield encoder.encode(text);
}

/** Conversations in one part. */
const PART = 50;

/** A file in parts that, one after the other, are the whole. */
async function* partsOf(
  cb: CloudBrain,
  request: ConversationExportRequest,
  format: ConversationExportFormat,
  start: string | undefined,
): AsyncGenerator<Part> {
  const wire = format === 'json' ? 'ndjson' : format;
  let cursor = start;
  for (;;) {
    const isFirst = cursor === undefined;
    const place = cursor === undefined ? {} : { cursor };
    const body = { ...request, ...place, format: wire, limit: PART } as const;
    const answer = await cb.conversations.exportMany(body);
    const next = answer.headers.get('cloudbrain-next-cursor');
    const text = await answer.text();
    yield { text: shaped(text, format, { isFirst, isLast: next === null }), next };
    if (next === null) return;
    cursor = next;
  }
}

function shaped(
  text: string,
  format: ConversationExportFormat,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
): string {
  if (format === 'ndjson') return text;
  // One header for the whole file.
  if (format === 'csv') return isFirst ? text : text.slice(text.indexOf('\n') + 1);
  const list = text.trimEnd().replaceAll('\n', ',\n');
  const between = isFirst ? '[' : list === '' ? '' : ',\n';
  return `${between}${list}${isLast ? ']\n' : ''}`;
}
