/** Sessions and errors in the store: any order, any period, silence, and what retention leaves. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { derive, scopeOf } from '../../../server/derive/derive.ts';
import { price } from '../../../server/derive/price.ts';
import { ErrorStore } from '../../../server/store/read/admin/error-store.ts';
import { CliSessionStore } from '../../../server/store/read/admin/telemetry.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { Retention } from '../../../server/store/write/retention.ts';
import { DAY, MINUTE } from '../../../server/store/time/zones.ts';
import { claudeCodeSession, claudeCodeSpans } from '../ingest/captures/claude-code.ts';
import { codexSession, codexSpans } from '../ingest/captures/codex.ts';
import { geminiSession, geminiSpans } from '../ingest/captures/gemini.ts';
import { retriedAndFailedRuns } from '../ingest/captures/genai.ts';
import { T0 } from '../ingest/otlp.ts';
import { NOW, take } from '../ingest/take.ts';
import { runs } from '../../support/effort.ts';
import { arrival, END, fleet, SPAN_MS } from './fleet.ts';
import { observation } from './derivation.ts';
import { comparable, Telemetry, type Workspace } from './telemetry.ts';

const used = { derive, scopeOf, priceOf: price };

const captured: Observation[] = take([
  claudeCodeSession(),
  claudeCodeSpans(),
  codexSession(),
  codexSpans(),
  geminiSession(),
  geminiSpans(),
  retriedAndFailedRuns(),
]).observations;

describe('sessions and errors', () => {
  let telemetry: Telemetry;
  let sessions: CliSessionStore;
  let errors: ErrorStore;
  before(async () => {
    telemetry = await Telemetry.open({}, { derivation: used });
    telemetry.clock.now = NOW;
    sessions = new CliSessionStore(telemetry.store);
    errors = new ErrorStore(telemetry.store);
  });
  after(() => telemetry.close());

  async function written(batches: readonly Observation[][]): Promise<Workspace> {
    const workspace = telemetry.workspace();
    for (const batch of batches) await workspace.write(...batch);
    return workspace;
  }

  it('of real clients are the same in whatever order they arrive', async () => {
    const whole = await written([captured]);
    const expected = comparable(await whole.operations());
    const { cliSessions = [], errors: told = [] } = await whole.operations();
    assert.equal(cliSessions.length, 3);
    assert.ok(told.length >= 8);
    await fc.assert(
      fc.asyncProperty(arrival(captured), async (batches) => {
        const workspace = await written(batches);
        assert.deepEqual(comparable(await workspace.operations()), expected);
        assert.deepEqual(
          comparable(await workspace.rollups()),
          comparable(await workspace.rollupsFromRows()),
        );
        const { providers } = await workspace.operations();
        assert.deepEqual(providers, await workspace.providersFromRows());
      }),
      { numRuns: runs(8) },
    );
  });

  it('keep their ids while more of them arrives', async () => {
    const workspace = telemetry.workspace();
    const ids = () =>
      workspace.query(
        'select key, id from cli_sessions union all select key, id from errors order by 1',
      );
    await workspace.write(...captured.slice(0, 40));
    const before = await ids();
    assert.ok(before.length > 0);
    await workspace.write(...captured);
    const now = new Map((await ids()).map(({ key, id }) => [key, id]));
    for (const { key, id } of before) if (now.has(key)) assert.equal(now.get(key), id);
  });

  it('that were answered are done after half an hour of silence', async () => {
    const workspace = await written([take([claudeCodeSession()]).observations]);
    const state = () => workspace.query('select state, due_at from cli_sessions');
    const dueAt = new Date(T0 + 23_000 + 30 * MINUTE);
    assert.deepEqual(await state(), [{ state: 'API', due_at: dueAt }]);
    const api = async (now: number) => {
      const query = { timeframe: '24h', domains: null, now } as const;
      const { states } = await sessions.telemetry(workspace.id, query);
      const told = states.find((each) => each.state === 'API');
      return [told?.last, told?.active, told?.waiting, told?.dropped, told?.dropOff];
    };
    assert.deepEqual(await api(T0 + 60_000), [1, 1, 0, 0, 0]);
    telemetry.clock.now = dueAt.getTime() - 1;
    await telemetry.writer.sweepAbandoned();
    assert.equal((await state())[0]?.state, 'API');
    // Nobody has left who may still go on.
    assert.deepEqual(await api(dueAt.getTime() - 1), [1, 0, 1, 0, 0]);
    telemetry.clock.now = dueAt.getTime();
    await telemetry.writer.sweepAbandoned();
    assert.deepEqual(await state(), [{ state: 'DONE', due_at: null }]);
    const [event] = await workspace.query<{ payload: { session: { state: string } } }>(
      `select payload from live_events where topic = 'sessions' order by id desc limit 1`,
    );
    assert.equal(event?.payload.session.state, 'DONE');
    assert.deepEqual(
      comparable(await workspace.rollups()),
      comparable(await workspace.rollupsFromRows()),
    );
    telemetry.clock.now = NOW;
  });

  it('tell whoever watches when they go elsewhere, and only what changed', async () => {
    const workspace = telemetry.workspace();
    const failed = (domain: string) =>
      observation({
        domain,
        startedAt: NOW - 1_000,
        endedAt: domain === 'a.example' ? null : NOW,
        data: { error: { type: 'timeout', message: 'No answer' }, stack: 'at work' },
      });
    const told = async () =>
      (
        await workspace.query<{ domain: string; payload: { deleted: boolean } }>(
          `select domain, payload from live_events where topic = 'errors' order by id`,
        )
      ).map(({ domain, payload }) => [domain, payload.deleted]);
    await workspace.write(failed('a.example'));
    await workspace.write(failed('a.example'));
    assert.deepEqual(await told(), [['a.example', false]]);
    await workspace.write(failed('b.example'));
    assert.deepEqual(await told(), [
      ['a.example', false],
      ['a.example', true],
      ['b.example', false],
    ]);
    assert.equal(await workspace.count('errors'), 1);
    assert.equal(await workspace.count('error_stacks'), 1);
  });

  it('are counted alike by sums and by rows, for any period', async () => {
    const simple = await Telemetry.open();
    simple.clock.now = END;
    try {
      const asked = {
        sessions: new CliSessionStore(simple.store),
        errors: new ErrorStore(simple.store),
      };
      const period = fc
        .tuple(fc.integer({ min: -DAY, max: SPAN_MS }), fc.integer({ min: 1, max: SPAN_MS }))
        .map(([from, length]) => [END - SPAN_MS + from, END - SPAN_MS + from + length] as const);
      const domains = fc.constantFrom(null, ['a.example.com'], ['b.example.com', 'c.example.com']);
      await fc.assert(
        fc.asyncProperty(
          fleet,
          fc.array(fc.tuple(period, domains), { minLength: 4, maxLength: 4 }),
          async (all, questions) => {
            const workspace = simple.workspace();
            await workspace.write(...all);
            for (const [[from, to], some] of questions) {
              await checkPeriod(workspace, asked, from, to, some);
            }
          },
        ),
        { numRuns: runs(15) },
      );
    } finally {
      await simple.close();
    }
  });

  async function checkPeriod(
    workspace: Workspace,
    asked: { sessions: CliSessionStore; errors: ErrorStore },
    from: number,
    to: number,
    domains: readonly string[] | null,
  ): Promise<void> {
    const query = {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      domains,
      now: END,
    };
    const among = domains === null ? 'true' : `domain in ('${domains.join(`','`)}')`;
    const within = (column: string) =>
      `${column} >= '${query.from}' and ${column} < '${query.to}' and ${among}`;
    const told = await asked.sessions.telemetry(workspace.id, query);
    const moves = await workspace.query<{ move: string; n: number }>(
      `select from_state || '>' || to_state as move, count(*) as n from cli_transitions
       where ${within('at')} group by 1 order by 1`,
    );
    assert.deepEqual(
      told.transitions
        .map((t) => ({ move: `${t.from}>${t.to}`, n: t.count }))
        .sort((a, b) => (a.move < b.move ? -1 : 1)),
      moves,
    );
    const states = await workspace.query<{ state: string; n: number }>(
      `select state, count(*) as n from cli_sessions where ${within('started_at')} group by 1 order by 1`,
    );
    const last = told.states
      .filter((state) => state.last > 0)
      .map(({ state, last: n }) => ({ state, n }));
    assert.deepEqual(
      last.sort((a, b) => (a.state < b.state ? -1 : 1)),
      states,
    );
    const page = { from: null, limit: 200 };
    const { body: groups } = await asked.errors.groups(
      workspace.id,
      { ...query, page, kept: null },
      { domains },
    );
    const rows = await workspace.query<{ fingerprint: string; n: number; first: Date; last: Date }>(
      `select fingerprint, count(*) as n, min(at) as first, max(at) as last from errors
       where ${within('at')} group by 1 order by 1`,
    );
    assert.deepEqual(
      groups.data
        .map(({ group, count, firstSeenAt, lastSeenAt }) => [group, count, firstSeenAt, lastSeenAt])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      rows
        .map(({ fingerprint, n, first, last: latest }) => [
          fingerprint,
          n,
          first.toISOString(),
          latest.toISOString(),
        ])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    );
    assert.equal(groups.count.value, rows.length);
  }

  it('go with the rows of their time; what they amounted to stays', async () => {
    const workspace = await written([captured]);
    const store = telemetry.store;
    const later = NOW + 500 * DAY;
    telemetry.clock.now = NOW + 2 * DAY;
    await telemetry.writer.sweepAbandoned();
    // What came a moment ago by the database's clock came long ago by retention's.
    await new Retention({ store, observationDays: 0 }).run(later);
    for (const table of ['cli_sessions', 'cli_transitions', 'errors', 'error_stacks']) {
      assert.equal(await workspace.count(table), 0, table);
    }
    const day = { from: new Date(T0 - DAY).toISOString(), to: new Date(T0 + DAY).toISOString() };
    const told = await sessions.telemetry(workspace.id, { ...day, domains: null, now: later });
    assert.equal(told.sessions.total, 3);
    const query = { ...day, now: later };
    const page = { from: null, limit: 50 };
    const { body: groups } = await errors.groups(
      workspace.id,
      { ...query, page, kept: null },
      { domains: null },
    );
    assert.ok(groups.errors >= 8);
    assert.equal(groups.data[0]?.sampleId, null);
    assert.ok(groups.unavailable.length > 0);
    telemetry.clock.now = NOW;
  });
});
