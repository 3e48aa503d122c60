import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/** As in 0002: names and keys are compared byte by byte. */
const NAME = 'text collate "C"';

const TABLES = [
  `create table customers (
    workspace_id uuid not null,
    id ${NAME} not null,
    name text not null,
    domains text[] not null,
    created_at timestamptz not null,
    plan text,
    updated_at timestamptz not null,
    deleted boolean not null,
    digest text not null,
    primary key (workspace_id, id)
  )`,
  'create index customers_by_domain on customers using gin (domains)',

  // `until` follows from the subscription's other changes: a reader needs no other row.
  `create table subscription_changes (
    workspace_id uuid not null,
    id ${NAME} not null,
    changed_at timestamptz not null,
    customer_id ${NAME} not null,
    status text not null,
    amount_usd numeric not null,
    interval text not null,
    annual_usd numeric not null,
    ended_at timestamptz,
    until timestamptz,
    updated_at timestamptz not null,
    deleted boolean not null,
    digest text not null,
    primary key (workspace_id, id, changed_at)
  )`,

  `create table acquisition_spend (
    workspace_id uuid not null,
    id ${NAME} not null,
    since timestamptz not null,
    until timestamptz not null,
    amount_usd numeric not null,
    updated_at timestamptz not null,
    deleted boolean not null,
    digest text not null,
    primary key (workspace_id, id)
  )`,

  `create table credits (
    workspace_id uuid not null,
    id ${NAME} not null,
    customer_id ${NAME},
    kind text not null,
    credits numeric not null,
    amount_usd numeric,
    at timestamptz not null,
    updated_at timestamptz not null,
    deleted boolean not null,
    digest text not null,
    primary key (workspace_id, id)
  )`,
  'create index credits_by_time on credits (workspace_id, at)',

  `create table credit_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    customer_id ${NAME} not null,
    entries bigint not null,
    used numeric not null,
    sales_usd numeric not null,
    primary key (workspace_id, grain, slot, customer_id)
  ) with (fillfactor = 80)`,

  `create table agent_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    agent ${NAME} not null,
    executions bigint not null,
    completed bigint not null,
    failed bigint not null,
    primary key (workspace_id, grain, slot, domain, agent)
  ) with (fillfactor = 80)`,
] as const;

const ISOLATED = [
  'customers',
  'subscription_changes',
  'acquisition_spend',
  'credits',
  'credit_sums',
  'agent_sums',
] as const;

/** What the write path would have summed, of the runs that are there. */
const AGENT_SUMS = `
  insert into agent_sums
  select e.workspace_id, g.grain,
    date_bin(g.grain * interval '1 minute', e.started_at, timestamptz '1970-01-01Z') as slot,
    e.domain, e.agent, count(*), count(*) filter (where e.status = 'completed'),
    count(*) filter (where e.status = 'failed')
  from executions e, unnest(array[15, 60, 1440]::smallint[]) as g(grain)
  where e.agent <> ''
  group by e.workspace_id, g.grain, slot, e.domain, e.agent`;

/** Customers and what they pay, and the sums by agent that the executive overview ranks by. */
export const business: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
    // Row-level security holds for the owner too, who says so where it works for all.
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    await sql.raw(AGENT_SUMS).execute(db);
    await sql`select set_config('cloudbrain.system', '', true)`.execute(db);
  },
};
