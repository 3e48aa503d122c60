import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './exit.ts';

export interface PromptOptions {
  stdin: NodeJS.ReadStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
  /** Called at Ctrl+C, which a terminal hands to the prompt instead of sending a signal. */
  interrupt: () => void;
}

/**
 * Asks in the terminal; the question goes to standard error.
 * @param hidden whether the answer is not shown while it is typed
 * @throws UsageError when the input ends
 */
export async function ask(
  question: string,
  { stdin, stderr, signal, interrupt }: PromptOptions,
  { hidden = false } = {},
): Promise<string> {
  let isMuted = false;
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (!isMuted) stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: true });
  lines.on('SIGINT', interrupt);
  const ended = Promise.withResolvers<never>();
  lines.once('close', () => ended.reject(new UsageError('No input was given.')));
  try {
    const answer = lines.question(question, { signal });
    isMuted = hidden;
    return await Promise.race([answer, ended.promise]);
  } finally {
    ended.promise.catch(() => {});
    lines.close();
    if (hidden) stderr.write('\n');
  }
}
