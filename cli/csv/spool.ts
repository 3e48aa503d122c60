import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that can be read more than once. */
export interface Spooled {
  path: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
  /** Removes it, where it is a copy. */
  remove(): Promise<void>;
}

/**
 * Makes an input readable more than once: a file as it is; standard input (`-`), a pipe or a device
 * by a copy that only its owner may read.
 */
export async function spool(path: string, stdin: Readable, signal: AbortSignal): Promise<Spooled> {
  if (path !== '-') {
    const stats = await stat(path);
    // Of a folder the reader reports what it is.
    if (stats.isFile() || stats.isDirectory()) {
      return { path, size: stats.size, modifiedAt: stats.mtime, remove: async () => {} };
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'cloudbrain-import-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'input.csv');
    const input = path === '-' ? stdin : createReadStream(path);
    await pipeline(input, createWriteStream(copy, { mode: 0o600 }), { signal });
    const { size, mtime } = await stat(copy);
    return { path: copy, size, modifiedAt: mtime, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
