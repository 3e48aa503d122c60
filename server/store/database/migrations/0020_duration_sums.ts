import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const TABLES = ['domain_sums', 'agent_sums'] as const;

/**
 * Where every run that a slot counts is still there, its durations are summed; else they stay
 * unknown: `null`, also after more is added. Slots without a run that has ended have a sum of 0.
 */
const fill = (table: (typeof TABLES)[number]): string => {
  const isByAgent = table === 'agent_sums';
  const agent = isByAgent ? 'e.agent' : "''";
  return `update ${table} t set timed = coalesce(v.timed, 0), duration_ms = coalesce(v.ms, 0)
    from ${table} s left join (
      select e.workspace_id, g.grain,
        date_bin(g.grain * interval '1 minute', e.started_at, timestamptz '1970-01-01Z') as slot,
        e.domain, ${agent} as agent, count(*) as ended, count(e.ended_at) as timed,
        coalesce(sum(greatest(0,
          round(extract(epoch from e.ended_at - e.started_at) * 1000))), 0)::bigint as ms
      from executions e, unnest(array[15, 60, 1440]::smallint[]) as g(grain)
      where e.status in ('completed', 'failed') ${isByAgent ? "and e.agent <> ''" : ''}
      group by 1, 2, 3, 4, 5
    ) v on v.workspace_id = s.workspace_id and v.grain = s.grain and v.slot = s.slot
      and v.domain = s.domain ${isByAgent ? 'and v.agent = s.agent' : ''}
    where s.workspace_id = t.workspace_id and s.grain = t.grain and s.slot = t.slot
      and s.domain = t.domain ${isByAgent ? 'and s.agent = t.agent' : ''}
      and coalesce(v.ended, 0) = s.completed + s.failed`;
};

/** Sums of durations beside the counts: a mean that is made of a sketch is up to 2 % off. */
export const durationSums: Migration = {
  async up(db: Kysely<unknown>) {
    // Row-level security holds for the owner too, who says so where it works for all.
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const table of TABLES) {
      await sql`alter table ${sql.table(table)} add timed bigint, add duration_ms bigint`.execute(
        db,
      );
      await sql.raw(fill(table)).execute(db);
    }
    await sql`select set_config('cloudbrain.system', '', true)`.execute(db);
  },
};
