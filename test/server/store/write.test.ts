import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Execution } from '../../../server/store/to-contract/execution.ts';
import { derive, scopeOf } from '../../../server/derive/derive.ts';
import { price } from '../../../server/derive/price.ts';
import { PriceStore } from '../../../server/store/tenancy/prices.ts';
import { OverloadedError } from '../../../server/store/database/errors.ts';
import { failure, observation, derivation, usage } from './derivation.ts';
import { comparable, Telemetry, type Workspace } from './telemetry.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const ROOT = 'f'.repeat(16);

interface Event {
  topic: string;
  domain: string;
  payload: { execution?: Execution; deleted?: boolean };
}

/** A call within a run. */
const call = (spanId: string, startedAt: number, tokens = 10) =>
  observation({
    spanId,
    startedAt,
    endedAt: startedAt + 800,
    data: {
      parentSpanId: ROOT,
      model: 'gpt-5',
      user: 'ada',
      usage: usage(tokens, 5),
      latencyMs: 800,
    },
  });
const step = (spanId: string, startedAt: number) =>
  observation({
    spanId,
    kind: 'step',
    startedAt,
    endedAt: startedAt + 900,
    data: { name: 'step 1', parentSpanId: ROOT },
  });
const root = (startedAt: number, endedAt: number | null = startedAt + 2_000) =>
  observation({
    spanId: ROOT,
    kind: 'agent',
    startedAt,
    endedAt,
    data: { agent: 'support', user: 'ada', task: 'Where is my order?', taskLength: 18 },
  });

