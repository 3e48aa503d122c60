import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './exit.ts';

export interface PromptOptions {
  stdin: NodeJS.ReadStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
  /** Told of Ctrl+C, which a terminal hands to the prompt instead of sending a signal. */
  interrupt: () => void;
}

/**
 * Asks whoever sits before the terminal; the question is on standard error.
 * @param hidden whether what is typed is not to be seen
 * @throws UsageError where the input ends
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
  lines.once('close', () => ended.reject(new UsageError('Nothing was typed.')));
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

/** All of standard input, without the end of its last line. */
export async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
