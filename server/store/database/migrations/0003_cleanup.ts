import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

const TABLES = [
  `create table cleanup_runs (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    state text not null,
    dry_run boolean not null,
    trigger text not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    preview_bundles integer not null default 0,
    temp_dirs integer not null default 0,
    objects integer not null default 0,
    logs integer not null default 0,
    failed integer not null default 0,
    bytes bigint not null default 0,
    error text,
    primary key (workspace_id, id)
  )`,
  `create index cleanup_runs_at_work on cleanup_runs (workspace_id) where state = 'running'`,

  `create table cleanup_actions (
    workspace_id uuid not null,
    id uuid not null,
    run_id uuid not null,
    type text not null,
    path text not null,
    size_bytes bigint,
    reason text not null,
    outcome text,
    error text,
    at timestamptz not null,
    primary key (workspace_id, id),
    foreign key (workspace_id, run_id) references cleanup_runs on delete cascade
  )`,
  'create index cleanup_actions_by_run on cleanup_actions (workspace_id, run_id, id)',
  'create index cleanup_actions_by_type on cleanup_actions (workspace_id, type, id)',

  // Apart from the runs, which are not kept for ever: a counter never goes back.
  `create table cleanup_totals (
    workspace_id uuid not null references workspaces on delete cascade,
    type text not null,
    deleted bigint not null,
    bytes bigint not null,
    primary key (workspace_id, type)
  )`,

  `create table preview_jobs (
    workspace_id uuid not null references workspaces on delete cascade,
    id text not null,
    project_id text not null,
    user_id text,
    platform text,
    status text not null,
    error text,
    created_at timestamptz not null,
    completed_at timestamptz,
    primary key (workspace_id, id)
  )`,
  'create index preview_jobs_by_id on preview_jobs (id)',
];

/** What cleanup did, and the preview jobs whose bundles it looks after. */
export const cleanup: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    for (const table of ['cleanup_runs', 'cleanup_actions', 'cleanup_totals']) {
      await isolate(db, table, ['select']);
    }
    await isolate(db, 'preview_jobs');
  },
};
