import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { LiveStore } from '../../../server/store/read/live.ts';
import type { Message } from '../../../server/model/message.ts';
import { Retention } from '../../../server/store/write/retention.ts';
import { DAY } from '../../../server/store/time/zones.ts';
import { observation, usage } from './derivation.ts';
import { comparable, Telemetry, type Workspace } from './telemetry.ts';

/** The database's clock says when something came, so the tests live today. */
const NOW = Date.now();

const ROOT = 'f'.repeat(16);
const run = (startedAt: number, traceId = 'a'.repeat(32)) => [
  observation({ traceId, kind: 'agent', spanId: ROOT, startedAt, endedAt: startedAt + 2_000 }),
  call(startedAt, traceId),
];
const call = (startedAt: number, traceId = 'a'.repeat(32), spanId = '1'.repeat(16)) =>
  observation({
    traceId,
    spanId,
    startedAt,
    endedAt: startedAt + 900,
    data: {
      parentSpanId: ROOT,
      user: 'ada',
      model: 'gpt-5',
      usage: usage(5, 5),
      latencyMs: 900,
      conversation: 'chat',
    },
  });

describe('retention', () => {
  let telemetry: Telemetry;
  let retention: Retention;
  let workspace: Workspace;
  before(async () => {
    telemetry = await Telemetry.open();
    retention = new Retention({ store: telemetry.store });
  });
  beforeEach(() => {
    telemetry.clock.now = NOW;
    workspace = telemetry.workspace();
  });
  after(() => telemetry.close());

  const overview = (days: number) =>
    telemetry.stats.overview(workspace.id, {
      from: new Date(NOW - 500 * DAY).toISOString(),
      to: new Date(NOW + days * DAY).toISOString(),
      domains: null,
      now: NOW + days * DAY,
    });

  it('leaves what is young alone', async () => {
    await workspace.write(...run(NOW - DAY));
    const state = await workspace.state();
    await retention.run(NOW);
    assert.deepEqual(await workspace.state(), state);
    assert.equal(await workspace.count('observations'), 2);
    assert.ok((await workspace.count('live_events')) > 0);
  });

  it('lets the observations of a silent scope go, and keeps what came of them', async () => {
    await workspace.write(...run(NOW - DAY));
    const { requests, executions } = await workspace.state();
    await retention.run(NOW + 9 * DAY);
    assert.equal(await workspace.count('observations'), 0);
    const state = await workspace.state();
    const kept = (rows: typeof requests = []) => rows.map((row) => ({ ...row, scope: null }));
    assert.deepEqual(state.requests, kept(requests));
    assert.deepEqual(state.executions, kept(executions));
  });

  it('lets a message go for which no call ever came, and keeps what is said', async () => {
    const text = (word: string): Message => ({
      role: 'user',
      parts: [{ type: 'text', text: word }],
      length: word.length,
    });
    const one = call(NOW - DAY);
    const data = { ...one.data, inputMessages: ['u.said'] };
    const messages = new Map([
      ['u.said', text('said')],
      ['u.alone', text('alone')],
    ]);
    await workspace.writeWith(
      messages,
      { ...one, data },
      observation({
        ...{ kind: 'content', traceId: 'e'.repeat(32), startedAt: NOW - DAY },
        data: { inputMessages: ['u.alone'] },
      }),
    );
    assert.equal(await workspace.count('message_bodies'), 2);
    await retention.run(NOW + 9 * DAY);
    assert.deepEqual(await workspace.query('select hash from message_bodies'), [
      { hash: 'u.said' },
    ]);
  });

  it('takes nothing back or in twice when more of a sealed scope comes', async () => {
    await workspace.write(...run(NOW - DAY));
    await retention.run(NOW + 9 * DAY);
    const state = comparable(await workspace.state());
    await workspace.write(...run(NOW - DAY));
    await workspace.write(call(NOW - DAY + 100, 'a'.repeat(32), '7'.repeat(16)));
    assert.deepEqual(comparable(await workspace.state()), state);
    const later = call(NOW, 'a'.repeat(32), '8'.repeat(16));
    await workspace.write(later);
    assert.equal(await workspace.count('requests'), 2);
    await workspace.write(later, call(NOW + 5, 'a'.repeat(32), '9'.repeat(16)));
    assert.equal(await workspace.count('requests'), 3);
    assert.deepEqual(
      comparable(await workspace.rollups()),
      comparable(await workspace.rollupsFromRows()),
    );
  });

  it('does not give up on what still runs', async () => {
    const [open] = run(NOW - 60_000);
    assert.ok(open);
    await workspace.write({ ...open, endedAt: null });
    await retention.run(NOW + 9 * DAY);
    assert.equal(await workspace.count('observations'), 1);
    telemetry.clock.now = NOW + 9 * DAY;
    await telemetry.writer.sweepAbandoned();
    await retention.run(NOW + 9 * DAY);
    assert.equal(await workspace.count('observations'), 0);
    assert.deepEqual(await workspace.query('select status from executions'), [
      { status: 'abandoned' },
    ]);
  });

  it('drops old months, and the figures stay', async () => {
    await workspace.write(...run(NOW - 450 * DAY, 'b'.repeat(32)), ...run(NOW - DAY));
    const before = await overview(1);
    assert.equal(before.requests, 2);
    const { months } = await retention.run(NOW);
    assert.ok(months > 0);
    assert.equal(await workspace.count('requests'), 1);
    assert.equal(await workspace.count('executions'), 1);
    const { requests, tokens, executions, users, latencyMs } = await overview(1);
    assert.deepEqual(
      { requests, tokens, executions, users, latencyMs },
      {
        requests: before.requests,
        tokens: before.tokens,
        executions: before.executions,
        users: before.users,
        latencyMs: before.latencyMs,
      },
    );
    // The same again is known to be too late, and a new trace of that age is taken in.
    await workspace.write(...run(NOW - 450 * DAY, 'b'.repeat(32)));
    assert.equal((await overview(1)).requests, 2);
    await workspace.write(...run(NOW - 450 * DAY, 'c'.repeat(32)));
    assert.equal((await overview(1)).requests, 3);
  });

  it('drops the finer sketches, and what comes later still agrees with them', async () => {
    await workspace.write(...run(NOW - 5 * DAY));
    const grains = () =>
      workspace
        .query('select distinct grain from sketches order by grain')
        .then((rows) => rows.map(({ grain }) => grain));
    assert.deepEqual(await grains(), [15, 60, 1440]);
    await retention.run(NOW + 6 * DAY);
    assert.deepEqual(await grains(), [60, 1440]);
    const { latencyMs } = await overview(6);
    await workspace.write(...run(NOW - 5 * DAY, 'b'.repeat(32)));
    assert.deepEqual((await overview(6)).latencyMs, latencyMs);
    await retention.run(NOW + 100 * DAY);
    assert.deepEqual(await grains(), [1440]);
    assert.equal((await overview(100)).users.active, 1);
    await workspace.write(...run(NOW - 5 * DAY, 'c'.repeat(32)));
    assert.deepEqual(await grains(), [1440]);
    assert.equal((await overview(100)).requests, 3);
  });

  it('forgets old events, and says from where on it still has them', async () => {
    const outbox = new LiveStore(telemetry.store);
    await workspace.write(...run(NOW - DAY));
    const { latest } = await outbox.bounds(workspace.id);
    assert.ok(latest > 0);
    await workspace.query(`update live_events set at = at - interval '25 hours'`);
    await retention.run(NOW);
    assert.deepEqual(await outbox.bounds(workspace.id), { floor: latest, latest });
    await workspace.write(...run(NOW, 'b'.repeat(32)));
    const { events, floor } = await outbox.read(workspace.id, latest, 100);
    assert.equal(floor, latest);
    assert.deepEqual(
      events.map(({ topic }) => topic),
      ['executions', 'stats', 'conversations'],
    );
  });
});
