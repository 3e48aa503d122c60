import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const INDEXES = [
  // How a provider answered last, and since when it fails: a healthy one has no failure to find.
  `create index requests_by_failure on requests
    (workspace_id, domain, provider, started_at, key) where error_type is not null`,
  `create index requests_by_success on requests
    (workspace_id, domain, provider, started_at) where error_type is null`,
];

/** What the health of providers, keys and jobs is read from. */
export const adminHealth: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of INDEXES) await sql.raw(statement).execute(db);
  },
};
