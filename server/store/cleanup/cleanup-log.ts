import { sql, type SqlBool, type Transaction } from 'kysely';
import { runOf, type CleanupAction, type CleanupRun } from './cleanup.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { appendEvents } from '../outbox.ts';
import type { Schema } from '../database/schema.ts';
import { unnest } from '../database/batch-columns.ts';
import { uuidv7 } from '../database/uuid.ts';

/** Something that may be deleted. */
export type Finding = Pick<CleanupAction, 'type' | 'path' | 'sizeBytes' | 'reason'>;

/** What became of a finding. One that is `spared` came back to life, or is gone: nothing is kept. */
export interface Settlement {
  id: string;
  type: Finding['type'];
  sizeBytes: number | null;
  outcome: CleanupAction['outcome'] | 'spared';
  error: string | null;
  /** Epoch ms. */
  at: number;
}

/** Wakes those who watch a workspace, up to this event. */
export type Announce = (workspaceId: string, lastId: number) => void;

/** A transaction, and the last event that it tells. */
interface Writing {
  tx: Transaction<Schema>;
  lastId: number | null;
}

const INTERRUPTED = 'The service stopped during this run.';

/**
 * Where the worker writes down what it does, in the operator's workspace. Whatever changes of a
 * run is told to those who watch in the same transaction.
 */
export class CleanupLog {
  readonly #store: Store;
  readonly #workspaceId: string;
  readonly #announce: Announce;

  constructor(store: Store, workspaceId: string, announce: Announce) {
    this.#store = store;
    this.#workspaceId = workspaceId;
    this.#announce = announce;
  }

