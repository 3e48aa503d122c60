import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = [
  // The writers ask of every conversation they touch whether it is deleted: few are.
  `create index conversations_deleted on conversations (workspace_id, domain, key)
    where deleted_at is not null`,
  'alter table histories add purged boolean not null default false',
  // What purges left behind until now is found by the next one.
  `select set_config('cloudbrain.system', 'on', true)`,
  'update conversations set purged_at = null where purged_at is not null',
];

export const deletion: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
