import { NotFoundError, type UserErasure } from '@cloudbrain/sdk';
import type { Context } from '../context.ts';
import { CommandError, exit } from '../exit.ts';
import { count } from '../output/format.ts';
import type { AddCommands } from '../program.ts';

interface EraseOptions {
  yes?: true;
}

/** Users as named by telemetry: `users erase`, `users erasure`. */
export const addUsers: AddCommands = (program, runs) => {
  const family = program.command('users').description('users of your agents');
  family
    .command('erase')
    .argument('<id>', 'the user as named by telemetry')
    .description('erase a user: name, conversations and texts')
    .option('--yes', 'skip the confirmation')
    .addHelpText('after', ERASE_HELP)
    .action(runs(erase));
  family
    .command('erasure')
    .argument('<id>', 'the id that `users erase` printed')
    .description('progress of an erasure')
    .addHelpText('after', ERASURE_HELP)
    .action(runs(showErasure));
};

const ERASE_HELP = `
The user is hidden at once and removed from the database within minutes. Sums
stay, under "erased". Telemetry that still arrives for the user stays anonymous.
Erasing the same user again has no further effect.

Examples:
  cloudbrain conversations export --user ada@example.com --output ada.json
  cloudbrain users erase ada@example.com --yes
  cloudbrain users erase -- -starts-with-a-dash`;

const ERASURE_HELP = `
Examples:
  cloudbrain users erasure 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99
  cloudbrain users erasure 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99 --json`;

async function erase(context: Context, id: string, options: EraseOptions): Promise<void> {
  const cb = await context.client();
  if (!options.yes) {
    await context.confirm(`Permanently erase the user ${id}?`, 'Nothing was erased.');
  }
  const erasure = await found(cb.users.erase(id), `There is no user ${id}.`);
  await context.output.show(erasure, erasureText);
}

async function showErasure(context: Context, id: string): Promise<void> {
  const cb = await context.client();
  const erasure = await found(cb.users.getErasure(id), `There is no erasure ${id}.`);
  await context.output.show(erasure, erasureText);
}

function erasureText({ id, state, conversations, requests, steps }: UserErasure): string {
  const sums = `${count(conversations)} conversations, ${count(requests)} requests`;
  if (state === 'completed') return `Erased: ${sums}.\nErasure ${id}`;
  return [
    `Hidden, and being removed (step ${count(steps.done)} of ${count(steps.total)}): ${sums} so far.`,
    `Erasure ${id}`,
    `Show its progress with: cloudbrain users erasure ${id}`,
  ].join('\n');
}

async function found<T>(answer: PromiseLike<T>, missing: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new CommandError(missing, { code: exit.notFound });
  }
}
