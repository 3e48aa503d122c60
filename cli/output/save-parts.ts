import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { UsageError } from '../exit.ts';
import { faultsOf } from './save.ts';

/** A piece of a file, and where the next one is found; `null`: it was the last. */
export interface Part {
  text: string;
  next: string | null;
}

/** How far a file came. */
interface Progress {
  cursor: string;
  /** Of the draft: what is beyond belongs to a part that broke off. */
  bytes: number;
  /** What was asked for. */
  about: string;
}

export interface SavePartsOptions {
  file: string;
  /** Two files with the same are parts of one. */
  about: string;
  resume: boolean;
}

/**
 * Writes a file part by part beside its place, so that one that breaks off can be continued: whole
 * parts stay in `<file>.part`, and where to go on in `<file>.part.json`.
 * @returns its bytes
 * @throws UsageError where there is nothing to continue
 */
export async function saveParts(
  { file, about, resume }: SavePartsOptions,
  parts: (cursor: string | undefined) => AsyncIterable<Part>,
): Promise<number> {
  const draft = `${file}.part`;
  const notes = `${draft}.json`;
  const before = resume ? await readProgress(notes, about) : null;
  const handle = await faultsOf(file)(open(draft, before ? 'r+' : 'w'));
  let bytes = before?.bytes ?? 0;
  try {
    await handle.truncate(bytes);
    for await (const { text, next } of parts(before?.cursor)) {
      const chunk = Buffer.from(text);
      await handle.write(chunk, 0, chunk.length, bytes);
      await handle.sync();
      bytes += chunk.length;
      if (next === null) break;
      const progress: Progress = { cursor: next, bytes, about };
      await writeFile(`${notes}.new`, JSON.stringify(progress));
      await rename(`${notes}.new`, notes);
    }
  } finally {
    await handle.close();
  }
  await faultsOf(file)(rename(draft, file));
  await rm(notes, { force: true });
  return bytes;
}

async function readProgress(notes: string, about: string): Promise<Progress> {
  const text = await readFile(notes, 'utf8').catch(() => null);
  if (text === null) {
    throw new UsageError('There is no export to continue.', 'Leave --resume out to start one.');
  }
  const progress = JSON.parse(text) as Progress;
  if (progress.about !== about) {
    throw new UsageError('That export was of something else.', 'Use the same filter and format.');
  }
  return progress;
}
