/** The ends of old periods, which finer sums, or single requests, have to tell. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { Retention } from '../../../server/store/write/retention.ts';
import type { StatsQuery } from '../../../server/store/rollups/query.ts';
import { at, call } from './calls.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const NOW = at('2026-11-21T10:07:00Z');
const NO_LATENCY = { p50: null, p95: null, p99: null };

describe('the ends of an old period', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
  });
  after(() => telemetry.close());

  describe('that would take very many single requests', () => {
    let workspace: Workspace;
    before(async () => {
      telemetry.clock.now = NOW;
      workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T12:00:00Z', firstTokenMs: 40 }),
        call({ at: '2026-11-07T12:00:00Z', firstTokenMs: 40 }),
      );
      // As if there had been so many: what the rows would cost is told by the sums.
      await telemetry.store.inWorkspace(workspace.id, ({ tx, of }) =>
        sql`update model_sums set requests = 120000
          where ${of()} and slot < '2026-11-10T00:00:00Z'`.execute(tx),
      );
    });
    const ask = (query: Partial<StatsQuery>) => ({ limit: 20, domains: null, now: NOW, ...query });

    it('have no percentiles; the period after it has', async () => {
      const { data: models, unavailable } = await telemetry.stats.models(
        workspace.id,
        ask({ timeframe: '7d' }),
      );
      assert.ok(Math.abs((models[0]?.latencyMs.p50 ?? 0) - 100) <= 2);
      assert.deepEqual(models[0]?.change.latencyMs, NO_LATENCY);
      assert.ok(!unavailable.some(({ path }) => path === 'data.0.latencyMs'));
    });

    it('say so, of the time to the first token too, and what to ask instead', async () => {
      const hour = { from: '2026-11-07T11:30:00Z', to: '2026-11-07T12:30:00Z' };
      const query = { ...ask(hour), models: ['gpt-5'] };
      const { models, unavailable } = await telemetry.stats.compareModels(workspace.id, query);
      assert.deepEqual(
        [models[0]?.latencyMs, models[0]?.timeToFirstTokenMs],
        [NO_LATENCY, NO_LATENCY],
      );
      for (const name of ['latencyMs', 'timeToFirstTokenMs']) {
        const why = unavailable.find(({ path }) => path === `models.0.${name}`);
        assert.match(why?.reason ?? '', /Use whole days in UTC/, name);
      }
    });
  });

  describe('whose single requests are gone', () => {
    let workspace: Workspace;
    before(async () => {
      telemetry.clock.now = at('2025-06-15T12:00:00Z');
      workspace = telemetry.workspace();
      const ada = { user: 'ada', agent: 'support', team: 'blue' };
      await workspace.write(
        call({ at: '2025-06-13T20:00:00Z', ...ada }),
        call({ at: '2025-06-14T09:06:00Z', ...ada }),
        call({ at: '2025-06-14T20:00:00Z', ...ada }),
      );
      telemetry.clock.now = NOW;
      await new Retention({ store: telemetry.store }).run(NOW);
      assert.equal(await workspace.count('requests'), 0);
    });
    /** A day and a half in India: within it is the 14th as we have it. */
    const DAYS = {
      from: '2025-06-13T18:30:00Z',
      to: '2025-06-15T06:30:00Z',
      timezone: 'Asia/Kolkata',
    };
    const ask = (query: Partial<StatsQuery> = DAYS) => ({
      limit: 20,
      domains: null,
      now: NOW,
      ...query,
    });
    const ENDS = /are no longer stored: only whole days in UTC/;

    it('are in sums that are kept by the quarter of an hour', async () => {
      const told = await telemetry.stats.overview(workspace.id, ask());
      assert.equal(told.requests, 3);
      assert.equal(told.users.new, 1);
    });

    it('are missing from what is kept by the day, which says so', async () => {
      for (const breakdown of ['user', 'agent', 'team'] as const) {
        const query = { ...ask(), breakdown };
        const told = await telemetry.stats.costs(workspace.id, query);
        assert.deepEqual([told.total.requests, told.data[0]?.requests], [3, 2], breakdown);
        assert.equal(told.unnamed, null, 'nobody knows whose the third is');
        assert.deepEqual(
          told.unavailable.map(({ path }) => path),
          ['data', 'unnamed'],
        );
      }
      const users = await telemetry.stats.users(workspace.id, { ...ask(), sort: 'requests' });
      const flow = await telemetry.stats.flow(workspace.id, ask());
      const domains = await telemetry.stats.domains(workspace.id, ask());
      const overview = await telemetry.stats.overview(workspace.id, ask());
      assert.deepEqual([users.data[0]?.requests, flow.data[0]?.calls], [2, 2]);
      for (const [path, { unavailable }] of [
        ['data', users],
        ['data', flow],
        ['data.0.users.active', domains],
        ['users.active', overview],
      ] as const) {
        assert.match(unavailable.find((it) => it.path === path)?.reason ?? '', ENDS, path);
      }
      assert.equal(overview.change.users.active, null);
      assert.deepEqual(overview.latencyMs, NO_LATENCY);
      const latency = overview.unavailable.find(({ path }) => path === 'latencyMs');
      assert.match(latency?.reason ?? '', /Use whole days in UTC/);
    });

    it('are whole where the days are ours', async () => {
      const query = ask({ from: '2025-06-13T00:00:00Z', to: '2025-06-15T00:00:00Z' });
      const costs = await telemetry.stats.costs(workspace.id, { ...query, breakdown: 'user' });
      assert.deepEqual([costs.data[0]?.requests, costs.unavailable], [3, []]);
      const told = await telemetry.stats.overview(workspace.id, query);
      assert.ok(Math.abs((told.latencyMs.p50 ?? 0) - 100) <= 2);
      assert.equal(told.users.active, 1);
    });

    it('are moved to the quarter of an hour, and the answer’s period tells it', async () => {
      const query = ask({ from: '2025-06-14T09:07:00Z', to: '2025-06-14T09:20:00Z' });
      const told = await telemetry.stats.overview(workspace.id, query);
      assert.equal(told.requests, 1);
      assert.deepEqual(
        [told.period.from, told.period.to],
        ['2025-06-14T09:00:00.000Z', '2025-06-14T09:15:00.000Z'],
      );
    });
  });
});
