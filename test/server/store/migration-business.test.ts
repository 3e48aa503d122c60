/** What a migration makes of data that were there before it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../../../server/store/database/migrate.ts';
import { uuidv7 } from '../../../server/store/database/uuid.ts';
import { databaseBefore } from './migrating.ts';

test('0011 sums the executions that are there, by agent', async (t) => {
  const { db, close } = await databaseBefore('0011_business');
  t.after(close);
  // In this order, as their ids begin with their times.
  const [ours, theirs] = [uuidv7(1), uuidv7(2)];
  const run = (workspace: string, at: string, agent: string | null, status: string) => sql`
    insert into executions (workspace_id, id, key, digest, status, domain, agent, started_at,
      last_event_at, steps_done, requests, cost_usd, unpriced)
    values (${workspace}, ${uuidv7()}, 'key', 'digest', ${status}, 'a.example.com', ${agent},
      ${at}, ${at}, 0, 0, 0, 0)`;
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    await run(ours, '2026-11-20T10:05:00Z', 'support', 'completed').execute(tx);
    await run(ours, '2026-11-20T10:14:59Z', 'support', 'failed').execute(tx);
    await run(ours, '2026-11-20T10:15:00Z', 'support', 'running').execute(tx);
    await run(ours, '2026-11-20T10:05:00Z', null, 'completed').execute(tx);
    await run(theirs, '2026-11-20T10:05:00Z', 'support', 'completed').execute(tx);
  });
  await migrate(db);
  const { rows } = await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    return sql<Record<string, unknown>>`
      select workspace_id, grain, to_char(slot at time zone 'UTC', 'HH24:MI') as slot, agent,
        executions::integer, completed::integer, failed::integer
      from agent_sums order by workspace_id, grain, slot`.execute(tx);
  });
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      [ours, 15, '10:00', 'support', 2, 1, 1],
      [ours, 15, '10:15', 'support', 1, 0, 0],
      [ours, 60, '10:00', 'support', 3, 1, 1],
      [ours, 1440, '00:00', 'support', 3, 1, 1],
      [theirs, 15, '10:00', 'support', 1, 1, 0],
      [theirs, 60, '10:00', 'support', 1, 1, 0],
      [theirs, 1440, '00:00', 'support', 1, 1, 0],
    ],
  );
});

test('0014 looks up the domains of the customers who are there', async (t) => {
  const { db, close } = await databaseBefore('0014_customers');
  t.after(close);
  const [ours, theirs] = [uuidv7(1), uuidv7(2)];
  const customer = (workspace: string, id: string, domains: string[], deleted = false) => sql`
    insert into customers (workspace_id, id, name, domains, created_at, updated_at, deleted, digest)
    values (${workspace}, ${id}, 'Name', ${domains}, now(), now(), ${deleted}, 'digest')`;
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    await customer(ours, 'both', ['a.example.com', 'b.example.com']).execute(tx);
    await customer(ours, 'one', ['a.example.com']).execute(tx);
    await customer(ours, 'none', []).execute(tx);
    await customer(ours, 'gone', ['a.example.com'], true).execute(tx);
    await customer(theirs, 'one', ['b.example.com']).execute(tx);
  });
  await migrate(db);
  const { rows } = await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    return sql<Record<string, unknown>>`
      select workspace_id, domain, customer_id from customer_domains order by 1, 2, 3`.execute(tx);
  });
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      [ours, 'a.example.com', 'both'],
      [ours, 'a.example.com', 'one'],
      [ours, 'b.example.com', 'both'],
      [theirs, 'b.example.com', 'one'],
    ],
  );
});
