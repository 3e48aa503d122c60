import { hasCode, type Folder, type Name } from '../../storage/folder.ts';
import { measure, removeTree, type Measure } from '../../storage/tree.ts';
import type { Candidate } from './candidate.ts';

/**
 * Removes a candidate, if it is what it was and still nobody has touched it.
 * @returns what it amounted to; `null` where it was spared, or gone already
 * @throws ConfinementError, or an error of the file system, where it could not be removed
 */
export async function remove(
  data: Folder,
  { names, measured, cutoff }: Candidate & { measured: Measure },
  signal: AbortSignal,
): Promise<Measure | null> {
  const path = names.slice(0, -1);
  const name = names.at(-1) ?? '';
  try {
    return await descend(data, path, async (folder) => {
      // It was listed a while ago: whoever worked in it may be back.
      const entries = measured.entries * 2 + 1000;
      const now = await measure(folder, name, { freshSince: cutoff, entries, signal });
      if (now.newestMs >= cutoff) return null;
      await removeTree(folder, name, measured.identity, signal);
      return now;
    });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Does something in the directory that these names lead to. */
async function descend<T>(
  folder: Folder,
  path: readonly Name[],
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = path;
  if (first === undefined) return work(folder);
  await using child = await folder.openChild(first);
  return await descend(child, rest, work);
}

/** Removes the directories above a removed candidate that hold nothing any more. */
export async function removeEmptied(
  data: Folder,
  { names }: Pick<Candidate, 'names'>,
  kept: number,
): Promise<void> {
  for (let length = names.length - 1; length > kept; length--) {
    const name = names[length - 1] ?? '';
    try {
      await descend(data, names.slice(0, length - 1), (folder) => folder.rmdir(name));
    } catch {
      return; // Something is in it, or somebody else was faster.
    }
  }
}
