import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/** As in 0002: names and keys are compared byte by byte. */
const NAME = 'text collate "C"';

const STATEMENTS = [
  `insert into customer_domains
    select distinct c.workspace_id, d.domain, c.id
    from customers c, unnest(c.domains) as d(domain) where not c.deleted`,
  // Under row-level security it was never looked into: whether arrays overlap is asked of rows that
  // the policy has let through.
  'drop index customers_by_domain',
  'create index customers_deleted on customers (workspace_id, id) where deleted',
  `create index subscription_changes_by_customer
    on subscription_changes (workspace_id, customer_id, changed_at)`,
  `create index subscription_changes_by_begin
    on subscription_changes (workspace_id, changed_at)`,
  `create index subscription_changes_by_end
    on subscription_changes (workspace_id, coalesce(until, 'infinity'))`,
  `create index credit_sums_by_customer
    on credit_sums (workspace_id, customer_id, grain, slot)`,
  `create index agent_sums_by_agent
    on agent_sums (workspace_id, agent, domain, slot) where grain = 1440`,
] as const;

/** Whose domains are whose, and ways to what the executive overview reads of all that was told. */
export const customers: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table customer_domains (
      workspace_id uuid not null,
      domain ${sql.raw(NAME)} not null,
      customer_id ${sql.raw(NAME)} not null,
      primary key (workspace_id, domain, customer_id)
    )`.execute(db);
    await isolate(db, 'customer_domains');
    // Row-level security holds for the owner too, who says so where it works for all.
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
    await sql`select set_config('cloudbrain.system', '', true)`.execute(db);
  },
};
