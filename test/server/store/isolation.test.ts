import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { AuditSchema } from '../../../server/store/database/schema/audit.ts';
import type { BusinessSchema } from '../../../server/store/database/schema/business.ts';
import type { ConversationSchema } from '../../../server/store/database/schema/conversations.ts';
import type { TelemetrySchema } from '../../../server/store/database/schema/telemetry.ts';
import { appendAudit } from '../../../server/store/audit/audit.ts';
import { messageHash } from '../../../server/model/message-hash.ts';
import { searchFunctions } from '../../../server/store/database/migrations/search-functions.ts';
import { ConversationStore } from '../../../server/store/read/conversations.ts';
import { PriceStore } from '../../../server/store/tenancy/prices.ts';
import { Business, credit, customer, spend, subscription } from './business-data.ts';
import { failure, observation, usage } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const START = Date.parse('2026-11-21T09:00:00Z');

/** Every table, by name: a new one does not compile before it is listed here. */
const tables: Record<
  keyof (TelemetrySchema & ConversationSchema & BusinessSchema & AuditSchema),
  true
> = {
  observations: true,
  trace_sessions: true,
  sealed_scopes: true,
  requests: true,
  price_overrides: true,
  message_bodies: true,
  conversations: true,
  conversation_tags: true,
  conversation_favorites: true,
  histories: true,
  history_marks: true,
  message_places: true,
  message_search: true,
  customers: true,
  customer_domains: true,
  subscription_changes: true,
  acquisition_spend: true,
  credits: true,
  credit_sums: true,
  agent_sums: true,
  audit_log: true,
  users: true,
  executions: true,
  execution_details: true,
  model_sums: true,
  domain_sums: true,
  sketches: true,
  user_sets: true,
  label_sums: true,
  error_sums: true,
  link_sums: true,
  domain_totals: true,
  floors: true,
  live_events: true,
};

/** All that can be written of one run, with the same ids in every workspace. */
function run(tokens: number) {
  const said = { inputMessages: [HASH], outputMessages: [] };
  const told = { user: 'ada', model: 'gpt-5', usage: usage(tokens, 1), latencyMs: 100, ...said };
  const data = { ...told, team: 'blue', error: failure };
  return [
    observation({
      kind: 'agent',
      startedAt: START,
      data: { agent: 'support' },
      spanId: 'f'.repeat(16),
      session: 'codex:1',
    }),
    observation({ startedAt: START, endedAt: START + 100, data }),
    observation({ kind: 'tool', startedAt: START, spanId: '2'.repeat(16), data: { tool: 'mail' } }),
  ];
}

const word = { type: 'text' as const, text: 'hello' };
const HASH = messageHash({ role: 'user', parts: [word], length: 5 });
const messages = new Map([[HASH, { role: 'user' as const, parts: [word], length: 5 }]]);

