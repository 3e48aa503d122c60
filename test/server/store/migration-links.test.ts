/** What requests that are there go on from is found as before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../../../server/store/database/migrate.ts';
import { uuidv7 } from '../../../server/store/database/uuid.ts';
import { databaseBefore } from './migrating.ts';

test('0016 tells of each place in a history when it was, and whose', async (t) => {
  const { db, close } = await databaseBefore('0016_links');
  t.after(close);
  const workspace = uuidv7();
  const history = (key: string, at: string, user: string | null) => sql`
    insert into histories (workspace_id, key, domain, thread, started_at, user_id, marks_digest,
      conversation)
    values (${workspace}, ${key}, 'a.example.com', 'trace:1', ${at}, ${user}, '', 'trace:1')`;
  const mark = (key: string, side: string, hash: string) => sql`
    insert into history_marks (workspace_id, hash, side, key, depth)
    values (${workspace}, ${hash}, ${side}, ${key}, 0)`;
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    await history('first', '2026-11-20T10:00:00Z', null).execute(tx);
    await history('second', '2026-11-20T10:00:05Z', 'ada').execute(tx);
    await mark('first', 'p', '=one').execute(tx);
    await mark('second', 'b', '=one').execute(tx);
    await mark('second', 'p', '=two').execute(tx);
    await mark('forgotten', 'p', '=two').execute(tx);
  });
  await migrate(db);
  const { rows } = await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    return sql<Record<string, unknown>>`
      select key, side, to_char(at at time zone 'UTC', 'HH24:MI:SS') as at, user_id
      from history_marks order by key, side`.execute(tx);
  });
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      ['first', 'p', '10:00:00', null],
      ['second', 'b', '10:00:00', 'ada'],
      ['second', 'p', '10:00:05', 'ada'],
    ],
  );
});
