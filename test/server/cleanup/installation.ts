import { openJobs, type CleanupSettings, type Jobs } from '../../../server/jobs/index.ts';
import {
  CleanupStore,
  type CleanupAction,
  type CleanupRun,
} from '../../../server/store/cleanup/cleanup.ts';
import { openStore, type Store } from '../../../server/store/database/database.ts';
import { LiveStore } from '../../../server/store/read/live.ts';
import { TenancyStore } from '../../../server/store/tenancy/tenancy.ts';
import { Writer } from '../../../server/store/write/writer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { Files } from './files.ts';

export const defaults: CleanupSettings = {
  enabled: true,
  dryRun: false,
  tmpDirTtlMinutes: 60,
  previewBundleTtlHours: 24,
  logRetentionDays: 7,
};

export const writerOf = (store: Store): Writer => new Writer({ store });

/** A database is slow to make: the tests of a file have one after the other. */
let shared: { database: TestDatabase; store: Store } | undefined;

/** An installation with a data directory of its own, and a database that nobody else uses. */
export class Installation {
  readonly files: Files;
  readonly store: Store;
  readonly databaseUrl: string | undefined;
  readonly workspaceId: string;
  readonly cleanup: CleanupStore;
  /** What was reported as wrong. */
  readonly errors: { details: object; message: string }[] = [];
  /** Ids up to which listeners were woken. */
  readonly announced: number[] = [];
  readonly #replicas: Jobs[] = [];

  private constructor(
    files: Files,
    store: Store,
    databaseUrl: string | undefined,
    workspaceId: string,
  ) {
    this.files = files;
    this.store = store;
    this.databaseUrl = databaseUrl;
    this.workspaceId = workspaceId;
    this.cleanup = new CleanupStore(store);
  }

  static async create(): Promise<Installation> {
    if (!shared) {
      const database = await createTestDatabase();
      shared = { database, store: await openStore(database) };
    }
    const { database, store } = shared;
    await store.exec(`drop schema if exists cloudbrain_jobs cascade;
      truncate workspaces, live_events cascade`);
    const files = await Files.create();
    const workspaceId = await new TenancyStore(store).ensureOperator();
    return new Installation(files, store, database.databaseUrl, workspaceId);
  }

  /** Ends what all tests of the file had. */
  static async end(): Promise<void> {
    await shared?.store.close();
    await shared?.database.drop();
    shared = undefined;
  }

  /** Starts a replica's jobs. */
  async start(changes: Partial<CleanupSettings> = {}): Promise<Jobs> {
    const jobs = await openJobs({
      store: this.store,
      writer: writerOf(this.store),
      databaseUrl: this.databaseUrl,
      dataDir: this.files.data,
      cleanup: { ...defaults, ...changes },
      announce: (_, lastId) => this.announced.push(lastId),
      log: { error: (details, message) => this.errors.push({ details, message }) },
    });
    this.#replicas.push(jobs);
    return jobs;
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((jobs) => jobs.close()));
    await this.files.remove();
  }

  /** Asks for a run and waits for its end. */
  async run(jobs: Jobs, dryRun = false): Promise<CleanupRun> {
    const { id } = await jobs.cleanup.request({ dryRun });
    return this.ended(id);
  }

  ended(id: string): Promise<CleanupRun> {
    return eventually(`the end of run ${id}`, async () => {
      const run = await this.cleanup.getRun(this.workspaceId, id);
      return run?.endedAt ? run : null;
    });
  }

  async actions(runId?: string): Promise<CleanupAction[]> {
    const page = { from: null, limit: 10_000 };
    return (await this.cleanup.listActions(this.workspaceId, { runId }, page)).entries;
  }

  /** The runs as the outbox tells of them, oldest first. */
  async told(): Promise<CleanupRun[]> {
    const { events } = await new LiveStore(this.store).read(this.workspaceId, 0, 10_000);
    return events
      .filter(({ topic }) => topic === 'cleanup')
      .map(({ payload }) => (payload as { run: CleanupRun }).run);
  }
}
