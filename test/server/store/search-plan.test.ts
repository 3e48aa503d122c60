/** How the database goes about a search. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../../../server/store/database/migrate.ts';
import { uuidv7 } from '../../../server/store/database/uuid.ts';
import { databaseBefore } from './migrating.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

describe('the plan of a search', () => {
  let telemetry: Telemetry;
  let workspace: Workspace;
  const COUNT = 5_000;

  before(async () => {
    telemetry = await Telemetry.open();
    workspace = telemetry.workspace();
    for (const id of [workspace.id, telemetry.workspace().id]) {
      await telemetry.store.inWorkspace(id, async ({ tx }) => {
        await sql`insert into message_search
          select ${id}, 'u.' || n, ('common w' || n % 500)::tsvector, ' common w' || n % 500 || ' '
          from generate_series(1, ${sql.lit(COUNT)}) n`.execute(tx);
        await sql`insert into message_places
          select ${id}, 'u.' || n, 'a.example.com', 'chat-' || n,
            timestamptz '2026-11-01Z' + n * interval '1 minute'
          from generate_series(1, ${sql.lit(COUNT)}) n`.execute(tx);
        await sql`insert into conversations (workspace_id, key, domain, first_at, first_key,
            last_at, last_message_at, requests)
          select workspace_id, conversation, domain, first_at, '', first_at, first_at, 1
          from message_places`.execute(tx);
      });
    }
    await telemetry.store.exec('vacuum (analyze)');
  });
  after(() => telemetry.close());

  const explain = (search: string, query: string): Promise<string> =>
    telemetry.store.inWorkspace(workspace.id, async ({ tx }) => {
      await sql`select set_config('cloudbrain.search', ${search}, true)`.execute(tx);
      const { rows } = await sql<Record<string, string>>`explain (costs off)
        ${sql.raw(query)}`.execute(tx);
      return rows.map((row) => Object.values(row).join()).join('\n');
    });

  it('asks the index of words under row-level security for what is rare', async () => {
    const plan = await explain("'w7'", 'select hash from message_search');
    assert.match(plan, /Bitmap Index Scan on message_search_by_words\s+Index Cond: \(words @@/);
    assert.match(plan, /Filter: \(workspace_id = /);
  });

  it('reads the latest places in their order, and messages by their key', async () => {
    const order = 'p.first_at desc, p.domain desc, p.conversation desc, p.hash desc';
    const plan = await explain(
      "'common'",
      `select p.hash from (
        select p.* from message_places p
        where (p.first_at, p.domain, p.conversation, p.hash) < (timestamptz 'infinity', '', '', '')
        order by ${order} limit 200
      ) p
      cross join lateral (select s.body from message_search s
        where s.workspace_id = p.workspace_id and s.hash = p.hash offset 0) s
      order by ${order} limit 21`,
    );
    assert.match(plan, /Index (?:Only )?Scan using message_places_by_time/);
    assert.match(plan, /Index Scan using message_search_pkey/);
    assert.doesNotMatch(plan, /Seq Scan|Hash Join/);
  });

  it('looks at few messages for a common word, and at those that have it for a rare one', async () => {
    const read = (search: string) =>
      telemetry.store.inWorkspace(workspace.id, async ({ tx }) => {
        const { rows } = await sql<Record<string, string>>`explain (analyze, buffers, costs off)
          select * from find_messages(${search}, null, null, null, null, null, null, null, null,
            21)`.execute(tx);
        const text = rows.map((row) => Object.values(row).join()).join('\n');
        return Number(/Buffers: shared hit=(\d+)/.exec(text)?.[1] ?? Number.NaN);
      });
    // A message is a few pages of an index and one of the table; all of them were ten thousands.
    for (const search of ["'w7'", "'absent'", "'common'"]) {
      await read(search);
      const pages = await read(search);
      // After five times the database may keep a plan, which would know no word.
      let later = pages;
      for (let time = 0; time < 5; time++) later = await read(search);
      assert.ok(later <= pages * 1.1, `${search}: ${later} pages instead of ${pages}`);
      assert.ok(pages < 3_000, `${search}: ${pages} pages`);
    }
  });
});

it('0019 finds what was said before it', async (t) => {
  const { db, close } = await databaseBefore('0019_search');
  t.after(close);
  const workspace = uuidv7();
  const texts = ['Where are my <orders>?', '我想了解人工智能', 'Un café'];
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
    for (const [index, text] of texts.entries()) {
      const parts = JSON.stringify([
        { type: 'text', text },
        { type: 'reasoning', text: 'hidden' },
      ]);
      await sql`insert into message_bodies (workspace_id, hash, role, parts, length, seen_at)
        values (${workspace}, ${`u.${index}`}, 'user', ${parts}, 1, '2026-11-20Z')`.execute(tx);
    }
    // More than are read at once, and some without a text.
    await sql`insert into message_bodies (workspace_id, hash, role, parts, length, seen_at)
      select ${workspace}, 'u.more-' || n, 'user', case n % 3 when 0 then null
          when 1 then '[]' else jsonb_build_array(jsonb_build_object('type', 'text',
            'text', 'filler ' || n)) end, 1, '2026-11-20Z'
      from generate_series(1, 500) n`.execute(tx);
  });
  await migrate(db);
  const found = (search: string) =>
    db.transaction().execute(async (tx) => {
      await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
      const { rows } = await sql<{ hash: string }>`
        select hash from message_search where words @@ ${search}::tsquery order by hash`.execute(
        tx,
      );
      return rows.map(({ hash }) => hash);
    });
  assert.deepEqual(await found("'order'"), ['u.0']);
  assert.deepEqual(await found("'智能'"), ['u.1']);
  assert.deepEqual(await found("'cafe'"), ['u.2']);
  assert.deepEqual(await found("'hidden'"), []);
  assert.equal((await found("'filler'")).length, 167);
  assert.deepEqual(await found("'500'"), ['u.more-500']);
});
