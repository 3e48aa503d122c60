/** What is deleted is gone: from every answer at once, from every table after the purge. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Schemas } from '../../../server/contract/index.ts';
import { type Span, tracesBody } from '../../../server/demo/otlp.ts';
import { purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { LiveStore } from '../../../server/store/read/live.ts';
import { Listener } from '../../support/listener.ts';
import { TestServer } from '../../support/server.ts';
import { tablesWith } from '../../support/tables.ts';
import { DOMAIN } from '../../support/turns.ts';

interface Ids {
  data: { id: string }[];
}

/** A word that nothing says but what is to be deleted. */
const SECRET = 'zebra';

interface Part {
  trace: number;
  span?: number;
  parent?: number;
  /** Epoch ms. */
  at: number;
  said?: [role: string, text: string][];
  answer?: string;
  conversation?: string;
  error?: string;
}

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');
const written = (messages: [role: string, text: string][]): string =>
  JSON.stringify(messages.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })));

function spanOf(operation: string, { trace, span = 1, parent, at, ...told }: Part): Span {
  return {
    traceId: hex(trace, 32),
    spanId: hex(span, 16),
    ...(parent !== undefined && { parentSpanId: hex(parent, 16) }),
    name: operation,
    start: at,
    end: at + 2_000,
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'openai',
      'gen_ai.conversation.id': told.conversation,
      ...(told.said && { 'gen_ai.input.messages': written(told.said) }),
      ...(told.answer !== undefined && {
        'gen_ai.output.messages': written([['assistant', told.answer]]),
      }),
    },
    ...(told.error !== undefined && {
      error: ['Failure', told.error] as const,
      stack: `Failure: ${told.error}\n    at run (agent.ts:1:1)`,
    }),
  };
}

/** A model call, with usage; an agent around calls; a tool. */
function chat(part: Part): Span {
  const span = spanOf('chat', part);
  const usage = { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 10 };
  return { ...span, attributes: { ...span.attributes, ...usage } };
}
function agent(part: Part): Span {
  const span = spanOf('invoke_agent', part);
  return { ...span, attributes: { ...span.attributes, 'gen_ai.agent.name': 'bot' } };
}
function tool(part: Part): Span {
  const span = spanOf('execute_tool', part);
  return { ...span, attributes: { ...span.attributes, 'gen_ai.tool.name': 'find' } };
}

