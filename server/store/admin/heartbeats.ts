/** How the runs of the service's jobs went, on every replica: written by whoever ran one. */
import { sql } from 'kysely';
import type { Store } from '../database.ts';
import { cleanText } from '../write/clean.ts';

/** One run of a job. */
export interface JobRun {
  job: string;
  replica: string;
  startedAt: Date;
  endedAt: Date;
  /** Why it failed; `null`: it did not. */
  error: string | null;
}

/** How a job stands over all replicas. */
export interface Heartbeat {
  job: string;
  /** Epoch ms. */
  endedAt: number;
  successAt: number | null;
  errorAt: number | null;
  error: string | null;
}

/** Characters of an error. */
const ERROR_LIMIT = 500;

export class HeartbeatStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes a run in the operator's workspace. Where there is none yet, nobody could read it. */
  async beat({ job, replica, startedAt, endedAt, error }: JobRun): Promise<void> {
    const [began, ended] = [startedAt.toISOString(), endedAt.toISOString()];
    const failed = error !== null;
    const why = failed ? cleanText(error).slice(0, ERROR_LIMIT).toWellFormed() : null;
    await this.#store.asSystem(async (tx) => {
      await sql`insert into heartbeats as t (workspace_id, job, replica, started_at, ended_at,
          success_at, error_at, error, runs, failures)
        select id, ${job}, ${replica}, ${began}::timestamptz, ${ended}::timestamptz,
          ${failed ? null : ended}::timestamptz, ${failed ? ended : null}::timestamptz,
          ${why}, 1, ${failed ? 1 : 0}
        from workspaces where operator
        on conflict (workspace_id, job, replica) do update set
          started_at = excluded.started_at, ended_at = excluded.ended_at,
          success_at = coalesce(excluded.success_at, t.success_at),
          error_at = coalesce(excluded.error_at, t.error_at),
          error = coalesce(excluded.error, t.error),
          runs = t.runs + 1, failures = t.failures + excluded.failures`.execute(tx);
    });
  }

  /** The latest of each job, over all replicas. */
  async latest(workspaceId: string): Promise<Map<string, Heartbeat>> {
    const rows = await this.#store.inSnapshot(workspaceId, async ({ tx, of }) =>
      tx
        .selectFrom('heartbeats')
        .select(['job', 'ended_at', 'success_at', 'error_at', 'error'])
        .where(of())
        .orderBy('ended_at')
        .execute(),
    );
    const latest = new Map<string, Heartbeat>();
    for (const row of rows) {
      const before = latest.get(row.job);
      const successAt = row.success_at?.getTime() ?? null;
      const errorAt = row.error_at?.getTime() ?? null;
      const isLater = errorAt !== null && errorAt >= (before?.errorAt ?? -Infinity);
      latest.set(row.job, {
        job: row.job,
        endedAt: row.ended_at.getTime(),
        successAt: latestOf(successAt, before?.successAt ?? null),
        errorAt: isLater ? errorAt : (before?.errorAt ?? null),
        error: isLater ? row.error : (before?.error ?? null),
      });
    }
    return latest;
  }
}

function latestOf(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
