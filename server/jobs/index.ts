import { CleanupWorker, type CleanupWorkerOptions } from './cleanup/worker.ts';
import { INTERVAL_MINUTES } from './cleanup/settings.ts';
import { housekeeping, RHYTHMS, type HousekeepingOptions } from './housekeeping.ts';
import { JobQueue, type QueueDepth, type QueueOptions } from './queue.ts';

export { nextRunAt, INTERVAL_MINUTES, type CleanupSettings } from './cleanup/settings.ts';
export { RunRefused, type CleanupWorker } from './cleanup/worker.ts';
export type { QueueDepth } from './queue.ts';

export interface JobsOptions extends QueueOptions {
  /** Marks executions as abandoned. */
  writer: HousekeepingOptions['writer'];
  /** The data directory. */
  dataDir: string;
  cleanup: CleanupWorkerOptions['settings'];
  /** Called when something new is in a workspace's outbox, up to this id. */
  announce: CleanupWorkerOptions['announce'];
}

/** The work that nobody waits for. */
export interface Jobs {
  cleanup: CleanupWorker;
  depths: () => Promise<QueueDepth[]>;
  /** What comes round by itself, and how often: whoever does not is missed. */
  rhythms: readonly { job: string; everyMs: number }[];
  close: () => Promise<void>;
}

/** Opens the job queue and begins to work on it. The operator's workspace has to be there. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { store, writer, dataDir, announce } = options;
  const queue = await JobQueue.open(options);
  try {
    const cleanup = new CleanupWorker({
      store,
      queue,
      dataDir,
      settings: options.cleanup,
      announce,
    });
    await cleanup.start();
    for (const definition of housekeeping({ store, writer, announce })) {
      await queue.define(definition);
      await queue.work(definition);
    }
    const cleans = options.cleanup.enabled
      ? [{ job: 'cleanup', everyMs: INTERVAL_MINUTES * 60_000 }]
      : [];
    return {
      cleanup,
      depths: () => queue.depths(),
      rhythms: [...cleans, ...RHYTHMS],
      close: () => queue.close(),
    };
  } catch (error) {
    await queue.close();
    throw error;
  }
}