describe('a deleted conversation', () => {
  let server: TestServer;
  let ingest: string;
  let admin: string;
  const now = Date.now();

  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    admin = (await server.account('admin')).accessToken;
  });
  after(() => server.close());

  /** @returns what was sent */
  async function send(...spans: Span[]): Promise<string> {
    const body = tracesBody([{ service: DOMAIN, scope: 'test', items: spans }]);
    await resend(body);
    return body;
  }
  async function resend(body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    assert.equal((await server.call('/v1/traces', { token: ingest, headers, body })).status, 200);
  }
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await server.call<T>(path, { token: admin });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const list = async (): Promise<string[]> =>
    (await get<Ids>('/api/conversations?timeframe=all')).data.map(({ id }) => id);
  const remove = async (id: string): Promise<void> => {
    const path = `/api/conversations/${encodeURIComponent(id)}`;
    assert.equal((await server.call(path, { token: admin, method: 'DELETE' })).status, 204);
  };
  const purge = (): Promise<number> => purgeDeleted(server.store, now);
  const tables = (word: string): Promise<string[]> => tablesWith(server.store, word);

  /** All that is told of it, by whichever way; live events from the first one on. */
  async function told(): Promise<string> {
    const answers: unknown[] = [];
    const { data: runs } = await get<Ids>('/api/executions?timeframe=all');
    for (const { id } of runs) answers.push(await get(`/api/executions/${id}`));
    const { data: errors } = await get<Ids>('/api/admin/errors?timeframe=all');
    for (const { id } of errors) answers.push(await get(`/api/admin/errors/${id}`));
    for (const path of [
      '/api/conversations?timeframe=all',
      '/api/conversations/search?q=question%20or%20answer%20or%20third',
      '/api/admin/errors/groups?timeframe=all',
      '/api/admin/dashboard/health',
      '/api/stats/errors?timeframe=all',
    ]) {
      answers.push(await get(path));
    }
    const { latest } = await new LiveStore(server.store).bounds(server.workspaceId);
    const replay = await Listener.stream(
      `${server.url}/api/live?topics=executions,stats,conversations,sessions,errors`,
      { token: admin, headers: { 'last-event-id': '0' } },
    );
    await replay.until((events) => events.some(({ id }) => Number(id) >= latest));
    replay.close();
    return JSON.stringify([answers, replay.events]);
  }

  it('leaves nothing of what was said, whatever told it and whatever still comes', async () => {
    // Whoever listens keeps events in memory.
    const open = await Listener.stream(`${server.url}/api/live`, { token: admin });
    const batch = await send(
      agent({ trace: 1, at: now - 90_000, conversation: 'A', said: [['user', 'zebra task']] }),
      chat({
        ...{ trace: 1, span: 2, parent: 1, at: now - 89_000, conversation: 'A' },
        ...{ said: [['user', 'zebra question']], answer: 'zebra answer', error: 'zebra limit' },
      }),
      tool({ trace: 1, span: 3, parent: 1, at: now - 88_000, error: 'zebra tool' }),
    );
    // One without a model call, whose conversation is known by the other.
    await send(
      agent({
        ...{ trace: 2, at: now - 80_000, conversation: 'A' },
        ...{ said: [['user', 'zebra again']], error: 'zebra crash' },
      }),
    );
    await send(chat({ trace: 3, at: now - 70_000, conversation: 'B', said: [['user', 'lion']] }));
    assert.deepEqual(
      (await tables(SECRET)).filter((name) => !name.startsWith('requests_')),
      [
        ...['error_groups', 'error_stacks', 'errors', 'execution_details', 'executions'],
        ...['live_events', 'message_bodies', 'message_search', 'observations'],
        ...['provider_calls', 'requests'],
      ],
    );
    const before = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    const errors = await get<Ids>('/api/admin/errors?timeframe=all');
    assert.ok((await told()).includes(SECRET));

    await remove('A');
    assert.ok(!(await told()).includes(SECRET), 'It is gone at once.');
    await send(
      agent({
        ...{ trace: 4, at: now - 60_000, conversation: 'A' },
        ...{ said: [['user', 'zebra third']], error: 'zebra third crash' },
      }),
    );
    assert.ok(!(await told()).includes(SECRET), 'So is what still comes.');
    assert.equal(await purge(), 1);
    assert.deepEqual(await tables(SECRET), []);
    assert.ok(!(await told()).includes(SECRET));

    await resend(batch);
    assert.deepEqual(await tables(SECRET), [], 'Sent again it brings nothing back.');
    await send(
      agent({
        ...{ trace: 5, at: now - 50_000, conversation: 'A' },
        ...{ said: [['user', 'zebra last']], error: 'zebra last crash' },
      }),
    );
    assert.equal(await purge(), 1);
    assert.deepEqual(await tables(SECRET), [], 'No model call is needed for a purge.');
    assert.equal(await purge(), 0);

    const later = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    assert.deepEqual(
      [later.requests, later.conversations, later.errors],
      [before.requests, before.conversations, before.errors],
    );
    const kept = await get<Ids>('/api/admin/errors?timeframe=all');
    assert.equal(kept.data.length, errors.data.length + 2);
    assert.deepEqual(await list(), ['B']);
    open.close();
  });

  it('stays deleted when its beginning comes late and its id is another one', async () => {
    const first: [string, string][] = [['user', 'ibex one']];
    const whole: [string, string][] = [...first, ['assistant', 'ibex two'], ['user', 'ibex three']];
    await send(chat({ trace: 0x22, at: now - 40_000, said: whole, answer: 'ibex four' }));
    await remove(`trace:${hex(0x22, 32)}`);
    await send(chat({ trace: 0x21, at: now - 41_000, said: first, answer: 'ibex two' }));
    assert.deepEqual(await list(), ['B']);
    assert.equal(await purge(), 1);
    assert.deepEqual(await tables('ibex'), []);
    const { rows } = await server.store.asSystem((tx) =>
      sql`select target, details from audit_log where actor_kind = 'system'
        and action = 'conversation.delete'`.execute(tx),
    );
    assert.deepEqual(rows, [
      {
        target: `trace:${hex(0x21, 32)}`,
        details: { domain: DOMAIN, because: `trace:${hex(0x22, 32)}` },
      },
    ]);
  });

  it("stays deleted when its client's id comes late", async () => {
    const call = chat({ trace: 0x25, span: 2, parent: 1, at: now - 40_000, answer: 'gnu' });
    await send(call);
    await remove(`trace:${hex(0x25, 32)}`);
    await send(agent({ trace: 0x25, at: now - 41_000, conversation: 'late' }));
    assert.deepEqual(await list(), ['B']);
  });

  it('stays deleted when a trace of it is read again', async () => {
    const first: [string, string][] = [['user', 'okapi one']];
    const whole: [string, string][] = [...first, ['assistant', 'okapi two'], ['user', 'okapi 3']];
    await send(chat({ trace: 0x31, at: now - 30_000, said: first, answer: 'okapi two' }));
    const call = { trace: 0x32, span: 2, parent: 1, at: now - 20_000 };
    await send(chat({ ...call, said: whole, answer: 'okapi four' }));
    await remove(`trace:${hex(0x31, 32)}`);
    await purge();
    await send(agent({ trace: 0x32, at: now - 21_000, said: [['user', 'okapi 3']] }));
    assert.deepEqual(await list(), ['B']);
    await purge();
    assert.deepEqual(await tables('okapi'), []);
  });

  it('leaves its words nowhere when a part of it was in another one before', async () => {
    const begin = { said: [['user', 'hello']] as [string, string][], answer: 'hi' };
    const on: [string, string][] = [...begin.said, ['assistant', 'hi'], ['user', 'walrus please']];
    await send(chat({ trace: 0x41, at: now - 19_000, ...begin }));
    await send(chat({ trace: 0x43, at: now - 17_000, said: on, answer: 'walrus ok' }));
    await send(chat({ trace: 0x42, at: now - 18_000, ...begin }));
    const hits = await get<Schemas['ConversationHitPage']>('/api/conversations/search?q=walrus');
    const found = hits.data.map(({ conversation }) => conversation.id);
    assert.deepEqual([...new Set(found)], [`trace:${hex(0x42, 32)}`]);
    await remove(`trace:${hex(0x42, 32)}`);
    await purge();
    assert.deepEqual(await tables('walrus'), []);
    assert.ok((await list()).includes(`trace:${hex(0x41, 32)}`));
  });

  it('leaves readers of the outbox their place in it', async () => {
    const outbox = new LiveStore(server.store);
    await send(chat({ trace: 0x51, at: now - 9_000, conversation: 'G', said: [['user', 'gnat']] }));
    const { latest } = await outbox.bounds(server.workspaceId);
    const { events } = await outbox.read(server.workspaceId, latest - 1, 1);
    assert.equal(events[0]?.topic, 'conversations');
    // A day later retention has left the newest of the old ones, which is about it.
    await server.store.asSystem(async (tx) => {
      await sql`delete from live_events where id < ${latest}`.execute(tx);
      await sql`update live_events set at = at - interval '30 hours'`.execute(tx);
    });
    await send(chat({ trace: 0x52, at: now - 8_000, conversation: 'H', said: [['user', 'ant']] }));
    await remove('G');
    assert.equal(await purge(), 1);
    assert.equal((await outbox.bounds(server.workspaceId)).floor, latest);
    assert.deepEqual(await tables('gnat'), []);
  });
});
