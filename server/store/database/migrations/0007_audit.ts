import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/**
 * The audit log only grows: the application's role has no other right, and a trigger refuses
 * changes to everybody else, the owner of the table included.
 */
const STATEMENTS = [
  `create table audit_log (
    workspace_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    actor_kind text not null,
    actor_id uuid,
    actor_name text not null,
    action text collate "C" not null,
    target text,
    details jsonb not null,
    ip text,
    primary key (workspace_id, id)
  )`,
  'create index audit_log_by_action on audit_log (workspace_id, action, id)',
  `create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% only grows', tg_table_name using errcode = 'insufficient_privilege';
  end $$`,
  `create trigger audit_log_only_grows before update or delete or truncate on audit_log
    for each statement execute function refuse_change()`,
];

export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
    await isolate(db, 'audit_log', ['select', 'insert']);
  },
};
