import type { AddCommands } from '../program.ts';

/** The help of a command: `help`. */
export const addHelp: AddCommands = (program) => {
  program
    .command('help')
    .argument('[command...]', 'such as: stats timeline')
    .description('show the help of a command')
    .action(async (words: string[]) => {
      await program.parseAsync([...words, '--help'], { from: 'user' });
    });
};
