import process from 'node:process';
import { exit } from './exit.ts';
import { run } from './run.ts';

/** How long a command may take to end after a signal: a reader that has stopped could block it forever. */
const GRACE_MS = 1_000;

const stop = new AbortController();
let code: number | undefined;

function end(ending: number): void {
  code = ending;
  stop.abort();
  setTimeout(() => process.exit(ending), GRACE_MS).unref();
}

// The first signal ends the command cleanly, the second at once.
process.once('SIGINT', () => end(exit.interrupted));
process.once('SIGTERM', () => end(exit.terminated));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has enough, as `head` does.
  if (error.code === 'EPIPE') process.exit(exit.ok);
  process.stderr.write(`cloudbrain: the output can't be written: ${error.message}\n`);
  process.exit(exit.failure);
});
process.stderr.on('error', () => {});

const ending = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
  interrupt: () => end(exit.interrupted),
});
process.exitCode = code ?? ending;
