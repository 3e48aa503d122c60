import type { Stats } from 'node:fs';
import { chmod, lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** Something in a directory that can't be kept from others. */
export class NotPrivateError extends Error {
  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.name = 'NotPrivateError';
  }
}

/** Whoever may write in a folder beside its owner. */
const WRITTEN_BY_OTHERS = 0o022;

/**
 * Takes from everybody else the rights to a directory and all that is in it, from the top down, so
 * that nobody changes below what has not been visited yet. Links are not followed.
 * @param shared folders in it that may be shared with others: one that others own or may write keeps
 * its mode, and the directory may be passed through to it; any other is closed. What is in them is
 * left as it is
 * @throws NotPrivateError where something belongs to another user, or its rights can't be changed
 */
export async function makePrivate(
  directory: string,
  shared: readonly string[] = [],
): Promise<void> {
  const user = process.geteuid?.();
  // Windows has no such modes.
  if (user === undefined) return;
  const top = await realpath(directory);
  const apart = new Set(shared.map((name) => join(top, name)));
  const sharedNow = new Set<string>();
  for (const path of apart) {
    const stats = await statsOf(path);
    const isOthers = stats && (stats.uid !== user || (stats.mode & WRITTEN_BY_OTHERS) !== 0);
    if (stats?.isDirectory() && isOthers) sharedNow.add(path);
  }

  const visit = async (path: string): Promise<void> => {
    const stats = await statsOf(path);
    // A running service removes files at any time.
    if (!stats || stats.isSymbolicLink() || sharedNow.has(path)) return;
    if (stats.uid !== user) {
      throw new NotPrivateError(
        path,
        `belongs to user ${stats.uid}, and the service runs as user ${user}: change its owner, or run the service as that user`,
      );
    }
    const passage = path === top && sharedNow.size > 0 ? 0o011 : 0;
    const mode = (stats.mode & 0o700) | passage;
    if ((stats.mode & 0o7777) !== mode) await setMode(path, mode);
    if (!stats.isDirectory() || apart.has(path)) return;
    for (const name of await namesIn(path)) await visit(join(path, name));
  };
  await visit(top);
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new NotPrivateError(path, `can't be inspected: ${code}`);
  }
}

async function setMode(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new NotPrivateError(path, `is open to other users, and that can't be changed: ${code}`);
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new NotPrivateError(path, `can't be read: ${code}`);
  }
}
