import { sql } from 'kysely';
import type { Store } from '../database/database.ts';
import { valueOf } from '../rollups/sketch.ts';

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
    const durations = await sql<{ bucket: number; n: number }>`
      select s.bucket, sum(s.n)::bigint as n
      from workspaces w join sketches s on s.workspace_id = w.id
        and s.measure = 'duration' and s.label = '' and s.grain = 60
        and s.slot > now() - interval '24 hours'
      group by s.bucket`.execute(tx);
    const { completed = 0, failed = 0, running = 0 } = sums.rows[0] ?? {};
    return { completed, failed, running, meanSeconds: meanSeconds(durations.rows) };
  });
}

function meanSeconds(buckets: readonly { bucket: number; n: number }[]): number | null {
  const count = buckets.reduce((sum, { n }) => sum + n, 0);
  if (count === 0) return null;
  return buckets.reduce((sum, { bucket, n }) => sum + valueOf(bucket) * n, 0) / count / 1000;
}
