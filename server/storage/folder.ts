import { existsSync, type BigIntStats } from 'node:fs';
import { constants, lstat, open, opendir, rmdir, unlink, type FileHandle } from 'node:fs/promises';

/** A directory that can't be trusted: a link, another file system, or swapped since it was seen. */
export class ConfinementError extends Error {
  override readonly name = 'ConfinementError';
}

/** Which file or directory something is, whatever its name is now. */
export interface Identity {
  dev: bigint;
  ino: bigint;
}

export function isSame(a: Identity, b: Identity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/**
 * The name of a directory's entry, a character for each of its bytes: names need not be UTF-8, and
 * one that isn't would never be found again by its text.
 */
export type Name = string;

/** A name or path as people read it. */
export const textOf = (name: Name): string => Buffer.from(name, 'latin1').toString();

export const nameOf = (text: string): Name => Buffer.from(text).toString('latin1');

/** Whether paths can be taken relative to an open directory, which nobody can swap for a link. */
const canAnchor = process.platform === 'linux' && existsSync('/proc/self/fd');

/**
 * A directory held open, so that what is done in it stays in it: its parents may be renamed or
 * replaced by links meanwhile, and no name in it is ever followed where it is a link.
 *
 * Node has no `openat`; on Linux `/proc/self/fd/<n>/<name>` is the same. Elsewhere the directory is
 * recognised again before each step, which leaves an attacker who already writes in the data
 * directory a window of microseconds.
 */
export class Folder {
  readonly #path: Name;
  readonly #handle: FileHandle | null;
  readonly identity: Identity;

  private constructor(path: Name, handle: FileHandle | null, identity: Identity) {
    this.#path = path;
    this.#handle = handle;
    this.identity = identity;
  }

  /**
   * Opens a directory by its path; the path's last part may not be a link.
   * @param anchored for tests: whether to hold the directory itself rather than its path
   * @throws ConfinementError where it is not a directory; ENOENT where there is none
   */
  static open(path: string, anchored = canAnchor): Promise<Folder> {
    return Folder.#open(nameOf(path), anchored);
  }

  static async #open(path: Name, anchored: boolean): Promise<Folder> {
    if (!anchored) {
      const found = await lstat(bytesOf(path), { bigint: true });
      if (!found.isDirectory()) throw new ConfinementError('is not a directory');
      return new Folder(path, null, found);
    }
    const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
    let handle: FileHandle;
    try {
      handle = await open(bytesOf(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      if (hasCode(error, 'ELOOP', 'ENOTDIR')) throw new ConfinementError('is not a directory');
      throw error;
    }
    try {
      const { dev, ino } = await handle.stat({ bigint: true });
      return new Folder(`/proc/self/fd/${handle.fd}`, handle, { dev, ino });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Opens a directory in this one. */
  async openChild(name: Name): Promise<Folder> {
    return Folder.#open(await this.#to(name), this.#handle !== null);
  }

  /** What is in it, one after the other, however much there is. */
  async *names(): AsyncGenerator<Name> {
    await this.#recognise();
    const path = bytesOf(this.#path);
    for await (const { name } of await opendir(path, { encoding: 'latin1' })) yield name;
  }

  /** Tells of an entry itself; of a link, not of where it leads. */
  async lstat(name: Name): Promise<BigIntStats> {
    return lstat(bytesOf(await this.#to(name)), { bigint: true });
  }

  /** Removes a file or a link. */
  async unlink(name: Name): Promise<void> {
    await unlink(bytesOf(await this.#to(name)));
  }

  /** Removes an empty directory. */
  async rmdir(name: Name): Promise<void> {
    await rmdir(bytesOf(await this.#to(name)));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #to(name: Name): Promise<Name> {
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
      throw new ConfinementError('is not a plain name');
    }
    await this.#recognise();
    return `${this.#path}/${name}`;
  }

  async #recognise(): Promise<void> {
    if (this.#handle) return;
    const now = await lstat(bytesOf(this.#path), { bigint: true });
    if (!now.isDirectory() || !isSame(now, this.identity)) {
      throw new ConfinementError('was replaced while in use');
    }
  }
}

const bytesOf = (path: Name): Buffer => Buffer.from(path, 'latin1');

/** Whether an error of the operating system has one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && codes.includes(code);
}

/** The answer, or `null` where the thing asked for isn't there (any more). */
export async function ifThere<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
