/** How the runs of the service's jobs went, on every replica: written by whoever ran one. */
import { sql } from 'kysely';
import type { Store } from './database/database.ts';
import { cleanText } from './database/clean.ts';

/** One run of a job. */
export interface JobRun {
  job: string;
  replica: string;
  endedAt: Date;
  /** Why it failed; `null`: it did not. */
  error: string | null;
}

/** How a job stands over all replicas. */
export interface Heartbeat {
  job: string;
  /** Epoch ms. */
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
  async beat({ job, replica, endedAt, error }: JobRun): Promise<void> {
    const ended = endedAt.toISOString();
    const failed = error !== null;
    const why = failed ? cleanText(error).slice(0, ERROR_LIMIT).toWellFormed() : null;
    await this.#store.asSystem(async (tx) => {
      await sql`insert into heartbeats as t
          (workspace_id, job, replica, ended_at, success_at, error_at, error)
        select id, ${job}, ${replica}, ${ended}::timestamptz,
          ${failed ? null : ended}::timestamptz, ${failed ? ended : null}::timestamptz, ${why}
        from workspaces where operator
        on conflict (workspace_id, job, replica) do update set
          ended_at = excluded.ended_at,
          success_at = coalesce(excluded.success_at, t.success_at),
          error_at = coalesce(excluded.error_at, t.error_at),
          error = coalesce(excluded.error, t.error)`.execute(tx);
    });
  }

  /** The latest of each job, over all replicas. */
  async latest(workspaceId: string): Promise<Map<string, Heartbeat>> {
    const rows = await this.#store.inSnapshot(workspaceId, async ({ tx, of }) =>
      tx
        .selectFrom('heartbeats')
        .select(['job', 'success_at', 'error_at', 'error'])
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
