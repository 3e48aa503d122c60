import type { Transaction } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { fromKysely, getConstructionPlans, PgBoss, type Db, type QueuePolicy } from 'pg-boss';
import type { Store } from '../store/database/database.ts';
import type { Schema } from '../store/database/schema.ts';

/** The schema of pg-boss's own tables. */
const SCHEMA = 'cloudbrain_jobs';

/** The statements that make the queue's tables: they differ with pg-boss's version. */
export const queueTables = (): string => getConstructionPlans(SCHEMA);

/** Seconds between two looks at which schedules are due, and at what they put in line. */
const CRON_SECONDS = { cronMonitorIntervalSeconds: 15, cronWorkerIntervalSeconds: 5 };

/** Seconds without a sign of life after which a job's process counts as dead. */
const HEARTBEAT_SECONDS = 30;

/** Milliseconds for jobs at work to stop when the service goes down. */
const STOP_MS = 5000;

/** What a queue of jobs does. */
export interface QueueDefinition<Data extends object> {
  name: string;
  /** `singleton`: one at a time, others wait. `exclusive`: one at all, others are dropped. */
  policy: Extract<QueuePolicy, 'singleton' | 'exclusive'>;
  /** When a job comes by itself (five fields of cron, in UTC); `null`: on demand alone. */
  cron: string | null;
  /** Seconds between two looks at the queue; whoever sends a job here wakes it at once. */
  poll: number;
  /** Seconds that a job may take. */
  limit: number;
  /** `signal` aborts when the time is over or the service goes down. */
  run: (data: Partial<Data>, signal: AbortSignal) => Promise<void>;
}

export interface QueueDepth {
  name: string;
  state: 'waiting' | 'active' | 'failed';
  jobs: number;
}

/** How a run of a job went, on this replica. */
export interface QueueRun {
  job: string;
  endedAt: Date;
  /** Why it failed; `null`: it did not. */
  error: string | null;
}

export interface QueueLog {
  error: (details: object, message: string) => void;
}

export interface QueueOptions {
  store: Store;
  /** As the store's: with it, pg-boss has connections of its own. */
  databaseUrl?: string | undefined;
  log: QueueLog;
  /** Told of each run; a job does not fail by it. */
  onRun?: ((run: QueueRun) => Promise<void>) | undefined;
}

/** The job queue (pg-boss): jobs survive a restart, and each is done by one of the replicas. */
export class JobQueue {
  readonly #boss: PgBoss;
  readonly #log: QueueLog;
  readonly #onRun: NonNullable<QueueOptions['onRun']>;
  readonly #closing = new AbortController();
  readonly #workers = new Map<string, string>();

  private constructor(boss: PgBoss, { log, onRun = async () => {} }: QueueOptions) {
    this.#boss = boss;
    this.#log = log;
    this.#onRun = onRun;
    boss.on('error', (error) => log.error({ error }, 'The job queue has failed'));
  }

  static async open(options: QueueOptions): Promise<JobQueue> {
    const { store, databaseUrl } = options;
    const boss = new PgBoss({
      schema: SCHEMA,
      ...CRON_SECONDS,
      // Its own checks of indexes and of vacuum are for queues of another size.
      reindex: false,
      monitorVacuum: false,
      ...(databaseUrl
        ? { connectionString: databaseUrl, max: 2, application_name: 'cloudbrain-jobs' }
        : { db: embedded(store), backend: 'pglite' }),
    });
    const queue = new JobQueue(boss, options);
    try {
      await boss.start();
    } catch (error) {
      await queue.close();
      throw error;
    }
    return queue;
  }

  /** Sets a queue up, not yet working, and takes its schedule as it is now. */
  async define<Data extends object>(definition: QueueDefinition<Data>): Promise<void> {
    const { name, policy, cron, limit } = definition;
    const options = {
      expireInSeconds: limit,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      // What is periodic comes again by itself.
      retryLimit: 0,
      deleteAfterSeconds: 3600,
    };
    await this.#boss.createQueue(name, { policy, ...options });
    await this.#boss.updateQueue(name, options);
    if (cron) await this.#boss.schedule(name, cron);
    else await this.#boss.unschedule(name);
  }

  /** Starts to work on a queue. */
  async work<Data extends object>({ name, poll, run }: QueueDefinition<Data>): Promise<void> {
    const options = { pollingIntervalSeconds: poll, batchSize: 1 };
    const id = await this.#boss.work<Data | null>(name, options, async ([job]) => {
      if (!job) return;
      const signal = AbortSignal.any([job.signal, this.#closing.signal]);
      const tell = async (error: string | null): Promise<void> => {
        await this.#onRun({ job: name, endedAt: new Date(), error }).catch((cause: unknown) =>
          this.#log.error({ error: cause, queue: name }, 'A heartbeat could not be recorded'),
        );
      };
      try {
        await run(job.data ?? {}, signal);
        await tell(null);
      } catch (error) {
        // A job that was told to stop is no fault.
        if (this.#closing.signal.aborted) return;
        await tell(error instanceof Error ? error.message : JSON.stringify(error));
        this.#log.error({ error, queue: name }, 'A job has failed');
        throw error;
      }
    });
    this.#workers.set(name, id);
  }

  /**
   * Puts a job into a queue, in the caller's transaction. After its commit `wake` gets it going.
   */
  async send(name: string, data: object, tx: Transaction<Schema>): Promise<void> {
    const id = await this.#boss.send(name, data, { db: fromKysely(tx) });
    if (!id) throw new Error(`The queue ${name} did not accept a job`);
  }

  /** Makes this process look into a queue now. */
  wake(name: string): void {
    const worker = this.#workers.get(name);
    if (worker) this.#boss.notifyWorker(worker);
  }

  /**
   * Drops the jobs that are said to be at work: only for whoever knows that nobody works on them.
   */
  async dropActive(name: string): Promise<void> {
    const { rows } = await this.#boss
      .getDb()
      .executeSql(`select id from ${SCHEMA}.job where name = $1 and state = 'active'`, [name]);
    const ids = (rows as { id: string }[]).map(({ id }) => id);
    if (ids.length > 0) await this.#boss.cancel(name, ids);
  }

  /** How many jobs wait, are at work, and have failed in the last hour. */
  async depths(): Promise<QueueDepth[]> {
    const { rows } = await this.#boss.getDb().executeSql(
      `select q.name, s.state, count(j.id)::integer as jobs
      from ${SCHEMA}.queue q
      cross join (values ('waiting'), ('active'), ('failed')) s (state)
      left join ${SCHEMA}.job j on j.name = q.name and s.state = case
        when j.state in ('created', 'retry') then 'waiting' else j.state::text end
      where q.name not like '\\_\\_%'
      group by q.name, s.state order by q.name, s.state`,
    );
    return rows as QueueDepth[];
  }

  /** Lets jobs at work stop at their next step, and ends; whoever takes too long is left behind. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The service is shutting down'));
    const done = Promise.all([...this.#workers.keys()].map((name) => this.#boss.offWork(name)));
    await Promise.race([done, delay(STOP_MS, null, { ref: false })]);
    await this.#boss.stop({ graceful: false });
  }
}

/**
 * pg-boss on the embedded database. Each call borrows the one connection for itself, so that it
 * never lands in somebody's transaction; pg-boss's own transactions come as one text.
 */
function embedded(store: Store): Db {
  return {
    executeSql: async (text, values) =>
      values && values.length > 0 ? store.query(text, values) : store.exec(text),
  };
}
