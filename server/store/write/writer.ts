/** The one way telemetry gets into the database. */
import { sql } from 'kysely';
import { derive, scopeOf } from '../../derive/derive.ts';
import { price } from '../../derive/price.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { isUnavailable } from '../database/errors.ts';
import type { Batch } from '../../model/observation.ts';
import type { Message } from '../../model/message.ts';
import { time } from '../database/batch-columns.ts';
import { MINUTE } from '../time/zones.ts';
import { cleanObservation, type CleanObservation } from './clean.ts';
import { commitBatch, commitScopes, type CommitContext } from './commit.ts';
import { WriteQueue } from './queue.ts';
import { MissingMonths, monthOf, Months } from './months.ts';
import type { Derivation } from './derivation.ts';

export interface WriterOptions {
  store: Store;
  /** How observations become requests and executions. */
  derivation?: Derivation;
  /** Called after each commit that told of something: wakes whoever listens to the outbox. */
  notify?: (workspaceId: string, lastEventId: number) => void;
  /** A scope that the reading could not make sense of; an operator should see it. */
  onUnreadable?: (workspaceId: string, scope: string, error: unknown) => void;
  /** Observations of one workspace that may wait; beyond it batches are refused. */
  maxWaiting?: number;
  /** Observations of all workspaces that may wait. */
  maxWaitingTotal?: number;
  /** Workspaces that are written to at once: the other connections are for those who read. */
  maxRunning?: number;
  /** Observations that go into one transaction. */
  maxTogether?: number;
  now?: () => number;
}

interface CleanBatch {
  observations: CleanObservation[];
  messages: ReadonlyMap<string, Message>;
}

const DERIVATION: Derivation = { derive, scopeOf, priceOf: price };

/** After this long without an event an unfinished execution is abandoned. */
const ABANDONED_AFTER = 10 * MINUTE;

/** SQLSTATE of what passes by itself (a serialization failure, a deadlock), or with a new month. */
const PASSING = new Set(['40001', '40P01']);
const NO_PARTITION = '23514';

/** Tries of one transaction; what does not pass in these is passed on. */
const TRIES = 3;

export class Writer {
  readonly #options: WriterOptions;
  readonly #now: () => number;
  readonly #months: Months;
  readonly #queue: WriteQueue<CleanBatch>;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#months = new Months(options.store);
    this.#queue = new WriteQueue({
      weigh: ({ observations, messages }) => observations.length + messages.size,
      maxWaiting: options.maxWaiting ?? 50_000,
      maxWaitingTotal: options.maxWaitingTotal ?? 200_000,
      maxRunning: options.maxRunning ?? 4,
      maxTogether: options.maxTogether ?? 4_000,
      run: (workspaceId, batches) => this.#commit(workspaceId, batches),
      separable: (error) => !isUnavailable(error),
    });
  }

  /** Observations that wait to be written, over all workspaces. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /**
   * Writes a batch; resolves once it is committed with everything that follows from it. The same
   * batch again changes nothing.
   * @throws OverloadedError at once, where too much is waiting already
   * @throws the database's error where it can't be written; nothing of it is kept then
   */
  async write(workspaceId: string, batch: Batch): Promise<void> {
    if (batch.observations.length === 0) return;
    await this.#queue.add(workspaceId, {
      observations: batch.observations.map(cleanObservation),
      messages: batch.messages,
    });
  }

  /**
   * Marks as abandoned what runs and has not been heard of for ten minutes, and ends the turns of
   * command lines that were silent for as long as makes them done.
   * @param limit how many at most; called often, the rest has its turn next time
   * @returns how many scopes were read again
   */
  async sweepAbandoned(limit = 500): Promise<number> {
    const now = this.#now();
    const stale = await this.#options.store.asSystem(async (tx) => {
      const { rows } = await sql<{ workspace_id: string; scope: string }>`
        select workspace_id, scope from executions
        where status = 'running' and scope is not null
          and last_event_at < ${time(now - ABANDONED_AFTER)}
        order by last_event_at limit ${limit}`.execute(tx);
      const due = await sql<{ workspace_id: string; scope: string }>`
        select workspace_id, scope from cli_sessions
        where due_at <= ${time(now)} and scope is not null
        order by due_at limit ${limit}`.execute(tx);
      return [...rows, ...due.rows];
    });
    const byWorkspace = Map.groupBy(stale, ({ workspace_id }) => workspace_id);
    for (const [workspaceId, rows] of byWorkspace) {
      const scopes = [...new Set(rows.map(({ scope }) => scope))];
      await this.#transact(workspaceId, (ws, context) => commitScopes(ws, scopes, context));
    }
    return stale.length;
  }

  /** Resolves once everything that was accepted is written or refused. */
  drain(): Promise<void> {
    return this.#queue.drain();
  }

  async #commit(workspaceId: string, batches: readonly CleanBatch[]): Promise<void> {
    const observations = batches.flatMap((batch) => batch.observations);
    const messages = new Map(batches.flatMap((batch) => [...batch.messages]));
    const months = observations.map(({ observation }) => monthOf(observation.startedAt));
    await this.#months.ensure(new Set(months));
    await this.#transact(workspaceId, (ws, context) =>
      commitBatch(ws, observations, messages, context),
    );
  }

  async #transact(
    workspaceId: string,
    work: (ws: WorkspaceTx, context: CommitContext) => Promise<number | null>,
  ): Promise<void> {
    const { store, derivation = DERIVATION, notify, onUnreadable } = this.#options;
    const context: CommitContext = {
      derivation,
      now: this.#now(),
      unreadable: (scope, error) => onUnreadable?.(workspaceId, scope, error),
      checkMonths: (rows) => this.#months.check(rows),
    };
    const lastEventId = await this.#again(() =>
      store.inWorkspace(workspaceId, (ws) => work(ws, context)),
    );
    if (lastEventId !== null) notify?.(workspaceId, lastEventId);
  }

  async #again<T>(transaction: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await transaction();
      } catch (error) {
        if (attempt === TRIES) throw error;
        if (error instanceof MissingMonths) await this.#months.ensure(error.months);
        else if (sqlState(error) === NO_PARTITION) this.#months.forget();
        else if (!PASSING.has(sqlState(error))) throw error;
      }
    }
  }
}

function sqlState(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