describe('the write path', () => {
  let telemetry: Telemetry;
  let workspace: Workspace;
  before(async () => {
    telemetry = await Telemetry.open();
  });
  beforeEach(() => {
    workspace = telemetry.workspace();
    telemetry.clock.now = NOON + 60_000;
  });
  after(() => telemetry.close());

  const events = (): Promise<Event[]> =>
    workspace.query('select topic, domain, payload from live_events order by id');
  const executions = () =>
    workspace.query<{ id: string; key: string; status: string; requests: number }>(
      'select id, key, status, requests from executions',
    );

  it('has everything in place when it answers', async () => {
    await workspace.write(root(NOON), step('1', NOON), call('2', NOON));
    assert.equal(await workspace.count('requests'), 1);
    const [execution] = await workspace.rows('executions');
    assert.equal(execution?.status, 'completed');
    assert.equal(execution.cost_usd, '0.00015');
    assert.equal(await workspace.count('model_sums'), 3);
    assert.deepEqual(
      (await events()).map(({ topic }) => topic),
      ['executions', 'stats', 'conversations'],
    );
    const told = telemetry.notices.filter(([id]) => id === workspace.id);
    const [last] = await workspace.query('select max(id) as id from live_events');
    assert.deepEqual(told, [[workspace.id, last?.id]]);
  });

  it('changes nothing when a batch comes again', async () => {
    const batch = [root(NOON), step('1', NOON), call('2', NOON)];
    await workspace.write(...batch);
    const state = await workspace.state();
    const told = (await events()).length;
    await workspace.write(...batch);
    await workspace.write(...batch.slice(1));
    assert.deepEqual(await workspace.state(), state);
    assert.equal((await events()).length, told);
  });

  it('shows a run before its root is known, and keeps its id when the root comes', async () => {
    await workspace.write(step('1', NOON));
    const [running] = await executions();
    assert.equal(running?.status, 'running');
    await workspace.write(root(NOON), call('2', NOON));
    const [completed, ...others] = await executions();
    assert.deepEqual(others, []);
    assert.equal(completed?.id, running.id);
    assert.notEqual(completed.key, running.key);
    assert.equal(completed.status, 'completed');
    const [sums] = await workspace.query('select * from domain_sums where grain = 15');
    assert.deepEqual([sums?.executions, sums?.running, sums?.completed], [1, 0, 1]);
  });

  it('replaces a parent that told the usage by the leaf that tells it better', async () => {
    const parent = observation({
      spanId: ROOT,
      kind: 'usage-parent',
      startedAt: NOON,
      endedAt: NOON + 3_000,
      data: { model: 'gpt-5', user: 'ada', usage: usage(999, 9), latencyMs: 3_000 },
    });
    await workspace.write(parent);
    const before = await workspace.rows('requests');
    assert.equal(before[0]?.uncached_input, 999);
    await workspace.write(call('2', NOON + 100, 40));
    const [request, ...others] = await workspace.rows('requests');
    assert.deepEqual(others, []);
    assert.equal(request?.uncached_input, 40);
    assert.deepEqual(
      comparable(await workspace.rollups()),
      comparable(await workspace.rollupsFromRows()),
    );
  });

  it('counts conversations of two domains apart that have the same id', async () => {
    const said = (id: string, domain: string, startedAt: number) => {
      const request = call(id, startedAt);
      return { ...request, domain, data: { ...request.data, conversation: '1' } };
    };
    await workspace.write(said('1', 'a.example.com', NOON), said('2', 'b.example.com', NOON - 9));
    await workspace.write(said('3', 'a.example.com', NOON + 5));
    const rows = await workspace.query(
      'select domain, key, requests from conversations order by domain',
    );
    assert.deepEqual(rows, [
      { domain: 'a.example.com', key: '1', requests: 2 },
      { domain: 'b.example.com', key: '1', requests: 1 },
    ]);
    assert.deepEqual(
      comparable(await workspace.rollups()),
      comparable(await workspace.rollupsFromRows()),
    );
  });

  it('moves a trace into the session that a later log names, under the same id', async () => {
    await workspace.write(step('1', NOON), call('2', NOON));
    const [before] = await executions();
    const log = observation({
      key: 'log:1',
      signal: 'log',
      kind: 'event',
      spanId: null,
      session: 'codex:7',
      startedAt: NOON + 10,
    });
    await workspace.write(log);
    const scopes = await workspace.query('select distinct scope from observations');
    assert.deepEqual(scopes, [{ scope: 'codex:7' }]);
    assert.deepEqual(await workspace.query('select distinct scope from requests'), scopes);
    assert.equal((await executions())[0]?.id, before?.id);
    assert.equal(await workspace.count('requests'), 1);
  });

  it('keeps two command lines apart that share a trace, and the runs of its own', async () => {
    const of = (family: 'codex' | 'claude-code', id: string, session: string | null) =>
      observation({ key: `log:${id}`, family, signal: 'log', spanId: null, session });
    const batches = [
      [
        { ...of('codex', '1', 'codex:c'), kind: 'event' as const },
        step('1', NOON),
        call('2', NOON),
      ],
      [of('codex', '2', null), of('claude-code', '3', 'claude-code:s')],
      [of('claude-code', '4', null)],
    ];
    const scopesAfter = async (ordered: typeof batches) => {
      const place = telemetry.workspace();
      for (const batch of ordered) await place.write(...batch);
      return place.query('select key, scope from observations order by key collate "C"');
    };
    const scopes = await scopesAfter(batches);
    assert.deepEqual(scopes.map(({ scope }) => scope).slice(0, 4), [
      'codex:c',
      'codex:c',
      'claude-code:s',
      'claude-code:s',
    ]);
    assert.deepEqual(await scopesAfter(batches.toReversed()), scopes);
  });

  it('tells whoever watches that an execution was a part of another', async () => {
    const nested = { ...step('1', NOON), session: 'codex:a', domain: 'a.example.com' };
    await workspace.write(nested);
    await workspace.write({ ...root(NOON), session: 'codex:a', domain: 'b.example.com' });
    const told = (await events()).filter(({ topic }) => topic === 'executions');
    assert.deepEqual(
      told.map(({ domain, payload }) => [domain, payload.deleted]),
      [
        ['a.example.com', false],
        ['a.example.com', true],
        ['b.example.com', false],
      ],
    );
  });

  it('says what a commit added to the sums, and what it took back', async () => {
    await workspace.write(call('2', NOON, 40));
    const failed = call('3', NOON + 100, 2);
    failed.data.error = failure;
    await workspace.write(failed);
    await workspace.write(root(NOON));
    interface Told {
      payload: {
        changed: string[];
        deltas: {
          at: string;
          delta: {
            requests: number;
            errors: number;
            executions: { total: number };
            tokens: { total: number };
            cost: { usd: string };
          };
        }[];
      };
    }
    const told = await workspace.query<Told>(
      `select payload from live_events where topic = 'stats' order by id`,
    );
    assert.deepEqual(
      told.map(({ payload }) => payload.deltas.map(({ at, delta }) => [at, delta.requests])),
      [
        [['2026-11-20T12:00:00.000Z', 1]],
        [['2026-11-20T12:00:00.000Z', 1]],
        [['2026-11-20T12:00:00.000Z', 0]],
      ],
    );
    assert.equal(told[0]?.payload.deltas[0]?.delta.cost.usd, '0.00045');
    assert.equal(told[1]?.payload.deltas[0]?.delta.errors, 1);
    assert.equal(told[2]?.payload.deltas[0]?.delta.executions.total, 1);
    assert.deepEqual(told[0].payload.changed, ['latencyMs', 'users']);
  });

  it('gives up a run that has not been heard of for ten minutes', async () => {
    await workspace.write(step('1', NOON));
    telemetry.clock.now = NOON + 9 * 60_000;
    await telemetry.writer.sweepAbandoned();
    assert.equal((await executions())[0]?.status, 'running');
    telemetry.clock.now = NOON + 11 * 60_000;
    await telemetry.writer.sweepAbandoned();
    assert.equal((await executions())[0]?.status, 'abandoned');
    const last = (await events()).at(-2);
    assert.equal(last?.payload.execution?.status, 'abandoned');
    const [sums] = await workspace.query('select * from domain_sums where grain = 1440');
    assert.deepEqual([sums?.running, sums?.abandoned], [0, 1]);
    await workspace.write(root(NOON));
    assert.equal((await executions())[0]?.status, 'completed');
  });

  it('keeps the price that a request had when it came', async () => {
    await workspace.write(call('2', NOON));
    const dearer = telemetry.anotherWriter({
      derivation: { ...derivation, priceOf: () => ({ costUsd: '7', priceVersion: 'dearer' }) },
    });
    const observations = [root(NOON), call('3', NOON + 5)];
    await dearer.write(workspace.id, { observations, messages: new Map() });
    const rows = await workspace.query(
      'select span_id, cost_usd, price_version, execution_id is not null as runs from requests order by span_id',
    );
    assert.deepEqual(rows, [
      { span_id: '2', cost_usd: '0.00015', price_version: 'test', runs: true },
      { span_id: '3', cost_usd: '7.00', price_version: 'dearer', runs: true },
    ]);
  });

  it('prices by what the workspace pays, where it has said so', async () => {
    const unknown = (spanId: string) => {
      const request = call(spanId, NOON);
      Object.assign(request.data, { model: 'glm-4-flash', usage: usage(2_000_000, 1_000_000) });
      return { observations: [request], messages: new Map() };
    };
    const writer = telemetry.anotherWriter({ derivation: { derive, scopeOf, priceOf: price } });
    const prices = new PriceStore(telemetry.store);
    const set = (model: string, inputPerMillion: number) =>
      prices.set(workspace.id, {
        provider: null,
        model,
        inputPerMillion,
        outputPerMillion: 1,
        cacheReadPerMillion: null,
        cacheWritePerMillion: null,
      });
    await writer.write(workspace.id, unknown('2'));
    await set('glm-*', 50);
    const { version } = await set('GLM-4-*', 0.25);
    await set('glm-5-*', 70);
    await writer.write(workspace.id, unknown('3'));
    const rows = await workspace.query(
      'select span_id, cost_usd, price_version from requests order by span_id',
    );
    assert.deepEqual(rows, [
      { span_id: '2', cost_usd: null, price_version: null },
      { span_id: '3', cost_usd: '1.50', price_version: version },
    ]);
  });

  it('follows a conversation to its new beginning when the first request is replaced', async () => {
    const first = call('2', NOON);
    const second = call('3', NOON + 3_600_000);
    for (const { data } of [first, second]) data.conversation = 'chat';
    await workspace.write(first, second);
    const superseded = {
      ...first,
      endedAt: NOON + 900,
      data: { ...first.data, conversation: 'x' },
    };
    await workspace.write(superseded);
    const rows = await workspace.query(
      'select key, first_at, last_at, requests from conversations order by key',
    );
    const later = new Date(NOON + 3_600_000);
    assert.deepEqual(rows, [
      { key: 'chat', first_at: later, last_at: later, requests: 1 },
      { key: 'x', first_at: new Date(NOON), last_at: new Date(NOON), requests: 1 },
    ]);
  });

  it('keeps a message once, however many requests repeat it', async () => {
    const messages = new Map([
      ['h1', { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }], length: 2 }],
      ['h2', { role: 'assistant' as const, parts: null, length: 300 }],
    ]);
    for (const spanId of ['2', '3']) {
      const one = call(spanId, NOON);
      const data = { ...one.data, inputMessages: ['h1'], outputMessages: ['h2'] };
      await workspace.writeWith(messages, { ...one, data });
    }
    const bodies = await workspace.query(
      'select hash, parts, length from message_bodies order by 1',
    );
    assert.deepEqual(bodies, [
      { hash: 'h1', parts: [{ type: 'text', text: 'Hi' }], length: 2 },
      { hash: 'h2', parts: null, length: 300 },
    ]);
  });

  it('takes in what no table could hold as it is', async () => {
    const huge = 'ü'.repeat(10_000);
    const odd = observation({
      key: `log:${huge}`,
      session: huge,
      domain: `a\0b${huge}`,
      startedAt: NOON + 0.75,
      data: {
        model: huge,
        user: `nul\0 half \ud800 ${huge}`,
        conversation: huge,
        error: { type: '\0', message: 'half \udc00' },
        extra: { '\0': '\ud83d', fine: '😀' },
        task: '\0',
      },
    });
    await workspace.write(odd, { ...odd, key: `log:${huge}!` });
    const rows = await workspace.rows('requests');
    assert.equal(rows.length, 2);
    assert.equal(rows[0]?.error_type, '\uFFFD');
    assert.equal(rows[0].started_at instanceof Date, true);
    const state = await workspace.state();
    await workspace.write(odd);
    assert.deepEqual(await workspace.state(), state);
  });

  it('does not take an empty name for all of them', async () => {
    const nameless = call('2', NOON);
    await workspace.write({ ...nameless, domain: '', data: { ...nameless.data, model: '' } });
    const rows = await workspace.query('select domain, model from requests');
    assert.deepEqual(rows, [{ domain: 'unknown', model: 'unknown' }]);
    assert.deepEqual(
      comparable(await workspace.rollups()),
      comparable(await workspace.rollupsFromRows()),
    );
  });

  it('puts a trace that nobody can read aside, and the others in', async () => {
    const picky = telemetry.anotherWriter({
      derivation: {
        ...derivation,
        derive: (observations, now) => {
          if (observations.some(({ domain }) => domain === 'bad')) throw new Error('unreadable');
          return derivation.derive(observations, now);
        },
      },
    });
    const bad = observation({ traceId: 'b'.repeat(32), domain: 'bad', startedAt: NOON });
    const observations = [bad, call('2', NOON)];
    await picky.write(workspace.id, { observations, messages: new Map() });
    assert.equal(await workspace.count('requests'), 1);
    assert.equal(await workspace.count('observations'), 2);
    assert.deepEqual(telemetry.unreadable, [`trace:${'b'.repeat(32)}`]);
  });

  it('fails a batch that can not be written without those that came with it', async () => {
    const impossible = { ...call('9', NOON), endedAt: Number.NaN };
    const results = await Promise.allSettled([
      workspace.write(call('2', NOON)),
      workspace.write(impossible),
      workspace.write(call('3', NOON)),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await workspace.count('requests'), 2);
  });

  it('answers only once the transaction has committed', async () => {
    const { store } = telemetry;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: held, resolve: hold } = Promise.withResolvers<void>();
    const holder = store.inWorkspace(workspace.id, async ({ tx, workspaceId }) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${workspaceId}, 0))`.execute(tx);
      hold();
      await released;
    });
    await held;
    let answered = false;
    const writing = workspace.write(call('2', NOON)).then(() => (answered = true));
    for (let turns = 0; turns < 100; turns++) await turn();
    assert.equal(answered, false);
    release();
    await holder;
    await writing;
    assert.equal(await workspace.count('requests'), 1);
  });

  it('refuses more than it can take in, at once, and forgets nothing of the rest', async () => {
    const narrow = telemetry.anotherWriter({ maxWaiting: 3 });
    const writes = Array.from({ length: 6 }, (_, index) =>
      narrow.write(workspace.id, {
        observations: [call(String(index), NOON)],
        messages: new Map(),
      }),
    );
    const results = await Promise.allSettled(writes);
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 3);
    for (const { reason } of refused) assert.ok(reason instanceof OverloadedError);
    assert.equal(await workspace.count('requests'), 3);
    assert.equal(narrow.waiting, 0);
  });

  it('takes turns among workspaces, and refuses what is too much for all of them', async () => {
    const narrow = telemetry.anotherWriter({ maxRunning: 1, maxWaitingTotal: 4 });
    const workspaces = Array.from({ length: 6 }, () => telemetry.workspace());
    const results = await Promise.allSettled(
      workspaces.map(({ id }) =>
        narrow.write(id, { observations: [call('1', NOON)], messages: new Map() }),
      ),
    );
    const accepted = results.map(({ status }) => status === 'fulfilled');
    assert.deepEqual(accepted, [true, true, true, true, false, false]);
    const counts = await Promise.all(workspaces.map((each) => each.count('requests')));
    assert.deepEqual(counts, [1, 1, 1, 1, 0, 0]);
    await narrow.drain();
    assert.equal(narrow.waiting, 0);
  });

  it('keeps workspaces apart that send the same ids', async () => {
    const other = telemetry.workspace();
    await workspace.write(call('2', NOON));
    await other.write(call('2', NOON, 77));
    const [mine] = await workspace.query('select uncached_input from requests');
    const [theirs] = await other.query('select uncached_input from requests');
    assert.deepEqual([mine, theirs], [{ uncached_input: 10 }, { uncached_input: 77 }]);
  });
});
