import { Folder, ifThere, nameOf } from './folder.ts';
import { layout } from './layout.ts';

/** What lies in one part of the data directory. */
export interface DiskUsage {
  area: keyof typeof layout;
  files: number;
  bytes: number;
  /** Whether there is more than was counted. */
  capped: boolean;
}

/** How deep is looked; each level holds a directory open. */
const MAX_DEPTH = 32;

/** Entries of one part that are looked at. */
const MAX_ENTRIES = 100_000;

/** Counts the files of each part of the data directory; links are not followed. */
export async function diskUsage(dataDir: string, signal: AbortSignal): Promise<DiskUsage[]> {
  await using data = await Folder.open(dataDir);
  const tallies: DiskUsage[] = [];
  for (const area of Object.keys(layout) as (keyof typeof layout)[]) {
    const result = { area, files: 0, bytes: 0, capped: false };
    const found = await ifThere(data.lstat(nameOf(layout[area])));
    if (found?.isDirectory()) {
      await using inside = await ifThere(data.openChild(nameOf(layout[area])));
      if (inside) await add(inside, result, { left: MAX_ENTRIES }, signal, 1);
    }
    tallies.push(result);
  }
  return tallies;
}

async function add(
  folder: Folder,
  result: DiskUsage,
  entries: { left: number },
  signal: AbortSignal,
  depth: number,
): Promise<void> {
  for await (const name of folder.names()) {
    if (signal.aborted || entries.left-- <= 0) {
      result.capped = true;
      return;
    }
    const found = await ifThere(folder.lstat(name));
    if (!found) continue;
    if (!found.isDirectory()) {
      result.files += 1;
      result.bytes += Number(found.size);
    } else if (depth >= MAX_DEPTH || found.dev !== folder.identity.dev) {
      result.capped = true;
    } else {
      await using inside = await ifThere(folder.openChild(name));
      if (inside) await add(inside, result, entries, signal, depth + 1);
    }
    if (entries.left < 0) return;
  }
}
