import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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
  /** Continues the draft of an earlier call. */
  resume: boolean;
  /** Discards the draft of an earlier call. */
  restart: boolean;
}

/**
 * Writes a file part by part beside its place, so that one that breaks off can be continued: whole
 * parts stay in `<file>.part`, and where to go on in `<file>.part.json`.
 * @returns its bytes
 * @throws UsageError when there is nothing to continue, or when neither `resume` nor `restart` says
 * what happens to a draft that can be continued
 */
export async function saveParts(
  { file, about, resume, restart }: SavePartsOptions,
  parts: (cursor: string | undefined) => AsyncIterable<Part>,
): Promise<number> {
  const { draft, notes } = namesOf(file);
  const before = resume ? await toContinue(file, about) : null;
  if (!resume) {
    if (!restart && (await canResume(file))) {
      throw new UsageError(
        `${draft} holds an unfinished export.`,
        'Continue it with --resume, or discard it with --restart.',
      );
    }
    // Before the draft is emptied: notes must never claim more than the draft holds.
    await rm(notes, { force: true });
  }
  const there = await stat(file).catch(() => null);
  // As private as the file that it replaces; a new one is for its owner alone.
  const mode = there ? there.mode & 0o777 : 0o600;
  const handle = await faultsOf(file)(open(draft, before ? 'r+' : 'w', mode));
  let bytes = before?.bytes ?? 0;
  let canContinue = before !== null;
  let isWhole = false;
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
      canContinue = true;
    }
    isWhole = true;
  } finally {
    await handle.close();
    if (!isWhole && !canContinue) await rm(draft, { force: true });
  }
  await faultsOf(file)(rename(draft, file));
  await rm(notes, { force: true });
  return bytes;
}

/** Whether an export to this file broke off after at least one part. */
export async function canResume(file: string): Promise<boolean> {
  const progress = await readProgress(file);
  return progress !== null && progress.bytes <= (await sizeOfDraft(file));
}

async function toContinue(file: string, about: string): Promise<Progress> {
  const progress = await readProgress(file);
  const advice = 'Run it without --resume to start over.';
  if (progress === null) throw new UsageError('There is no unfinished export to continue.', advice);
  if (progress.about !== about) {
    throw new UsageError(
      'The unfinished export uses a different filter or format.',
      'Use the same ones, or --restart.',
    );
  }
  if ((await sizeOfDraft(file)) < progress.bytes) {
    throw new UsageError(`${namesOf(file).draft} is missing or incomplete.`, advice);
  }
  return progress;
}

const namesOf = (file: string) => ({ draft: `${file}.part`, notes: `${file}.part.json` });

async function sizeOfDraft(file: string): Promise<number> {
  return stat(namesOf(file).draft).then(
    ({ size }) => size,
    () => 0,
  );
}

/** `null`: there are no notes, or none that can be read, as after a power cut. */
async function readProgress(file: string): Promise<Progress | null> {
  try {
    const progress = JSON.parse(await readFile(namesOf(file).notes, 'utf8')) as Progress | null;
    return progress !== null && Number.isSafeInteger(progress.bytes) ? progress : null;
  } catch {
    return null;
  }
}
