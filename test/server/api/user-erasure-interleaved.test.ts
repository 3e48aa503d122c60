/** An erasure is done in steps; whatever is written between two of them doesn't outlive it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { type Span, tracesBody } from '../../../server/demo/otlp.ts';
import { purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { Erasures, type UserErasure } from '../../../server/store/write/erasure/erasures.ts';
import { NAMING } from '../../../server/store/write/erasure/names.ts';
import { STEPS } from '../../../server/store/write/erasure/steps.ts';
import { TestServer } from '../../support/server.ts';
import { tablesWith } from '../../support/tables.ts';
import { DOMAIN } from '../../support/turns.ts';
import { agent, chat, chunks } from '../../support/user-spans.ts';

describe('the erasure of a user', () => {
  let server: TestServer;
  let ingest: string;
  let traces = 1;
  const now = Date.now();
  const entry = { actor: { kind: 'system', id: null, name: 'test' } as const };

  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
  });
  after(() => server.close());

  const erasures = (): Erasures => new Erasures({ store: server.store, notify: () => {} });
  async function send(...items: Span[]): Promise<void> {
    const body = tracesBody([{ service: DOMAIN, scope: 'test', items }]);
    const headers = { 'content-type': 'application/json' };
    const { status } = await server.call('/v1/traces', { token: ingest, headers, body });
    assert.equal(status, 200);
  }
  async function erase(user: string, signal: AbortSignal): Promise<UserErasure> {
    const erasure = await erasures().erase(server.workspaceId, user, entry, { now, signal });
    assert.ok(erasure, user);
    return erasure;
  }
  async function finish(): Promise<void> {
    await erasures().continueAll(now);
    await purgeDeleted(server.store, now);
  }
  const tables = (word: string): Promise<string[]> => tablesWith(server.store, word);

  /** A conversation of two traces. @returns what sends its second one again, with more to tell */
  async function converse(user: string): Promise<(ms: number) => Promise<void>> {
    const conversation = `c-${traces}`;
    const first = traces++;
    const second = traces++;
    const later = (ms: number): Span[] => [
      agent({ trace: second, at: now - 61_000, conversation, user, ms: ms + 1_500 }),
      chat({
        ...{ trace: second, span: 2, parent: 1, at: now - 60_000, conversation, user, ms },
        ...{ said: [['user', `${user} more`]], answer: `${user} answer` },
      }),
    ];
    await send(
      chat({ trace: first, at: now - 90_000, conversation, user, said: [['user', user]] }),
      ...later(1_000),
    );
    return (ms) => send(...later(ms));
  }

  for (const done of STEPS.keys()) {
    it(`leaves no name where something is written after ${String(done)} steps`, async () => {
      const user = `zebra${'abcdefghijklmnopqrstuvwxyz'.charAt(done)}`;
      const again = await converse(user);
      await erase(user, chunks(0));
      await erasures().continueAll(now, chunks(done));
      await again(5_000);
      await finish();
      assert.deepEqual(await tables(user), []);
    });
  }

  it('leaves no name where something is written between all steps', async () => {
    const user = 'zebrafinch';
    const again = await converse(user);
    const { id } = await erase(user, chunks(0));
    for (const done of STEPS.keys()) {
      await again(5_000 + done * 1_000);
      await erasures().continueAll(now, chunks(1));
    }
    await finish();
    assert.deepEqual(await tables(user), []);
    const erasure = await erasures().find(server.workspaceId, id);
    assert.equal(erasure?.state, 'completed');
    assert.deepEqual(erasure.steps, { done: STEPS.length, total: STEPS.length });
  });

  it('goes through all steps again where a name is left at its end', async () => {
    const user = 'zebrafish';
    await converse(user);
    await erase(user, chunks(0));
    await erasures().continueAll(now, chunks(STEPS.length - 1));
    await restore(user);
    await finish();
    assert.deepEqual(await tables(user), []);
  });

  it('is done again on request where the user is known once more', async () => {
    const user = 'zebramussel';
    await converse(user);
    const { id } = await erase(user, chunks(0));
    await finish();
    await restore(user);
    const again = await erase(user, chunks(0));
    assert.deepEqual([again.id, again.state, again.endedAt], [id, 'running', null]);
    await finish();
    assert.deepEqual(await tables(user), []);
  });

  // The user of a preview isn't one that telemetry names.
  it('looks for names in every table that has a column for them', async () => {
    const { rows } = await server.store.asSystem((tx) =>
      sql<{ name: string }>`select c.table_name as name from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where table_schema = 'public' and c.column_name = 'user_id' and c.data_type = 'text'
          and t.table_type = 'BASE TABLE'
          and c.table_name not in ('user_erasures', 'preview_jobs')
          and not exists (select from pg_inherits i
            where i.inhrelid = format('public.%I', c.table_name)::regclass)
        order by 1`.execute(tx),
    );
    const found = rows.map(({ name }) => name);
    assert.deepEqual(found.toSorted(), NAMING.toSorted());
  });

  /** As a fault would: the name is in one table again. */
  async function restore(user: string): Promise<void> {
    await server.store.asSystem((tx) =>
      sql`update conversations set user_id = ${user} where user_id = 'erased'`.execute(tx),
    );
  }
});
