import { NotFoundError } from '@cloudbrain/sdk';
import type { Context } from '../context.ts';
import { CommandError, exit } from '../exit.ts';
import { clean } from '../output/clean.ts';
import { count } from '../output/format.ts';
import type { AddCommands } from '../program.ts';

interface EraseOptions {
  yes?: true;
}

/** Users as telemetry names them: `users erase`. */
export const addUsers: AddCommands = (program, runs) => {
  const family = program.command('users').description('users as telemetry names them');
  family
    .command('erase')
    .argument('<id>', 'the user as telemetry names it')
    .description('erase a user: name, conversations and texts; sums stay under "erased"')
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(runs(erase));
};

const HELP = `
The user is hidden at once and removed from the database within minutes. What
still comes for the user stays anonymous. Again it changes nothing.

Examples:
  cloudbrain conversations export --user ada@example.com --output ada.json
  cloudbrain users erase ada@example.com --yes
  cloudbrain users erase -- -starts-with-a-dash`;

async function erase(context: Context, id: string, options: EraseOptions): Promise<void> {
  const cb = await context.client();
  if (!options.yes) {
    const question = clean(`Erase the user ${id} for good? Type yes: `);
    const answer = await context.ask(question, { instead: 'say --yes' });
    if (answer.trim().toLowerCase() !== 'yes') {
      throw new CommandError('Nobody was erased.', { code: exit.failure });
    }
  }
  const erasure = await cb.users.erase(id).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new CommandError(`There is no user ${id}.`, { code: exit.notFound });
  });
  await context.output.show(
    erasure,
    ({ state, conversations, requests }) =>
      `${state === 'completed' ? 'Erased' : 'Hidden, and being removed'}: ` +
      `${count(conversations)} conversations, ${count(requests)} requests.`,
  );
}
