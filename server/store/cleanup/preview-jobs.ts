import { sql } from 'kysely';
import type { Store } from '../database/database.ts';
import { unnest } from '../database/batch-columns.ts';

/** Names a preview job as its files' paths do. */
export interface PreviewJobKey {
  project: string;
  job: string;
}

/** Which of these jobs there are, and whether they are still being built; in the same order. */
export async function findPreviewJobs(
  store: Store,
  keys: readonly PreviewJobKey[],
): Promise<({ building: boolean } | null)[]> {
  const rows = await store.asSystem(async (tx) => {
    const asked = unnest<PreviewJobKey>(
      [
        ['project', 'text', ({ project }) => project],
        ['job', 'text', ({ job }) => job],
      ],
      keys,
    );
    const found = await sql<{ project: string; job: string; building: boolean }>`
      select v.project, v.job, bool_or(j.status not in ('success', 'failed')) as building
      from ${asked} join preview_jobs j on j.id = v.job and j.project_id = v.project
      group by v.project, v.job`.execute(tx);
    return found.rows;
  });
  const building = new Map(rows.map((row) => [`${row.project}/${row.job}`, row.building]));
  return keys.map(({ project, job }) => {
    const found = building.get(`${project}/${job}`);
    return found === undefined ? null : { building: found };
  });
}
