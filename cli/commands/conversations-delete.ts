import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import { CommandError, exit } from '../exit.ts';
import { defined } from '../options.ts';
import { count } from '../output/format.ts';
import { type PlaceOptions, withPlace } from './conversations-options.ts';

interface DeleteOptions extends PlaceOptions {
  yes?: true;
}

/** Deletes conversations: `conversations delete`. */
export function addDelete(family: Command, runs: Runs): void {
  withPlace(family.command('delete').argument('<id...>', 'conversation ids'))
    .description('permanently delete conversations; statistics still count them')
    .option('--yes', 'skip the confirmation')
    .action(runs(remove));
}

/** The contract's limit of a request. */
const MAX_DELETED = 500;

async function remove(context: Context, given: string[], options: DeleteOptions): Promise<void> {
  const { output } = context;
  const ids = [...new Set(given)];
  const cb = await context.client();
  if (!options.yes) {
    const what = ids.length === 1 ? ids[0] : `${count(ids.length)} conversations`;
    await context.confirm(`Permanently delete ${what}?`, 'Nothing was deleted.');
  }
  const place = defined({ domain: options.domain });
  const done = { deleted: [] as string[], missing: [] as string[], ambiguous: [] as string[] };
  for (let at = 0; at < ids.length; at += MAX_DELETED) {
    const some = { ids: ids.slice(at, at + MAX_DELETED), ...place };
    const { deleted, missing, ambiguous } = await cb.conversations.deleteMany(some);
    done.deleted.push(...deleted);
    done.missing.push(...missing);
    done.ambiguous.push(...ambiguous);
  }
  await output.show(done, ({ deleted }) => `Deleted ${count(deleted.length)}.`);
  const faults: string[] = [];
  if (done.missing.length > 0) faults.push(`Not found: ${done.missing.join(', ')}.`);
  if (done.ambiguous.length > 0) faults.push(`Several domains have ${done.ambiguous.join(', ')}.`);
  if (faults.length === 0) return;
  throw new CommandError(faults.join(' '), {
    ...(done.ambiguous.length > 0
      ? { code: exit.usage, advice: 'Choose one with --domain.' }
      : { code: exit.notFound }),
  });
}
