import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { getSystemErrorMessage } from 'node:util';
import { CommandError, exit, reasonOf, UsageError } from '../exit.ts';
import { clean, cleanLines } from './clean.ts';
import { count } from './format.ts';
import type { Output } from './output.ts';

export interface SaveOptions {
  output: Output;
  /** Standard output where it is left out. */
  file?: string | undefined;
  /** Whether it isn't text, which a terminal doesn't get. */
  binary?: boolean;
}

/**
 * Writes the body of an answer to a file or to standard output, as it comes.
 * @param ask is called once it is clear where the body goes
 */
export async function save(
  ask: () => PromiseLike<Response>,
  { output, file, binary }: SaveOptions,
): Promise<void> {
  if (file !== undefined) {
    const bytes = await saveTo(file, async (sink) => pump(await ask(), output, sink));
    output.aside(clean(`${count(bytes)} bytes in ${file}`));
  } else if (!output.isTerminal) {
    await pump(await ask(), output, (chunk) => output.write(chunk));
  } else if (binary) {
    throw new UsageError("A terminal can't show this format.", 'Name a file with --output.');
  } else {
    await show(await ask(), output);
  }
}

/** Writes text to a terminal, without characters that it would act upon. */
async function show(answer: Response, output: Output): Promise<void> {
  const decoder = new TextDecoder();
  let last = '';
  for await (const chunk of chunksOf(answer)) {
    const text = decoder.decode(chunk, { stream: true });
    await output.write(cleanLines(text.replaceAll('\r', '')));
    last = text.at(-1) ?? last;
  }
  if (last !== '\n') await output.line('');
}

type Sink = (chunk: Uint8Array) => Promise<unknown>;

const SHOW_EVERY_MS = 100;

async function pump(answer: Response, output: Output, sink: Sink): Promise<number> {
  const progress = output.progress('Bytes:');
  let bytes = 0;
  let shownAt = 0;
  try {
    for await (const chunk of chunksOf(answer)) {
      await sink(chunk);
      bytes += chunk.length;
      if (Date.now() - shownAt < SHOW_EVERY_MS) continue;
      shownAt = Date.now();
      progress.show(bytes);
    }
  } finally {
    progress.end();
  }
  return bytes;
}

/** @throws CommandError when the answer breaks off */
async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body ?? [];
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error) : String(error);
    throw new CommandError(`The response was cut off: ${reason}.`, {
      code: exit.away,
      advice: 'The output is incomplete: try again.',
    });
  }
}

/** Writes a file whole or not at all: until then it has another name. */
async function saveTo(file: string, fill: (sink: Sink) => Promise<number>): Promise<number> {
  const writing = faultsOf(file);
  const there = statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new UsageError(`'${file}' is a folder.`);
  const filled = async (handle: FileHandle): Promise<number> => {
    try {
      return await fill((chunk) => writing(handle.appendFile(chunk)));
    } finally {
      await handle.close();
    }
  };
  // A pipe or a device is written to, not replaced.
  if (there && !there.isFile()) return filled(await writing(open(file, 'w')));
  const target = there ? await realpath(file) : file;
  // An export is readable by its owner only; an existing file keeps its mode.
  const draft = `${target}.${randomBytes(4).toString('hex')}.part`;
  const handle = await writing(open(draft, 'wx', there ? there.mode & 0o777 : 0o600));
  try {
    const bytes = await filled(handle);
    await writing(rename(draft, target));
    return bytes;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Reports errors of a file by the name that was given, not by that of its draft. */
export const faultsOf =
  (file: string) =>
  async <T>(writing: Promise<T>): Promise<T> => {
    try {
      return await writing;
    } catch (error) {
      const { errno = 0, code } = error as NodeJS.ErrnoException;
      const reason = `${getSystemErrorMessage(errno)} (${code})`;
      throw new CommandError(`'${file}' can't be written: ${reason}.`, { code: exit.failure });
    }
  };
