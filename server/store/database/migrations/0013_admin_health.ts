import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const INDEXES = [
  // How a provider answered last, and since when it fails: a healthy one has no failure to find.
  `create index requests_by_failure on requests
    (workspace_id, domain, provider, started_at, key) where error_type is not null`,
  `create index requests_by_success on requests
    (workspace_id, domain, provider, started_at) where error_type is null`,
];

const COLUMNS = [
  `alter table heartbeats drop column started_at, drop column runs, drop column failures`,
  'alter table api_keys add column last_network text',
  `update api_keys k set last_network = (
    select a.network from known_addresses a
    where a.workspace_id = k.workspace_id and a.subject = 'key:' || k.id
    order by a.last_at desc limit 1
  )`,
];

/** What the health of providers, keys and jobs is read from. */
export const adminHealth: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const statement of [...INDEXES, ...COLUMNS]) await sql.raw(statement).execute(db);
  },
};
