import { CommanderError } from 'commander';
import { inspect } from 'node:util';
import { CommandFailure, type GlobalOptions, type Shell } from './context.ts';
import { endingOf, exit } from './exit.ts';
import { cleanLines } from './output/clean.ts';
import { paintFor } from './output/paint.ts';
import { createProgram } from './program.ts';

/** Runs one command line, and returns the exit code; errors go to standard error. */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  const { stderr, signal } = shell;
  const program = createProgram(shell);
  try {
    await program.parseAsync(args, { from: 'user' });
    return signal.aborted ? exit.interrupted : exit.ok;
  } catch (error) {
    // Commander has reported it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
    if (signal.aborted) return exit.interrupted;
    if (!(error instanceof CommandFailure)) throw error;
    const { code, message, reference, advice } = endingOf(error.cause, error.target);
    stderr.write(`${paintFor(stderr)('red', `cloudbrain: ${message}`)}\n`);
    if (reference !== undefined) stderr.write(`${reference}\n`);
    if (advice !== undefined) stderr.write(`${advice}\n`);
    const { verbose } = program.opts<GlobalOptions>();
    if (verbose) stderr.write(`${cleanLines(inspect(error.cause))}\n`);
    return code;
  }
}
