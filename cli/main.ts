#!/usr/bin/env node
import process from 'node:process';
import { exit } from './exit.ts';
import { run } from './run.ts';

const stop = new AbortController();
let code: number | undefined;

/** The first signal ends it cleanly, the second at once. */
for (const [signal, ending] of [
  ['SIGINT', exit.interrupted],
  ['SIGTERM', exit.terminated],
] as const) {
  process.once(signal, () => {
    code = ending;
    stop.abort();
  });
}

// Whoever read, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exit.ok);
});
process.stderr.on('error', () => {});

const ending = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
  interrupt: () => {
    code = exit.interrupted;
    stop.abort();
  },
});
process.exitCode = code ?? ending;
