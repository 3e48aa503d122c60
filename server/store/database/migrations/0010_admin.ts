import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/** Names and keys are compared byte by byte, as in the other tables of telemetry. */
const NAME = 'text collate "C"';

/** What telemetry tells beside requests and executions. */
const TELEMETRY = [
  `create table cli_sessions (
    workspace_id uuid not null,
    id uuid not null,
    key ${NAME} not null,
    scope ${NAME},
    digest text not null,
    family text not null,
    version text,
    domain ${NAME} not null,
    user_id ${NAME},
    state text not null,
    reached text[] not null,
    started_at timestamptz not null,
    last_event_at timestamptz not null,
    turns integer not null,
    requests integer not null,
    transitions integer not null,
    recent jsonb not null,
    due_at timestamptz,
    primary key (workspace_id, id)
  )`,
  'create index cli_sessions_by_scope on cli_sessions (workspace_id, scope) where scope is not null',
  'create index cli_sessions_by_start on cli_sessions (workspace_id, started_at, id)',
  'create index cli_sessions_by_domain on cli_sessions (workspace_id, domain, started_at, id)',
  'create index cli_sessions_by_end on cli_sessions (workspace_id, last_event_at)',
  'create index cli_sessions_due on cli_sessions (due_at) where due_at is not null',
  `create table cli_transitions (
    workspace_id uuid not null,
    session_id uuid not null,
    place integer not null,
    at timestamptz not null,
    domain ${NAME} not null,
    from_state text not null,
    to_state text not null,
    event text,
    primary key (workspace_id, session_id, place)
  )`,
  'create index cli_transitions_by_time on cli_transitions (workspace_id, at)',
  `create table session_sums (
    workspace_id uuid not null,
    measure ${NAME} not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    from_state ${NAME} not null,
    to_state ${NAME} not null,
    n bigint not null,
    primary key (workspace_id, measure, grain, slot, domain, from_state, to_state)
  ) with (fillfactor = 80)`,

  `create table errors (
    workspace_id uuid not null,
    id uuid not null,
    key ${NAME} not null,
    scope ${NAME},
    digest text not null,
    at timestamptz not null,
    severity text not null,
    source text not null,
    type ${NAME} not null,
    message text,
    fingerprint ${NAME} not null,
    has_stack boolean not null,
    family text not null,
    domain ${NAME} not null,
    user_id ${NAME},
    agent ${NAME},
    provider text,
    model ${NAME},
    tool text,
    conversation ${NAME},
    execution_id uuid,
    trace_id ${NAME},
    span_id text,
    primary key (workspace_id, id)
  )`,
  'create index errors_by_scope on errors (workspace_id, scope) where scope is not null',
  'create index errors_by_time on errors (workspace_id, at, id)',
  'create index errors_by_severity on errors (workspace_id, severity, at, id)',
  'create index errors_by_type on errors (workspace_id, type, at, id)',
  `create index errors_by_conversation on errors (workspace_id, conversation)
    where conversation is not null`,
  'create index errors_by_group on errors (workspace_id, fingerprint, at)',
  `create table error_stacks (
    workspace_id uuid not null,
    error_id uuid not null,
    stack text not null,
    primary key (workspace_id, error_id)
  )`,
  `create table error_groups (
    workspace_id uuid not null,
    fingerprint ${NAME} not null,
    type ${NAME} not null,
    pattern text,
    primary key (workspace_id, fingerprint)
  )`,
  `create table error_group_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    severity ${NAME} not null,
    fingerprint ${NAME} not null,
    n bigint not null,
    primary key (workspace_id, grain, slot, domain, severity, fingerprint)
  ) with (fillfactor = 80)`,

  `create table provider_calls (
    workspace_id uuid not null,
    domain ${NAME} not null,
    provider ${NAME} not null,
    success_at timestamptz,
    error_at timestamptz,
    error_key ${NAME},
    error_type text,
    error_message text,
    primary key (workspace_id, domain, provider)
  ) with (fillfactor = 80)`,
] as const;

/** What the service notes of itself and of who asks it. */
const SERVICE = [
  `create table heartbeats (
    workspace_id uuid not null references workspaces on delete cascade,
    job text not null,
    replica text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    success_at timestamptz,
    error_at timestamptz,
    error text,
    runs bigint not null,
    failures bigint not null,
    primary key (workspace_id, job, replica)
  ) with (fillfactor = 50)`,

  // A row a minute for what is alike: how many rows there can be, nobody outside decides.
  `create table security_events (
    workspace_id uuid not null references workspaces on delete cascade,
    minute timestamptz not null,
    kind ${NAME} not null,
    reason ${NAME} not null,
    subject ${NAME} not null,
    address ${NAME} not null,
    n integer not null,
    last_at timestamptz not null,
    primary key (workspace_id, minute, kind, reason, subject, address)
  )`,
  // Where accounts log in from, and keys are used from.
  `create table known_addresses (
    workspace_id uuid not null references workspaces on delete cascade,
    subject ${NAME} not null,
    network ${NAME} not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    noted_at timestamptz not null,
    primary key (workspace_id, subject, network)
  )`,
  'create index known_addresses_by_first on known_addresses (workspace_id, first_at)',
  'create index audit_log_by_actor on audit_log (workspace_id, actor_id, id)',
] as const;

const ISOLATED = [
  'cli_sessions',
  'cli_transitions',
  'session_sums',
  'errors',
  'error_stacks',
  'error_groups',
  'error_group_sums',
  'provider_calls',
  'heartbeats',
  'security_events',
  'known_addresses',
] as const;

/** Sessions of command lines, errors, how providers answer, and what the service knows of itself. */
export const admin: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...TELEMETRY, ...SERVICE]) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
  },
};
