import type { Finding } from '../../store/cleanup/cleanup-log.ts';
import type { PreviewJobKey } from '../../store/cleanup/preview-jobs.ts';
import { ConfinementError, ifThere, textOf, type Folder, type Name } from '../../storage/folder.ts';
import { measure, type Measure } from '../../storage/tree.ts';
import type { Budget } from './budget.ts';
import type { CleanupSettings } from './settings.ts';

/** Something that has outlived its time, and how to find it again. */
export interface Candidate extends Finding {
  /** From the data directory down. */
  names: readonly Name[];
  /** `null` where it could not be looked at; `problem` says why. */
  measured: Measure | null;
  problem: string | null;
  /** Older than this (epoch ms) it has to be still when it goes. */
  cutoff: number;
}

export interface ScanContext {
  settings: CleanupSettings;
  /** When the run began (epoch ms). */
  now: number;
  budget: Budget;
  signal: AbortSignal;
  findJobs: (keys: readonly PreviewJobKey[]) => Promise<({ building: boolean } | null)[]>;
}

export type Kind = Pick<Finding, 'type' | 'reason'> & { cutoff: number };

/**
 * The entry as a candidate, if nothing in it was changed since the kind's cutoff.
 * @param path the names that lead to the folder
 */
export async function candidateOf(
  folder: Folder,
  path: readonly Name[],
  name: Name,
  { type, reason, cutoff }: Kind,
  { budget, signal }: ScanContext,
): Promise<Candidate | null> {
  const names = [...path, name];
  const base = { type, reason, cutoff, names, path: names.map(textOf).join('/') };
  try {
    const entries = budget.perTree;
    const measured = await measure(folder, name, { freshSince: cutoff, entries, signal });
    budget.spend(measured.entries);
    if (measured.newestMs >= cutoff) return null;
    return { ...base, measured, sizeBytes: measured.bytes, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    // It can't be looked into; whether it is of any age its own time has to say.
    const found = await ifThere(folder.lstat(name));
    if (!found || Number(found.mtimeMs) >= cutoff) return null;
    return { ...base, measured: null, sizeBytes: null, problem: problemOf(error) };
  }
}

/** What went wrong with something, as people read it: without the paths of the machine. */
export function problemOf(error: unknown): string {
  if (error instanceof ConfinementError) return `It ${error.message}.`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split(', ')[0] ?? message;
}
