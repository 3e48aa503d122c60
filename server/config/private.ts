import { chmodSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Something in a directory that can't be kept from others. */
export class NotPrivateError extends Error {
  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.name = 'NotPrivateError';
  }
}

/** What the group and others may do, and what runs as somebody else. */
const FOR_OTHERS = 0o7077;

/**
 * Takes from everybody else the rights to a directory and all that is in it, from the top down, so
 * that nobody changes below what has not been visited yet. Links are not followed.
 * @param shared folders in it where others may own files: those are left as they are
 * @throws NotPrivateError where something belongs to another user, or its rights can't be changed
 */
export function makePrivate(directory: string, shared: readonly string[] = []): void {
  const user = process.geteuid?.();
  // Windows has no such modes.
  if (user === undefined) return;
  const top = realpathSync(directory);
  const foreign = new Set(shared.map((name) => join(top, name)));

  const visit = (path: string, isShared: boolean): void => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A running service removes files at any time.
    if (!stats || stats.isSymbolicLink()) return;
    if (stats.uid !== user) {
      if (isShared) return;
      throw new NotPrivateError(
        path,
        `belongs to user ${stats.uid}, and the service runs as user ${user}: change its owner, or run the service as that user`,
      );
    }
    if (stats.mode & FOR_OTHERS) takeFromOthers(path, stats.mode);
    if (!stats.isDirectory()) return;
    for (const name of namesIn(path)) {
      const inner = join(path, name);
      visit(inner, isShared || foreign.has(inner));
    }
  };
  visit(top, false);
}

function takeFromOthers(path: string, mode: number): void {
  try {
    chmodSync(path, mode & 0o700);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new NotPrivateError(path, `is open to other users, and that can't be changed: ${code}`);
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new NotPrivateError(path, `can't be read: ${code}`);
  }
}
