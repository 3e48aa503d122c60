import process from 'node:process';
import { exit } from './exit.ts';
import { run } from './run.ts';

/** How long after a signal it may take to end; a reader that has stopped could hold it for ever. */
const GRACE_MS = 1_000;

const stop = new AbortController();
let code: number | undefined;

function end(ending: number): void {
  code = ending;
  stop.abort();
  setTimeout(() => process.exit(ending), GRACE_MS).unref();
}

// The first signal ends it cleanly, a second one at once.
process.once('SIGINT', () => end(exit.interrupted));
process.once('SIGTERM', () => end(exit.terminated));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read, as `head` does, has seen enough.
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
