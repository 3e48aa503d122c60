import type { CleanupLog, Settlement } from '../../store/cleanup/cleanup-log.ts';
import { layout } from '../../storage/layout.ts';
import type { Folder } from '../../storage/folder.ts';
import { inBatches } from './batches.ts';
import { BudgetSpent } from './budget.ts';
import { problemOf, type Candidate, type ScanContext } from './candidate.ts';
import { remove, removeEmptied } from './remove.ts';
import { scan } from './scan.ts';

/** How many deletions are written down at once, before and after. */
const BATCH = 50;

export interface Sweep extends ScanContext {
  data: Folder;
  log: CleanupLog;
  runId: string;
  dryRun: boolean;
}

/**
 * Does a run: finds what has outlived its time, and deletes it unless the run is dry.
 * @returns what is left for the next run, as a sentence, or `null`
 */
export async function sweep(run: Sweep): Promise<string | null> {
  try {
    for await (const batch of inBatches(scan(run.data, run), BATCH)) await handle(run, batch);
    return null;
  } catch (error) {
    if (error instanceof BudgetSpent) return error.message;
    throw error;
  }
}

/** What is about to be deleted is written down first: no deletion goes unrecorded. */
async function handle(run: Sweep, batch: readonly Candidate[]): Promise<void> {
  const ids = await run.log.plan(run.runId, batch);
  const settlements: Settlement[] = [];
  for (const [index, candidate] of batch.entries()) {
    const result = await settle(run, candidate);
    settlements.push({ id: ids[index] ?? '', type: candidate.type, at: Date.now(), ...result });
  }
  await run.log.settle(run.runId, settlements);
  run.signal.throwIfAborted();
}

async function settle(
  run: Sweep,
  candidate: Candidate,
): Promise<Pick<Settlement, 'outcome' | 'sizeBytes' | 'error'>> {
  const { measured, problem, sizeBytes } = candidate;
  if (!measured) return { outcome: 'failed', sizeBytes, error: problem };
  if (run.dryRun) return { outcome: 'would_delete', sizeBytes, error: null };
  if (run.signal.aborted) return { outcome: 'spared', sizeBytes, error: null };
  try {
    const removed = await remove(run.data, { ...candidate, measured }, run.signal);
    if (!removed) return { outcome: 'spared', sizeBytes, error: null };
    await removeEmptied(run.data, candidate, keptLevels(candidate));
    return { outcome: 'deleted', sizeBytes: removed.bytes, error: null };
  } catch (error) {
    return { outcome: 'failed', sizeBytes, error: problemOf(error) };
  }
}

/** An area's own directory stays, and the objects' prefix. */
const keptLevels = ({ names }: Candidate): number => (names[0] === layout.objects ? 2 : 1);
