import {
  ConfinementError,
  hasCode,
  ifThere,
  isSame,
  type Folder,
  type Identity,
  type Name,
} from './folder.ts';

/** How deep a tree may be: each level holds a directory open. */
const MAX_DEPTH = 100;

/** What a file, link or whole directory amounts to. */
export interface Measure {
  identity: Identity;
  /** Sum of the files' sizes; a link counts as itself. */
  bytes: number;
  /** Epoch ms of the newest change anywhere in it. */
  newestMs: number;
  /** Files and directories in it, itself included. */
  entries: number;
}

export interface MeasureLimits {
  /** Stops at the first thing changed at or after this moment (epoch ms). */
  freshSince?: number;
  /** How many entries may be listed. */
  entries: number;
  signal?: AbortSignal | undefined;
}

/**
 * Measures what `name` in `folder` is.
 * @throws ConfinementError where it is too large, too deep, or reaches into another file system
 */
export async function measure(folder: Folder, name: Name, limits: MeasureLimits): Promise<Measure> {
  const found = await folder.lstat(name);
  const result: Measure = {
    identity: { dev: found.dev, ino: found.ino },
    bytes: found.isDirectory() ? 0 : Number(found.size),
    newestMs: Number(found.mtimeMs),
    entries: 1,
  };
  if (!found.isDirectory() || isFresh(result, limits)) return result;
  await using inside = await openWithin(folder, name);
  await add(inside, result, limits, 1);
  return result;
}

async function add(
  folder: Folder,
  result: Measure,
  limits: MeasureLimits,
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) throw tooDeep();
  for await (const name of folder.names()) {
    limits.signal?.throwIfAborted();
    if (++result.entries > limits.entries) {
      throw new ConfinementError(`holds more than ${limits.entries} files`);
    }
    const found = await ifThere(folder.lstat(name));
    if (!found) continue;
    result.newestMs = Math.max(result.newestMs, Number(found.mtimeMs));
    if (isFresh(result, limits)) return;
    if (found.isDirectory()) {
      await using inside = await ifThere(openWithin(folder, name));
      if (inside) await add(inside, result, limits, depth + 1);
      if (isFresh(result, limits)) return;
    } else {
      result.bytes += Number(found.size);
    }
  }
}

function isFresh(result: Measure, limits: MeasureLimits): boolean {
  return limits.freshSince !== undefined && result.newestMs >= limits.freshSince;
}

/**
 * Removes `name` from `folder`, with all that is in it. Links are removed, never followed.
 * @param expected what it has to be still; something else by the same name is left alone
 * @throws ConfinementError where it is something else by now; ENOENT where it is gone
 */
export async function removeTree(
  folder: Folder,
  name: Name,
  expected: Identity,
  signal?: AbortSignal,
): Promise<void> {
  const found = await folder.lstat(name);
  if (!isSame(found, expected)) throw replaced();
  if (!found.isDirectory()) return folder.unlink(name);
  await using inside = await openWithin(folder, name);
  if (!isSame(inside.identity, expected)) throw replaced();
  await removeEmptied(folder, name, inside, signal, 1);
}

/** Empties a directory and removes it. */
async function removeEmptied(
  parent: Folder,
  name: Name,
  folder: Folder,
  signal: AbortSignal | undefined,
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) throw tooDeep();
  // Some file systems skip entries while others are being removed: what is left comes next time.
  for (let attempt = 1; ; attempt++) {
    await empty(folder, signal, depth);
    try {
      await parent.rmdir(name);
      return;
    } catch (error) {
      if (attempt === 3 || !hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
  }
}

async function empty(
  folder: Folder,
  signal: AbortSignal | undefined,
  depth: number,
): Promise<void> {
  for await (const name of folder.names()) {
    signal?.throwIfAborted();
    const found = await ifThere(folder.lstat(name));
    if (!found) continue;
    if (found.isDirectory()) {
      await using inside = await ifThere(openWithin(folder, name));
      if (inside) await removeEmptied(folder, name, inside, signal, depth + 1);
    } else {
      await ifThere(folder.unlink(name));
    }
  }
}

/** A mounted directory is somebody else's, however deep in ours it hangs. */
async function openWithin(folder: Folder, name: Name): Promise<Folder> {
  const inside = await folder.openChild(name);
  if (inside.identity.dev === folder.identity.dev) return inside;
  await inside.close();
  throw new ConfinementError('is on another file system');
}

const replaced = (): ConfinementError => new ConfinementError('was replaced since it was listed');

const tooDeep = (): ConfinementError =>
  new ConfinementError(`is nested deeper than ${MAX_DEPTH} directories`);
