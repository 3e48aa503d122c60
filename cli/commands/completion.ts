import { Argument, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { candidates } from '../complete.ts';
import type { Context } from '../context.ts';
import type { AddCommands } from '../program.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Completion in shells: `completion`. */
export const addCompletion: AddCommands = (program, runs) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .description('print a script that completes commands and options')
    .addHelpText('after', COMPLETION_HELP)
    .action(runs(completion));
  // Called by those scripts at each press of Tab.
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(runs((context: Context, words: string[]) => complete(context, program, words)));
};

const COMPLETION_HELP = `
Set it up once per shell:
  bash  echo 'source <(cloudbrain completion bash)' >> ~/.bashrc
  zsh   echo 'source <(cloudbrain completion zsh)' >> ~/.zshrc
  fish  cloudbrain completion fish > ~/.config/fish/completions/cloudbrain.fish`;

async function completion({ output }: Context, shell: (typeof shells)[number]): Promise<void> {
  const file = new URL(`../shells/completion.${shell}`, import.meta.url);
  await output.line((await readFile(file, 'utf8')).trimEnd());
}

/** Prints one candidate per line, with its description after a tab. */
async function complete({ output }: Context, program: Command, words: string[]): Promise<void> {
  for (const { text, description } of candidates(program, words)) {
    await output.line(`${text}\t${description}`);
  }
}
