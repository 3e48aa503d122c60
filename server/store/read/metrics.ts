import { sql } from 'kysely';
import type { Store } from '../database/database.ts';

/** What the executions of all workspaces amount to. */
export interface ExecutionFigures {
  completed: number;
  failed: number;
  running: number;
  /** Mean duration of those that began in the last 24 hours and have ended; `null`: none has. */
  meanSeconds: number | null;
}

/** Figures of the installation, over all workspaces: for its operator's monitoring alone. */
export function executionFigures(store: Store): Promise<ExecutionFigures> {
  return store.asSystem(async (tx) => {
    // By workspace, so that the index leads to the few rows of the coarsest grain.
    const sums = await sql<{ completed: number; failed: number; running: number }>`
      select coalesce(sum(d.completed), 0)::bigint as completed,
        coalesce(sum(d.failed), 0)::bigint as failed,
        coalesce(sum(d.running), 0)::bigint as running
      from workspaces w join domain_sums d on d.workspace_id = w.id and d.grain = 1440`.execute(tx);
    // In hours that were not summed yet (see migration 0020) none can be said to be left out.
    const durations = await sql<{ mean: number | null }>`
      select (sum(d.duration_ms) / nullif(sum(d.timed), 0) / 1000)::float8 as mean
      from workspaces w join domain_sums d on d.workspace_id = w.id and d.grain = 60
        and d.slot > now() - interval '24 hours' and d.duration_ms is not null`.execute(tx);
    const { completed = 0, failed = 0, running = 0 } = sums.rows[0] ?? {};
    return { completed, failed, running, meanSeconds: durations.rows[0]?.mean ?? null };
  });
}
