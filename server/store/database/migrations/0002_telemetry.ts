import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/** Names and keys are compared byte by byte: quick, and the same whatever the cluster's locale. */
const NAME = 'text collate "C"';

/**
 * No table refers to `workspaces`: a foreign key costs a look-up per row, and row-level security
 * already lets a transaction write the one workspace only that it runs for.
 */
const TABLES = [
  `create table observations (
    workspace_id uuid not null,
    key ${NAME} not null,
    scope ${NAME} not null,
    kind text not null,
    family text not null,
    signal text not null,
    trace_id ${NAME},
    span_id text,
    session ${NAME},
    domain ${NAME} not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    data jsonb not null,
    received_at timestamptz not null default now(),
    primary key (workspace_id, key)
  )`,
  'create index observations_by_scope on observations (workspace_id, scope)',
  // Rows come in the order of this column, so that a few pages of an index tell where to look.
  'create index observations_by_receipt on observations using brin (received_at)',

  `create table trace_sessions (
    workspace_id uuid not null,
    trace_id ${NAME} not null,
    session ${NAME} not null,
    primary key (workspace_id, trace_id)
  )`,
  `create table sealed_scopes (
    workspace_id uuid not null,
    scope ${NAME} not null,
    until timestamptz not null,
    sealed_at timestamptz not null default now(),
    primary key (workspace_id, scope)
  )`,

  `create table requests (
    workspace_id uuid not null,
    started_at timestamptz not null,
    key ${NAME} not null,
    scope ${NAME},
    digest text not null,
    trace_id ${NAME},
    span_id text,
    domain ${NAME} not null,
    family text not null,
    provider text,
    model ${NAME} not null,
    agent ${NAME},
    team text,
    user_id ${NAME},
    conversation ${NAME},
    execution_id uuid,
    latency_ms double precision,
    latency_bucket smallint,
    first_token_ms double precision,
    uncached_input bigint,
    cache_read bigint,
    cache_write bigint,
    output bigint,
    reasoning bigint,
    cost_usd numeric,
    price_version text,
    response_id text,
    finish_reason text,
    error_type text,
    error_message text,
    input_messages jsonb not null,
    output_messages jsonb not null,
    primary key (workspace_id, started_at, key)
  ) partition by range (started_at)`,
  'create index requests_by_scope on requests (workspace_id, scope) where scope is not null',
  `create index requests_by_conversation on requests (workspace_id, conversation, started_at)
    where conversation is not null`,
  `create index requests_by_user on requests (workspace_id, user_id, started_at)
    where user_id is not null`,

  `create table price_overrides (
    workspace_id uuid not null,
    id uuid not null,
    provider text,
    model text not null,
    input_per_million double precision not null,
    output_per_million double precision not null,
    cache_read_per_million double precision,
    cache_write_per_million double precision,
    version text not null,
    set_at timestamptz not null default now(),
    primary key (workspace_id, id)
  )`,
  `create table message_bodies (
    workspace_id uuid not null,
    hash ${NAME} not null,
    role text not null,
    parts jsonb,
    length integer,
    seen_at timestamptz not null,
    primary key (workspace_id, hash)
  )`,
  `create table conversations (
    workspace_id uuid not null,
    key ${NAME} not null,
    domain ${NAME} not null,
    user_id ${NAME},
    first_at timestamptz not null,
    first_key ${NAME} not null,
    last_at timestamptz not null,
    requests integer not null,
    primary key (workspace_id, key)
  )`,
  'create index conversations_by_start on conversations (workspace_id, first_at)',
  'create index conversations_by_end on conversations (workspace_id, last_at)',
  `create table users (
    workspace_id uuid not null,
    user_id ${NAME} not null,
    domain ${NAME} not null,
    first_at timestamptz not null,
    primary key (workspace_id, user_id, domain)
  )`,
  'create index users_by_start on users (workspace_id, first_at)',

  `create table executions (
    workspace_id uuid not null,
    id uuid not null,
    key ${NAME} not null,
    scope ${NAME},
    digest text not null,
    trace_id ${NAME},
    status text not null,
    domain ${NAME} not null,
    user_id ${NAME},
    agent ${NAME},
    model ${NAME},
    conversation ${NAME},
    started_at timestamptz not null,
    ended_at timestamptz,
    last_event_at timestamptz not null,
    steps_done integer not null,
    steps_total integer,
    requests integer not null,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd numeric not null,
    unpriced integer not null,
    error_type text,
    error_message text,
    primary key (workspace_id, id)
  )`,
  'create index executions_by_scope on executions (workspace_id, scope) where scope is not null',
  'create index executions_by_start on executions (workspace_id, started_at, id)',
  'create index executions_by_domain on executions (workspace_id, domain, started_at, id)',
  `create index executions_running on executions (last_event_at) where status = 'running'`,
  `create table execution_details (
    workspace_id uuid not null,
    execution_id uuid not null,
    task text,
    task_length integer,
    steps jsonb not null,
    steps_truncated boolean not null,
    primary key (workspace_id, execution_id)
  )`,

  // Counts change in place: room on each page keeps such an update off the index.
  `create table model_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    model ${NAME} not null,
    requests bigint not null,
    errors bigint not null,
    unmetered bigint not null,
    unpriced bigint not null,
    uncached_input bigint not null,
    cache_read bigint not null,
    cache_write bigint not null,
    output bigint not null,
    reasoning bigint not null,
    cost_usd numeric not null,
    primary key (workspace_id, grain, slot, domain, model)
  ) with (fillfactor = 80)`,
  `create table domain_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    executions bigint not null,
    completed bigint not null,
    failed bigint not null,
    running bigint not null,
    abandoned bigint not null,
    conversations bigint not null,
    primary key (workspace_id, grain, slot, domain)
  ) with (fillfactor = 80)`,
  `create table sketches (
    workspace_id uuid not null,
    measure ${NAME} not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    label ${NAME} not null,
    bucket smallint not null,
    n bigint not null,
    primary key (workspace_id, measure, label, domain, grain, slot, bucket)
  ) with (fillfactor = 80)`,
  `create table user_sets (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    user_id ${NAME} not null,
    n bigint not null,
    primary key (workspace_id, grain, slot, domain, user_id)
  ) with (fillfactor = 80)`,
  `create table floors (
    workspace_id uuid not null primary key,
    fine timestamptz not null,
    hour timestamptz not null
  )`,

  `create table live_events (
    workspace_id uuid not null,
    id bigint generated always as identity,
    domain ${NAME},
    topic text not null,
    payload jsonb not null,
    at timestamptz not null default now(),
    primary key (workspace_id, id)
  )`,
  'create index live_events_by_time on live_events using brin (at)',
] as const;

const ISOLATED = [
  'observations',
  'trace_sessions',
  'sealed_scopes',
  'requests',
  'price_overrides',
  'message_bodies',
  'conversations',
  'users',
  'executions',
  'execution_details',
  'model_sums',
  'domain_sums',
  'sketches',
  'user_sets',
  'floors',
  'live_events',
] as const;

export const telemetry: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
  },
};
