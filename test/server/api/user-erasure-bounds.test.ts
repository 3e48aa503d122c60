/** An erasure works in bounded chunks, keeps nobody waiting, and leaves no name of a step. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { type Span, tracesBody } from '../../../server/demo/otlp.ts';
import { uuidv7 } from '../../../server/store/database/uuid.ts';
import { CHUNK, purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { OUTSIDE } from '../../../server/store/write/deletion/hiding-outside.ts';
import { Erasures, type UserErasure } from '../../../server/store/write/erasure/erasures.ts';
import { TestServer } from '../../support/server.ts';
import { tablesWith } from '../../support/tables.ts';
import { DOMAIN } from '../../support/turns.ts';
import { agent, chat, chunks, tool } from '../../support/user-spans.ts';

describe('a large or a failing erasure', () => {
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

  const erasures = (workMs?: number): Erasures =>
    new Erasures({
      store: server.store,
      notify: () => {},
      ...(workMs !== undefined && { workMs }),
    });
  async function send(...items: Span[]): Promise<void> {
    const body = tracesBody([{ service: DOMAIN, scope: 'test', items }]);
    const headers = { 'content-type': 'application/json' };
    const { status } = await server.call('/v1/traces', { token: ingest, headers, body });
    assert.equal(status, 200);
  }
  async function erase(user: string, job = erasures(0)): Promise<UserErasure> {
    const erasure = await job.erase(server.workspaceId, user, entry, { now });
    assert.ok(erasure, user);
    return erasure;
  }
  async function find({ id }: { id: string }): Promise<UserErasure> {
    const erasure = await erasures().find(server.workspaceId, id);
    assert.ok(erasure);
    return erasure;
  }
  async function finish(): Promise<void> {
    await erasures().continueAll(now);
    await purgeDeleted(server.store, now);
  }
  const tables = (word: string): Promise<string[]> => tablesWith(server.store, word);

  it('is answered while there is work left, which the job does', async () => {
    const user = 'zebrahead';
    await send(chat({ trace: traces++, at: now - 60_000, user, said: [['user', user]] }));
    const erasure = await erase(user);
    assert.deepEqual([erasure.state, erasure.steps.done], ['running', 0]);
    await finish();
    assert.equal((await find(erasure)).state, 'completed');
    assert.deepEqual(await tables(user), []);
  });

  it('hides few conversations in one transaction', async () => {
    const user = 'zebraherd';
    const items = Array.from({ length: CHUNK + 10 }, (_, at) => {
      const conversation = `herd-${String(at)}`;
      return chat({ trace: traces++, at: now - 60_000, conversation, user, error: user });
    });
    await send(...items);
    const erasure = await erase(user);
    await erasures().continueAll(now, chunks(1));
    const { steps, conversations } = await find(erasure);
    assert.deepEqual([steps.done, conversations], [0, CHUNK]);
    await finish();
    assert.equal((await find(erasure)).conversations, items.length);
    assert.deepEqual(await tables(user), []);
  });

  it('hides few runs outside of conversations in one transaction', async () => {
    const user = 'zebrastray';
    const items = Array.from({ length: OUTSIDE + 10 }, () =>
      agent({ trace: traces++, at: now - 60_000, user, said: [['user', user]], error: user }),
    );
    await send(...items);
    await server.store.asSystem((tx) =>
      sql`update executions set conversation = null where user_id = ${user}`.execute(tx),
    );
    const left = async (): Promise<number> => {
      const { rows } = await server.store.asSystem((tx) =>
        sql<{ count: number }>`select count(*)::int as count from executions
          where user_id = ${user} and conversation is null and error_message is not null`.execute(
          tx,
        ),
      );
      return rows[0]?.count ?? 0;
    };
    assert.equal(await left(), items.length);
    const erasure = await erase(user);
    const counts = new Set<number>();
    while ((await find(erasure)).steps.done < 2) {
      await erasures().continueAll(now, chunks(1));
      counts.add(await left());
    }
    assert.deepEqual([...counts], [items.length, 10, 0]);
    await finish();
    assert.deepEqual(await tables(user), []);
  });

  it('keeps no other from being done, of whatever workspace', async () => {
    const user = 'zebradove';
    await send(chat({ trace: traces++, at: now - 60_000, user, said: [['user', user]] }));
    const broken = uuidv7(now - 1_000);
    const other = uuidv7(now);
    // The step of events, at a position that is no number.
    await server.store.inWorkspace(other, (ws) =>
      sql`insert into user_erasures
          (workspace_id, id, user_hash, user_id, step, position, requested_at)
        values (${other}, ${broken}, 'x', 'x', 6, 'x', now())`.execute(ws.tx),
    );
    const erasure = await erase(user);
    await assert.rejects(erasures().continueAll(now), (error: unknown) => {
      assert.ok(error instanceof AggregateError);
      assert.match(error.message, new RegExp(broken));
      return true;
    });
    assert.equal((await find(erasure)).state, 'completed');
    await server.store.inWorkspace(other, (ws) =>
      sql`delete from user_erasures where ${ws.of()}`.execute(ws.tx),
    );
  });

  /** A run whose spans are named after what was worked on. */
  const named = (word: string, user: string, conversation: string): Span[] => {
    const trace = traces++;
    const part = { trace, conversation, user };
    return [
      agent({ ...part, at: now - 60_000, name: `plan ${word}` }),
      chat({ ...part, span: 2, parent: 1, at: now - 59_000, name: `ask ${word}` }),
      tool({ ...part, span: 3, parent: 1, at: now - 58_000, name: `find ${word}` }),
      // It names nobody.
      chat({ trace, span: 4, parent: 1, at: now - 57_000, name: `sum up ${word}` }),
    ];
  };
  const stepNames = async (conversation: string): Promise<string[]> => {
    const { rows } = await server.store.asSystem((tx) =>
      sql<{ names: string[] }>`select array(
          select step ->> 'name' from jsonb_array_elements(d.steps) step order by 1) as names
        from execution_details d join executions e on e.id = d.execution_id
        where e.conversation = ${conversation}`.execute(tx),
    );
    return rows.flatMap(({ names }) => names);
  };
  const PLAIN = ['find', 'gpt-4o', 'gpt-4o'];

  it('leaves no name of a step, of before and of later', async () => {
    const user = 'anteater';
    const word = 'merger';
    await send(...named(word, user, 'named-1'));
    assert.ok((await stepNames('named-1')).includes(`ask ${word}`));
    await erase(user, erasures());
    assert.deepEqual(await stepNames('named-1'), PLAIN, 'at once');
    await finish();
    assert.deepEqual(await tables(word), []);
    await send(...named(word, user, 'named-2'));
    assert.deepEqual(await tables(word), [], 'later spans');
    assert.deepEqual(await stepNames('named-2'), PLAIN);
  });

  it('leaves none in a conversation that is deleted either', async () => {
    const word = 'layoff';
    const conversation = 'named-3';
    const items = named(word, 'armadillo', conversation);
    await send(...items);
    const token = (await server.account('admin')).accessToken;
    const { data } = (
      await server.call<{ data: { id: string }[] }>(
        '/api/conversations?timeframe=all&user=armadillo',
        {
          token,
        },
      )
    ).body;
    const path = `/api/conversations/${data[0]?.id ?? ''}?domain=${DOMAIN}`;
    assert.equal((await server.call(path, { token, method: 'DELETE' })).status, 204);
    assert.deepEqual(await stepNames(conversation), PLAIN, 'at once');
    await finish();
    assert.deepEqual(await tables(word), []);
    await send(...items);
    assert.deepEqual(await stepNames(conversation), PLAIN, 'sent again');
    await finish();
    assert.deepEqual(await tables(word), []);
  });
});