describe("with the queries' own workspace predicate removed", () => {
  let telemetry: Telemetry;
  let mine: Workspace;
  let theirs: Workspace;
  before(async () => {
    telemetry = await Telemetry.open({ unsafeWithoutPredicate: true });
    telemetry.clock.now = START + 60_000;
    [mine, theirs] = [telemetry.workspace(), telemetry.workspace()];
    await theirs.writeWith(messages, ...run(1_000));
    await mine.writeWith(messages, ...run(7));
    const business = new Business(telemetry);
    const price = { provider: null, model: 'm', inputPerMillion: 1, outputPerMillion: 1 };
    for (const workspace of [mine, theirs]) {
      const cache = { cacheReadPerMillion: null, cacheWritePerMillion: null };
      await new PriceStore(telemetry.store).set(workspace.id, { ...price, ...cache });
      await workspace.query(`insert into sealed_scopes values ('${workspace.id}', 'gone', now())`);
      const place = `'app.example.com', 'chat'`;
      await workspace.query(
        `insert into conversation_tags values ('${workspace.id}', ${place}, 'vip')`,
      );
      await workspace.query(`insert into conversation_favorites
        values ('${workspace.id}', gen_random_uuid(), ${place})`);
      await business.send(workspace, {
        customers: [customer('acme')],
        subscriptions: [subscription('acme', '2026-02-01T00:00:00Z')],
        spend: [spend('ads', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '280')],
        credits: [credit('used', '2026-02-02T00:00:00Z', 1.5)],
      });
      const actor = { kind: 'system', id: null, name: 'CloudBrain' } as const;
      await telemetry.store.inWorkspace(workspace.id, (ws) =>
        appendAudit(ws, { actor, action: 'test' }),
      );
    }
  });
  after(() => telemetry.close());

  it('no table shows another workspace', async () => {
    for (const table of Object.keys(tables)) {
      const rows = await mine.query(`select workspace_id from ${table}`);
      assert.ok(rows.length > 0, `${table} is not part of this test`);
      for (const row of rows) assert.equal(row.workspace_id, mine.id, table);
    }
  });

  it('no table takes a row for another workspace, or changes one there', async () => {
    for (const table of Object.keys(tables)) {
      const columns = await mine.query<{ names: string }>(`
        select string_agg(quote_ident(column_name), ', ') as names
        from information_schema.columns
        where table_name = '${table}' and column_name <> 'workspace_id'`);
      const names = columns[0]?.names ?? '';
      await assert.rejects(
        mine.query(
          `insert into ${table} (workspace_id, ${names}) select '${theirs.id}', ${names} from ${table}`,
        ),
        /row-level security/,
        table,
      );
      const before = await theirs.count(table);
      const removal = mine.query(`delete from ${table} where workspace_id = '${theirs.id}'`);
      if (table === 'audit_log') await assert.rejects(removal, /permission denied/);
      else await removal;
      assert.equal(await theirs.count(table), before, table);
    }
  });

  it('a search finds the own messages alone, also without a predicate of its own', async () => {
    const theirHash = 'u.theirs';
    const said = { role: 'user' as const, parts: [word], length: 5 };
    const inputMessages = [theirHash];
    await theirs.writeWith(
      new Map([[theirHash, said]]),
      observation({ startedAt: START, spanId: '3'.repeat(16), data: { inputMessages } }),
    );
    const found = async (workspace: Workspace): Promise<unknown[]> => {
      const rows = await workspace.query<{ hash: string }>(`select distinct hash from find_messages(
        '''hello''', null, null, null, null, null, null, null, null, 100)`);
      const back = await workspace.query<{ hash: string }>(`select distinct hash
        from find_messages_after('''hello''', null, null, null, null, null, null, null, null, 100)`);
      assert.deepEqual(back, rows);
      const all = await workspace.query<{ hash: string }>(`select distinct hash from find_messages(
        '''hello''', '[{"all": [" hello "], "none": []}]', null, null, null, null, null, null, null,
        null)`);
      assert.deepEqual(all, rows);
      return rows.map(({ hash }) => hash).sort();
    };
    const both = [HASH, theirHash].sort();
    assert.deepEqual([await found(mine), await found(theirs)], [[HASH], both]);
    for (const statement of searchFunctions(() => 'true')) await telemetry.store.exec(statement);
    try {
      assert.deepEqual([await found(mine), await found(theirs)], [[HASH], both]);
      const store = new ConversationStore(telemetry.store);
      const filter = { domains: null, from: null, to: null };
      const page = { sort: 'started', order: 'asc', from: null, limit: 50 } as const;
      const reader = { accountId: null, now: telemetry.clock.now };
      for (const { id } of [mine, theirs]) {
        const all = await store.list(id, filter, page, reader);
        assert.deepEqual(await store.list(id, { ...filter, q: 'hello' }, page, reader), all);
        assert.equal(all.count.value, 1);
      }
      await mine.query(`delete from message_search where hash = '${theirHash}'`);
      assert.deepEqual(await found(theirs), both);
    } finally {
      for (const statement of searchFunctions()) await telemetry.store.exec(statement);
    }
    // What is looked for narrows the policy, and can't widen it.
    const { rows } = await telemetry.store.inWorkspace(mine.id, async ({ tx }) => {
      await sql`select set_config('cloudbrain.search', ${"'hello' | !'hello'"}, true)`.execute(tx);
      return sql<{ hash: string }>`select hash from message_search`.execute(tx);
    });
    assert.deepEqual(rows, [{ hash: HASH }]);
  });

  it('no month of requests can be reached past its parent', async () => {
    await assert.rejects(mine.query('select * from requests_2026_11'), /permission denied/);
  });

  it("figures, executions and rollups are the workspace's own", async () => {
    const query = { domains: null, now: telemetry.clock.now };
    const { tokens, requests, users } = await telemetry.stats.overview(mine.id, query);
    assert.deepEqual([tokens.input, requests, users.active], [7, 1, 1]);
    const filter = { domains: null, from: null, to: null };
    const page = { from: null, limit: 10 };
    const { entries: executions } = await telemetry.executions.list(mine.id, filter, page);
    assert.equal(executions.length, 1);
    const id = executions[0]?.id ?? '';
    assert.equal(await telemetry.executions.get(theirs.id, id, null), null);
    assert.deepEqual(await mine.query('select n from user_sets where grain = 1440'), [{ n: 1 }]);
  });

  it('no table with a workspace is open to requests without its policy', async () => {
    const { rows } = await telemetry.store.query(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        array(select concat_ws(' / ', p.cmd, p.qual, p.with_check) from pg_policies p
          where p.tablename = c.relname and p.schemaname = 'public'
            and 'cloudbrain_app' = any(p.roles)) as policies
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and has_table_privilege('cloudbrain_app', c.oid, 'select, insert, update, delete')`);
    const own = `(workspace_id = (NULLIF(current_setting('cloudbrain.workspace'::text, true), ''::text))::uuid)`;
    const searched = `(words @@ COALESCE((NULLIF(current_setting('cloudbrain.search'::text, true), ''::text))::tsquery, '!''#'''::tsquery))`;
    for (const { name, forced, policies } of rows) {
      assert.equal(forced, true, String(name));
      // A search is part of the policy (see migration 0019), which reads settings once (0022).
      const using = name === 'message_search' ? `(${own} AND ${searched})` : own;
      const written = (policies as string[]).map((policy) =>
        policy.replaceAll(/\( SELECT (.*?) AS "\w+"\)/g, '$1'),
      );
      assert.deepEqual(written, [`ALL / ${using} / ${own}`], String(name));
    }
    const names = rows.map(({ name }) => String(name));
    const others = ['accounts', 'sessions', 'refresh_tokens', 'api_keys', 'idempotency_keys'];
    for (const name of [...Object.keys(tables), ...others, 'cleanup_runs', 'preview_jobs']) {
      assert.ok(names.includes(name), name);
    }
  });

  it('without a workspace nothing is there at all', async () => {
    const { store } = telemetry;
    for (const table of Object.keys(tables)) {
      const { rows } = await store.db.transaction().execute(async (tx) => {
        await sql`select set_config('role', 'cloudbrain_app', true)`.execute(tx);
        return sql`select * from ${sql.table(table)}`.execute(tx);
      });
      assert.deepEqual(rows, [], table);
    }
  });
});
