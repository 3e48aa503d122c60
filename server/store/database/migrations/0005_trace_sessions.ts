import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A trace may be in sessions of several command lines, where one has started another. */
export const traceSessions: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    await sql`alter table trace_sessions add column family text collate "C"`.execute(db);
    await sql`update trace_sessions set family = split_part(session, ':', 1)`.execute(db);
    await sql`alter table trace_sessions drop constraint trace_sessions_pkey,
      add primary key (workspace_id, trace_id, family)`.execute(db);
  },
};
