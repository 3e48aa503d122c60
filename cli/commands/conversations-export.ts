import type { ConversationExportFormat } from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context, Runs } from '../context.ts';
import { UsageError } from '../exit.ts';
import { defined } from '../options.ts';
import { save } from '../output/save.ts';
import { filterOf, type FilterOptions, withFilter } from './conversations-options.ts';

interface ExportOptions extends FilterOptions {
  format?: ConversationExportFormat;
  output?: string;
}

const formats: readonly ConversationExportFormat[] = ['json', 'ndjson', 'csv'];

/** Conversations as a file: `conversations export`. */
export function addExport(family: Command, runs: Runs): void {
  withFilter(family.command('export').argument('[id...]', 'their ids; none: all that fit'))
    .description('conversations with their messages, as a file')
    .addOption(new Option('--format <format>', 'in which format; json').choices(formats))
    .option('--output <file>', 'where to, instead of standard output')
    .addHelpText('after', EXPORT_HELP)
    .action(runs(exportThem));
}

const EXPORT_HELP = `
Of one id the export is the conversation, else a list; of several ids, one that
is nobody's is left out. A file is written whole or not at all.

Examples:
  cloudbrain conversations export conv-8812 --format csv --output conv.csv
  cloudbrain conversations export --tag refund --format ndjson | gzip > all.gz`;

async function exportThem(context: Context, ids: string[], options: ExportOptions): Promise<void> {
  const filter = defined(filterOf(options));
  if (ids.length > 0 && Object.keys(filter).length > 0) {
    throw new UsageError('Ids or a filter, not both: with ids only --domain goes.');
  }
  const { domain, timezone, output: file, format = 'json' } = options;
  const cb = await context.client();
  const [id, ...more] = ids;
  const which = { format, ...defined({ domain }) };
  const ask = () =>
    id !== undefined && more.length === 0
      ? cb.conversations.export(id, which)
      : cb.conversations.exportMany({
          ...which,
          ...(ids.length > 0 ? { ids: [...new Set(ids)] } : { filter: { ...filter, timezone } }),
        });
  await save(ask, { output: context.output, file });
}
