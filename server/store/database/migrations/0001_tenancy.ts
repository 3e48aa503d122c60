import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createApplicationRole, isolate } from './isolate.ts';

const TABLES = [
  // No rights for the application's role: which workspaces there are is nobody's concern.
  `create table workspaces (
    id uuid primary key,
    name text not null,
    operator boolean not null,
    created_at timestamptz not null
  )`,
  'create unique index workspaces_one_operator on workspaces (operator) where operator',

  `create table accounts (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid primary key,
    email text not null,
    name text not null,
    role text not null,
    domains text[],
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz,
    unique (email, workspace_id)
  )`,
  'create index accounts_by_workspace on accounts (workspace_id)',

  `create table sessions (
    workspace_id uuid not null,
    id uuid primary key,
    account_id uuid not null references accounts on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
  )`,
  'create index sessions_by_account on sessions (account_id)',
  'create index sessions_by_end on sessions (expires_at)',

  `create table refresh_tokens (
    workspace_id uuid not null,
    hash text primary key,
    session_id uuid not null references sessions on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  'create index refresh_tokens_by_session on refresh_tokens (session_id)',

  `create table api_keys (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid primary key,
    kind text not null,
    name text not null,
    role text,
    domains text[],
    domain text,
    hash text not null unique,
    created_at timestamptz not null,
    last_used_at timestamptz,
    ended_at timestamptz,
    check (kind = 'ingest' and role is null or kind = 'api' and role is not null)
  )`,
  'create index api_keys_by_workspace on api_keys (workspace_id)',

  `create table idempotency_keys (
    workspace_id uuid not null,
    caller_id uuid not null,
    operation text not null,
    key text not null,
    body_hash text not null,
    answer text,
    created_at timestamptz not null,
    primary key (workspace_id, caller_id, operation, key)
  )`,
  'create index idempotency_keys_by_time on idempotency_keys (created_at)',
];

const ISOLATED = ['accounts', 'sessions', 'refresh_tokens', 'api_keys', 'idempotency_keys'];

/** Workspaces, who may log in or hold a key, and what they asked for once. */
export const tenancy: Migration = {
  async up(db: Kysely<unknown>) {
    await createApplicationRole(db);
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
  },
};
