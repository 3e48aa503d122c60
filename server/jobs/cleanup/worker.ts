import { realpath } from 'node:fs/promises';
import { Folder } from '../../storage/folder.ts';
import { CleanupLog, type Announce } from '../../store/cleanup/cleanup-log.ts';
import type { CleanupRun } from '../../store/cleanup/cleanup.ts';
import type { Store } from '../../store/database/database.ts';
import { findPreviewJobs } from '../../store/cleanup/preview-jobs.ts';
import { TenancyStore } from '../../store/tenancy/tenancy.ts';
import { exclusively } from '../exclusive.ts';
import type { JobQueue, QueueDefinition } from '../queue.ts';
import { Budget } from './budget.ts';
import { problemOf } from './candidate.ts';
import { INTERVAL_MINUTES, refusalOf, type CleanupSettings } from './settings.ts';
import { sweep } from './sweep.ts';

const QUEUE = 'cleanup';

/** How long runs and their actions are kept. */
const HISTORY_DAYS = 90;

/** A real run was asked for where the settings allow none; the message says why. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

export interface CleanupWorkerOptions {
  store: Store;
  queue: JobQueue;
  /** What it cleans up below. */
  dataDir: string;
  settings: CleanupSettings;
  /** Called when a run's new state is in the outbox. */
  announce: Announce;
}

interface RunJob {
  runId: string;
}

/**
 * Removes what has outlived its time below the data directory: every quarter of an hour, and when
 * asked. One run at a time over all replicas, which share the directory.
 */
export class CleanupWorker {
  readonly settings: CleanupSettings;
  readonly #store: Store;
  readonly #queue: JobQueue;
  readonly #dataDir: string;
  readonly #announce: Announce;
  readonly #definition: QueueDefinition<RunJob>;

  constructor({ store, queue, dataDir, settings, announce }: CleanupWorkerOptions) {
    this.settings = settings;
    this.#store = store;
    this.#queue = queue;
    this.#dataDir = dataDir;
    this.#announce = announce;
    this.#definition = {
      name: QUEUE,
      policy: 'singleton',
      cron: settings.enabled ? `*/${INTERVAL_MINUTES} * * * *` : null,
      poll: 1,
      limit: 3600,
      run: (job, signal) => this.#work(job.runId, signal),
    };
  }

  /** Marks what a killed process left at work as failed, and begins to take jobs. */
  async start(): Promise<void> {
    await this.#queue.define(this.#definition);
    await exclusively(this.#store, QUEUE, async () => {
      const log = await this.#log();
      await this.#queue.dropActive(QUEUE);
      await log?.failInterrupted();
    });
    await this.#queue.work(this.#definition);
  }

  /**
   * Asks for a run now; it begins within a second, or when the one at work is over.
   * @throws RunRefused where it would delete and the settings forbid that
   */
  async request({ dryRun }: { dryRun: boolean }): Promise<CleanupRun> {
    const refusal = dryRun ? null : refusalOf(this.settings);
    if (refusal) throw new RunRefused(refusal);
    const log = await this.#log();
    if (!log) throw new Error('There is no workspace yet');
    const run = await log.request(dryRun, (tx, runId) =>
      this.#queue.send(QUEUE, { runId } satisfies RunJob, tx),
    );
    this.#queue.wake(QUEUE);
    return run;
  }

  async #log(): Promise<CleanupLog | null> {
    const operator = await new TenancyStore(this.#store).operator();
    return operator ? new CleanupLog(this.#store, operator, this.#announce) : null;
  }

  async #work(runId: string | undefined, signal: AbortSignal): Promise<void> {
    const log = await this.#log();
    if (!log) return;
    const ran = await exclusively(this.#store, QUEUE, async () => {
      await log.failInterrupted();
      const run = runId ? await log.beginRequested(runId) : await this.#beginScheduled(log);
      if (run) await this.#run(log, run, signal);
    });
    if (!ran && runId) await log.finish(runId, 'failed', 'Another run was still in progress.');
  }

  async #beginScheduled(log: CleanupLog): Promise<CleanupRun | null> {
    // The schedule may be another replica's, with other settings.
    return this.settings.enabled ? log.beginScheduled(this.settings.dryRun) : null;
  }

  async #run(log: CleanupLog, { id, dryRun }: CleanupRun, signal: AbortSignal): Promise<void> {
    try {
      const refusal = dryRun ? null : refusalOf(this.settings);
      if (refusal) throw new RunRefused(refusal);
      await using data = await Folder.open(await realpath(this.#dataDir));
      const left = await sweep({
        data,
        log,
        runId: id,
        dryRun,
        settings: this.settings,
        now: Date.now(),
        budget: new Budget(),
        signal,
        findJobs: (keys) => findPreviewJobs(this.#store, keys),
      });
      await log.finish(id, 'completed', left);
      await log.forget(new Date(Date.now() - HISTORY_DAYS * 86_400_000));
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      await log.finish(id, 'failed', problemOf(reason));
      throw error;
    }
  }
}
