/** The sums of durations that runs have which were there before their migration. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../../../server/store/database/migrate.ts';
import { uuidv7 } from '../../../server/store/database/uuid.ts';
import { databaseBefore } from './migrating.ts';

test('0020 sums the durations of slots whose runs are all there, and leaves others unknown', async (t) => {
  const { db, close } = await databaseBefore('0020_duration_sums');
  t.after(close);
  const workspace = uuidv7();
  const run = (at: string, ended: string | null, status: string, agent: string | null) => sql`
    insert into executions (workspace_id, id, key, digest, status, domain, agent, started_at,
      ended_at, last_event_at, steps_done, requests, cost_usd, unpriced, links)
    values (${workspace}, ${uuidv7()}, 'key', 'digest', ${status}, 'a.example.com', ${agent},
      ${at}, ${ended}, ${at}, 0, 0, 0, 0, '[]')`;
  const sums = (slot: string, executions: number, completed: number, failed: number) => sql`
    insert into domain_sums (workspace_id, grain, slot, domain, executions, completed, failed,
      running, abandoned, conversations)
    values (${workspace}, 15, ${slot}, 'a.example.com', ${executions}, ${completed}, ${failed},
      ${executions - completed - failed}, 0, 0)`;
  const agents = (slot: string, executions: number, completed: number, failed: number) => sql`
    insert into agent_sums
    values (${workspace}, 15, ${slot}, 'a.example.com', 'support', ${executions}, ${completed},
      ${failed})`;
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    const day = '2026-11-20T';
    // All of them are there.
    await run(`${day}10:00:00.001Z`, `${day}10:00:01Z`, 'completed', 'support').execute(tx);
    await run(`${day}10:05:00Z`, `${day}10:05:02.5Z`, 'failed', null).execute(tx);
    await run(`${day}10:06:00Z`, null, 'running', 'support').execute(tx);
    // A clock that was set back.
    await run(`${day}10:07:00Z`, `${day}10:06:00Z`, 'completed', null).execute(tx);
    await sums(`${day}10:00:00Z`, 4, 2, 1).execute(tx);
    await agents(`${day}10:00:00Z`, 2, 1, 0).execute(tx);
    // One of two is gone.
    await run(`${day}10:20:00Z`, `${day}10:20:01Z`, 'completed', 'support').execute(tx);
    await sums(`${day}10:15:00Z`, 2, 2, 0).execute(tx);
    await agents(`${day}10:15:00Z`, 2, 2, 0).execute(tx);
    // Nothing has ended.
    await sums(`${day}10:30:00Z`, 1, 0, 0).execute(tx);
    await agents(`${day}10:30:00Z`, 1, 0, 0).execute(tx);
  });
  await migrate(db);
  const read = (table: string) =>
    db.transaction().execute(async (tx) => {
      await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
      const { rows } = await sql<Record<string, unknown>>`
        select to_char(slot at time zone 'UTC', 'HH24:MI') as slot, timed::integer,
          duration_ms::integer
        from ${sql.table(table)} order by slot`.execute(tx);
      return rows.map((row) => Object.values(row));
    });
  assert.deepEqual(await read('domain_sums'), [
    ['10:00', 3, 999 + 2500],
    ['10:15', null, null],
    ['10:30', 0, 0],
  ]);
  assert.deepEqual(await read('agent_sums'), [
    ['10:00', 1, 999],
    ['10:15', null, null],
    ['10:30', 0, 0],
  ]);
});