  /**
   * Notes that somebody wants a run.
   * @param enqueue puts the job into the queue, in the same transaction
   */
  request(
    dryRun: boolean,
    enqueue: (tx: Transaction<Schema>, runId: string) => Promise<void>,
  ): Promise<CleanupRun> {
    return this.#write(async (writing) => {
      const run = await this.#insert(writing, { dryRun, trigger: 'manual', state: 'queued' });
      await enqueue(writing.tx, run.id);
      return run;
    });
  }

  /** A requested run begins; `null` where it isn't waiting (any more). */
  beginRequested(runId: string): Promise<CleanupRun | null> {
    return this.#write(async (writing) => {
      const row = await writing.tx
        .updateTable('cleanup_runs')
        .set({ state: 'running', started_at: now() })
        .where('workspace_id', '=', this.#workspaceId)
        .where('id', '=', runId)
        .where('state', '=', 'queued')
        .returningAll()
        .executeTakeFirst();
      return row ? this.#tell(writing, runOf(row)) : null;
    });
  }

  beginScheduled(dryRun: boolean): Promise<CleanupRun> {
    return this.#write((writing) =>
      this.#insert(writing, { dryRun, trigger: 'schedule', state: 'running' }),
    );
  }

  /** Writes down what is about to be dealt with; the ids are in the same order. */
  async plan(runId: string, findings: readonly Finding[]): Promise<string[]> {
    // Ids of one millisecond are in no order of their own.
    const ids = findings.map(() => uuidv7()).sort();
    await this.#write(({ tx }) =>
      tx
        .insertInto('cleanup_actions')
        .values(
          findings.map((finding, index) => ({
            workspace_id: this.#workspaceId,
            id: ids[index] ?? uuidv7(),
            run_id: runId,
            type: finding.type,
            path: finding.path,
            size_bytes: finding.sizeBytes,
            reason: finding.reason,
            outcome: null,
            error: null,
            at: now(),
          })),
        )
        .execute(),
    );
    return ids;
  }

  /** Writes down what became of what was planned. */
  async settle(runId: string, settlements: readonly Settlement[]): Promise<void> {
    const kept = settlements.filter(({ outcome }) => outcome !== 'spared');
    const spared = settlements.filter(({ outcome }) => outcome === 'spared').map(({ id }) => id);
    await this.#write(async (writing) => {
      const { tx } = writing;
      if (spared.length > 0) {
        await tx
          .deleteFrom('cleanup_actions')
          .where('workspace_id', '=', this.#workspaceId)
          .where('id', 'in', spared)
          .execute();
      }
      if (kept.length === 0) return;
      const rows = unnest<Settlement>(
        [
          ['id', 'uuid', ({ id }) => id],
          ['outcome', 'text', ({ outcome }) => outcome],
          ['error', 'text', ({ error }) => error],
          ['size_bytes', 'bigint', ({ sizeBytes }) => sizeBytes],
          ['at', 'timestamptz', ({ at }) => new Date(at).toISOString()],
        ],
        kept,
      );
      await sql`update cleanup_actions t
        set outcome = v.outcome, error = v.error, size_bytes = v.size_bytes, at = v.at
        from ${rows} where t.workspace_id = ${this.#workspaceId} and t.id = v.id`.execute(tx);
      await this.#count(writing, runId, kept);
      await this.#addTotals(tx, kept);
    });
  }

  /** A run is over. `error` says why it failed, or what it left for the next one. */
  async finish(runId: string, state: 'completed' | 'failed', error: string | null): Promise<void> {
    await this.#write(async (writing) => {
      const row = await writing.tx
        .updateTable('cleanup_runs')
        .set({ state, error, ended_at: now() })
        .where('workspace_id', '=', this.#workspaceId)
        .where('id', '=', runId)
        .where('state', 'in', ['queued', 'running'])
        .returningAll()
        .executeTakeFirst();
      if (row) await this.#tell(writing, runOf(row));
    });
  }

  /**
   * Marks runs as failed that nobody is working on any more: to be called only by whoever holds
   * the right to run. What they were about to delete is kept as failed.
   */
  async failInterrupted(): Promise<number> {
    return this.#write(async (writing) => {
      const { tx } = writing;
      await tx
        .updateTable('cleanup_actions')
        .set({ outcome: 'failed', error: INTERRUPTED })
        .where('workspace_id', '=', this.#workspaceId)
        .where('outcome', 'is', null)
        .where('run_id', 'in', (runs) =>
          runs
            .selectFrom('cleanup_runs')
            .select('id')
            .where('workspace_id', '=', this.#workspaceId)
            .where('state', '=', 'running'),
        )
        .execute();
      const rows = await tx
        .updateTable('cleanup_runs')
        .set({ state: 'failed', error: INTERRUPTED, ended_at: now() })
        .where('workspace_id', '=', this.#workspaceId)
        .where('state', '=', 'running')
        .returningAll()
        .execute();
      for (const row of rows) await this.#tell(writing, runOf(row));
      return rows.length;
    });
  }

  /** Forgets runs that ended before a moment, with their actions. */
  async forget(before: Date): Promise<void> {
    await this.#write(({ tx }) =>
      tx
        .deleteFrom('cleanup_runs')
        .where('workspace_id', '=', this.#workspaceId)
        .where('ended_at', '<', before)
        .execute(),
    );
  }

  async #write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    const { answer, lastId } = await this.#store.asSystem(async (tx) => {
      const writing: Writing = { tx, lastId: null };
      return { answer: await work(writing), lastId: writing.lastId };
    });
    if (lastId !== null) this.#announce(this.#workspaceId, lastId);
    return answer;
  }

  async #insert(
    writing: Writing,
    { dryRun, trigger, state }: Pick<CleanupRun, 'dryRun' | 'trigger' | 'state'>,
  ): Promise<CleanupRun> {
    const row = await writing.tx
      .insertInto('cleanup_runs')
      .values({
        workspace_id: this.#workspaceId,
        id: uuidv7(),
        state,
        dry_run: dryRun,
        trigger,
        requested_at: now(),
        started_at: state === 'running' ? now() : null,
        ended_at: null,
        error: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.#tell(writing, runOf(row));
  }

  async #count(writing: Writing, runId: string, kept: readonly Settlement[]): Promise<void> {
    const done = kept.filter(({ outcome }) => outcome !== 'failed');
    const add = (type: Finding['type']) => done.filter((each) => each.type === type).length;
    const row = await writing.tx
      .updateTable('cleanup_runs')
      .set((eb) => ({
        preview_bundles: eb('preview_bundles', '+', add('preview_bundle')),
        temp_dirs: eb('temp_dirs', '+', add('temp_dir')),
        objects: eb('objects', '+', add('object')),
        logs: eb('logs', '+', add('log')),
        failed: eb('failed', '+', kept.length - done.length),
        bytes: eb('bytes', '+', sumOfBytes(done)),
      }))
      .where('workspace_id', '=', this.#workspaceId)
      .where('id', '=', runId)
      .returningAll()
      .executeTakeFirst();
    if (row) await this.#tell(writing, runOf(row));
  }

  async #addTotals(tx: Transaction<Schema>, kept: readonly Settlement[]): Promise<void> {
    const deleted = kept.filter(({ outcome }) => outcome === 'deleted');
    const byType = [...Map.groupBy(deleted, ({ type }) => type)];
    if (byType.length === 0) return;
    await tx
      .insertInto('cleanup_totals')
      .values(
        byType.map(([type, rows]) => ({
          workspace_id: this.#workspaceId,
          type,
          deleted: rows.length,
          bytes: sumOfBytes(rows),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'type']).doUpdateSet((eb) => ({
          deleted: eb('cleanup_totals.deleted', '+', eb.ref('excluded.deleted')),
          bytes: eb('cleanup_totals.bytes', '+', eb.ref('excluded.bytes')),
        })),
      )
      .execute();
  }

  async #tell(writing: Writing, run: CleanupRun): Promise<CleanupRun> {
    const workspaceId = this.#workspaceId;
    const ws: WorkspaceTx = {
      tx: writing.tx,
      workspaceId,
      of: (column = 'workspace_id') => sql<SqlBool>`${sql.ref(column)} = ${workspaceId}`,
    };
    const event = { domain: null, topic: 'cleanup', payload: { run } } as const;
    writing.lastId = await appendEvents(ws, [event]);
    return run;
  }
}

const now = (): string => new Date().toISOString();

const sumOfBytes = (rows: readonly Settlement[]): number =>
  rows.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
