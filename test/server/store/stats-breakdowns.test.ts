/** Statistics by model, domain, user, agent and team, against cases worked out by hand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageQuery } from '../../../server/store/database/pages.ts';
import { statsOf } from '../../../server/store/read/stats.ts';
import type { StatsQuery } from '../../../server/store/rollups/query.ts';
import type { Span } from '../../../server/store/time/period.ts';
import { at, call, newTrace, run } from './calls.ts';
import { failure, observation } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

/** A Saturday. */
const NOW = at('2026-11-21T10:07:00Z');

/** Within the error of a sketch. */
function assertNear(value: number | null, exact: number, what = ''): void {
  assert.ok(value !== null && Math.abs(value - exact) <= exact * 0.02, `${what}: ${value}`);
}

const NOTHING = { p50: null, p95: null, p99: null };

describe('statistics by what they are made of', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = NOW;
  });
  after(() => telemetry.close());

  const ask = (query: Partial<StatsQuery> = {}) => ({
    limit: 20,
    domains: null,
    now: NOW,
    ...query,
  });

  describe('beside any period', () => {
    it('today and this month begin by the clock of the reader, also at the quarter', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        // In Kathmandu, 5:45 ahead, Saturday begins at 18:15, and November did.
        call({ at: '2026-10-31T18:14:59.999Z', tokens: 1 }),
        call({ at: '2026-10-31T18:15:00Z', tokens: 2, model: 'mystery' }),
        call({ at: '2026-11-20T18:14:59.999Z', tokens: 4 }),
        call({ at: '2026-11-20T18:15:00Z', tokens: 8, failed: true }),
        // Not yet.
        call({ at: '2026-11-21T10:07:00Z', tokens: 16 }),
      );
      const totals = async (query: Partial<StatsQuery>) => {
        const told = (await telemetry.stats.overview(workspace.id, ask(query))).totals;
        return [told.today, told.month, told.all].map(({ requests, errors, tokens, cost }) => [
          requests,
          errors,
          tokens.total,
          cost.usd,
          cost.unpricedRequests,
        ]);
      };
      const kathmandu = [
        [1, 1, 8, '0.00008', 0],
        [3, 1, 14, '0.00012', 1],
        [4, 1, 15, '0.00013', 1],
      ];
      assert.deepEqual(await totals({ timezone: 'Asia/Kathmandu' }), kathmandu);
      // Whatever period is asked for.
      const past = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
      assert.deepEqual(await totals({ ...past, timezone: 'Asia/Kathmandu' }), kathmandu);
      // In Kolkata, 5:30 ahead, at 18:30.
      assert.deepEqual(
        (await totals({ timezone: 'Asia/Kolkata' })).map(([requests]) => requests),
        [0, 2, 4],
      );
    });

    it('there is nothing where nothing was sent, and one request is all there is', async () => {
      const workspace = telemetry.workspace();
      const all = async () => {
        const { totals, users } = await telemetry.stats.overview(
          workspace.id,
          ask({ timeframe: 'all' }),
        );
        return [totals.today.requests, totals.all.requests, totals.all.cost.usd, users.new];
      };
      assert.deepEqual(await all(), [0, 0, '0.00', 0]);
      await workspace.write(call({ at: '2026-11-21T10:06:59.999Z', tokens: 5 }));
      assert.deepEqual(await all(), [1, 1, '0.00005', 1]);
    });
  });

  describe('by model', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      await workspace.write(
        // The data cover the day before.
        call({ at: '2026-11-18T10:00:00Z', model: 'retired', tokens: 10 }),
        call({ at: '2026-11-20T10:00:00Z', model: 'gpt-5', tokens: 10 }),
        call({ at: '2026-11-20T12:00:00Z', tokens: 10, output: 50, firstTokenMs: 40 }),
        call({ at: '2026-11-20T13:00:00Z', tokens: null, failed: true, latencyMs: 200 }),
        call({ at: '2026-11-20T14:00:00Z', tokens: 10, output: 150, latencyMs: 400 }),
        call({ at: '2026-11-21T10:00:00Z', model: 'mystery', latencyMs: 250 }),
      );
    });

    it('what each did, and how that has changed', async () => {
      const {
        data: models,
        other,
        unavailable,
      } = await telemetry.stats.models(workspace.id, ask());
      assert.equal(other, null);
      const [gpt, mystery] = models;
      assert.ok(gpt && mystery && models.length === 2);
      assert.deepEqual(
        [gpt.model, gpt.requests, gpt.share, gpt.errors, gpt.errorRate, gpt.tokens.total],
        ['gpt-5', 3, 0.75, 1, 1 / 3, 220],
      );
      assert.deepEqual(gpt.cost, { usd: '0.0022', unpricedRequests: 1 });
      // 200 tokens in 100 and 400 ms: the failed one is not timed.
      assert.equal(gpt.outputTokensPerSecond, 400);
      assertNear(gpt.latencyMs.p50, 200);
      // percentile_cont of 100, 200, 400
      assertNear(gpt.latencyMs.p95, 380);
      // Before it was one request of 10 tokens, without an error, and without output.
      const { change } = gpt;
      assert.deepEqual(
        [change.requests, change.errors, change.tokens.input, Math.round(change.cost.usd ?? 0)],
        [2, null, 1, 21],
      );
      assert.equal(change.outputTokensPerSecond, null);
      // From 100 to 200, each told to within 2 %.
      assert.ok(Math.abs((change.latencyMs.p50 ?? 0) - 1) < 0.09, String(change.latencyMs.p50));

      assert.deepEqual([mystery.share, mystery.change.requests], [0.25, null]);
      const { p50, p95, p99 } = mystery.latencyMs;
      for (const value of [p50, p95, p99]) assertNear(value, 250, 'one value');
      const paths = unavailable.map(({ path }) => path);
      assert.deepEqual(paths.filter((path) => !path.includes('.change')).sort(), [
        'data.1.cost.usd',
        'data.1.outputTokensPerSecond',
      ]);
    });

    it('those that are not listed are one', async () => {
      const query = { ...ask(), limit: 1 };
      const { data: models, other } = await telemetry.stats.models(workspace.id, query);
      assert.equal(models.length, 1);
      assert.deepEqual([other?.entries, other?.requests, other?.share], [1, 1, 0.25]);
      assert.deepEqual(other?.cost, { usd: '0.00', unpricedRequests: 1 });
    });

    it('side by side', async () => {
      const models = ['mystery', 'gpt-5', 'never used'];
      const told = await telemetry.stats.compareModels(workspace.id, { ...ask(), models });
      const [mystery, gpt, never] = told.models;
      assert.ok(mystery && gpt && never);
      assert.deepEqual(
        told.models.map(({ model, requests }) => [model, requests]),
        [
          ['mystery', 1],
          ['gpt-5', 3],
          ['never used', 0],
        ],
      );
      // 0.0022 over the two that have a price, and over their 220 tokens.
      assert.deepEqual(gpt.cost, {
        usd: '0.0022',
        unpricedRequests: 1,
        perRequestUsd: '0.0011',
        perMillionTokensUsd: '10.00',
      });
      assertNear(gpt.timeToFirstTokenMs.p99, 40);
      assert.deepEqual(
        [mystery.cost.perRequestUsd, mystery.cost.perMillionTokensUsd],
        [null, null],
      );
      assert.deepEqual(never.latencyMs, NOTHING);
      assert.equal(never.errorRate, null);
      const why = new Map(told.unavailable.map(({ path, reason }) => [path, reason]));
      assert.equal(why.get('models.2.errorRate'), 'There was no request.');
      assert.equal(why.get('models.0.cost.perRequestUsd'), 'No request has a known price.');
      assert.match(why.get('models.0.timeToFirstTokenMs') ?? '', /first token/);
      assert.ok(!why.has('models.1.timeToFirstTokenMs'));
    });

    it('nothing where nothing was sent', async () => {
      const empty = telemetry.workspace();
      const { data: models, other } = await telemetry.stats.models(
        empty.id,
        ask({ timeframe: 'all' }),
      );
      assert.deepEqual([models, other], [[], null]);
    });
  });

  describe('costs', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      const time = '2026-11-21T09:30:00Z';
      const ada = { at: time, user: 'ada', agent: 'support', team: 'blue' };
      await workspace.write(
        call({ ...ada, tokens: 100 }),
        call({ ...ada, tokens: 200, domain: 'b.example.com', model: 'claude-sonnet-4-5' }),
        call({ at: time, user: 'grace', agent: 'research', tokens: 400, team: 'red' }),
        call({ at: time, user: 'edsger', agent: 'research', tokens: 50, failed: true }),
        call({ at: time, user: null, tokens: 250 }),
        call({ at: time, user: 'ada', model: 'mystery', tokens: 1 }),
      );
    });

    const costs = async (
      breakdown: 'model' | 'domain' | 'user' | 'agent' | 'team',
      limit = 20,
      query: Partial<StatsQuery> = {},
    ) => telemetry.stats.costs(workspace.id, { ...ask(query), breakdown, limit });
    const brief = async (...asked: Parameters<typeof costs>) => {
      const { data: entries, other, unnamed } = await costs(...asked);
      return {
        entries: entries.map(({ label, cost, share, requests }) => [
          label,
          cost.usd,
          share,
          requests,
        ]),
        other: other && [other.entries, other.cost.usd, other.share, other.requests],
        unnamed: unnamed && [unnamed.cost.usd, unnamed.share, unnamed.requests],
      };
    };

    it('by model and by domain, the dearest first', async () => {
      const { total, unavailable } = await costs('model');
      assert.deepEqual(total.cost, { usd: '0.01', unpricedRequests: 1 });
      assert.deepEqual(await brief('model'), {
        entries: [
          ['gpt-5', '0.008', 0.8, 4],
          ['claude-sonnet-4-5', '0.002', 0.2, 1],
          ['mystery', '0.00', null, 1],
        ],
        other: null,
        unnamed: null,
      });
      const reason = 'No request has a known price.';
      assert.deepEqual(unavailable, [
        { path: 'data.2.cost.usd', reason },
        { path: 'data.2.share', reason },
      ]);
      assert.deepEqual((await brief('domain')).entries, [
        ['a.example.com', '0.008', 0.8, 5],
        ['b.example.com', '0.002', 0.2, 1],
      ]);
    });

    it('by user, agent and team: what names nobody is told apart', async () => {
      assert.deepEqual(await brief('user'), {
        entries: [
          ['grace', '0.004', 0.4, 1],
          ['ada', '0.003', 0.3, 3],
          ['edsger', '0.0005', 0.05, 1],
        ],
        other: null,
        unnamed: ['0.0025', 0.25, 1],
      });
      assert.deepEqual(await brief('agent'), {
        entries: [
          ['research', '0.0045', 0.45, 2],
          ['support', '0.003', 0.3, 2],
        ],
        other: null,
        unnamed: ['0.0025', 0.25, 2],
      });
      assert.deepEqual(await brief('team'), {
        entries: [
          ['red', '0.004', 0.4, 1],
          ['blue', '0.003', 0.3, 2],
        ],
        other: null,
        unnamed: ['0.003', 0.3, 3],
      });
    });

    it('what is not listed is one entry', async () => {
      assert.deepEqual(await brief('user', 1), {
        entries: [['grace', '0.004', 0.4, 1]],
        other: [2, '0.0035', 0.35, 4],
        unnamed: ['0.0025', 0.25, 1],
      });
    });

    it('of some domains alone', async () => {
      const domains = ['b.example.com'];
      assert.deepEqual(await brief('user', 20, { domains }), {
        entries: [['ada', '0.002', 1, 1]],
        other: null,
        unnamed: null,
      });
    });

    it('are not 0, but unknown, where nothing has a price', async () => {
      const unpriced = telemetry.workspace();
      const at = '2026-11-21T09:30:00Z';
      const mystery = { at, model: 'mystery' };
      await unpriced.write(call(mystery), call({ ...mystery, domain: 'b.example.com' }));
      const query = { ...ask(), breakdown: 'domain' as const, limit: 1 };
      const { data: entries, other, unavailable } = await telemetry.stats.costs(unpriced.id, query);
      assert.deepEqual([entries[0]?.share, other?.share], [null, null]);
      assert.deepEqual(unavailable.map(({ path }) => path).sort(), [
        'data.0.cost.usd',
        'data.0.share',
        'other.cost.usd',
        'other.share',
        'total.cost.usd',
      ]);
    });
  });

  describe('domains', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-21T09:00:00Z', user: 'ada' }),
        call({ at: '2026-11-21T10:06:59.999Z', user: 'grace', failed: true }),
        call({ at: '2026-11-21T10:01:00Z', domain: 'b.example.com', latencyMs: 300 }),
        call({ at: '2026-10-01T00:00:00.001Z', domain: 'silent.example.com' }),
        run('2026-11-21T08:00:00Z', 'completed', { domain: 'runs.example.com' }),
      );
    });

    it('are told busiest first, those that were silent last', async () => {
      const told = await telemetry.stats.domains(workspace.id, ask());
      assert.deepEqual([told.count.value, told.active, told.other], [4, 2, null]);
      assert.deepEqual(
        told.data.map(({ domain, requests, share, errorRate, users, lastRequestAt }) => [
          domain,
          requests,
          share,
          errorRate,
          users.active,
          lastRequestAt,
        ]),
        [
          ['a.example.com', 2, 2 / 3, 0.5, 2, '2026-11-21T10:06:59.999Z'],
          ['b.example.com', 1, 1 / 3, 0, 1, '2026-11-21T10:01:00.000Z'],
          ['silent.example.com', 0, 0, null, 0, '2026-10-01T00:00:00.001Z'],
          ['runs.example.com', 0, 0, null, 0, null],
        ],
      );
      assertNear(told.data[1]?.latencyMs.p95 ?? null, 300);
    });

    it('beyond the limit are one, whether they were active or not', async () => {
      const told = await telemetry.stats.domains(workspace.id, { ...ask(), limit: 1 });
      assert.deepEqual([told.count.value, told.active, told.data.length], [4, 2, 1]);
      const { other } = told;
      assert.deepEqual([other?.entries, other?.requests, other?.share], [3, 1, 1 / 3]);
    });

    it('that a question may not see are not counted', async () => {
      const domains = ['b.example.com', 'nowhere.example.com'];
      const told = await telemetry.stats.domains(workspace.id, ask({ domains }));
      assert.deepEqual([told.count.value, told.active], [1, 1]);
    });

    it('one in detail: figures, points and models that agree', async () => {
      const told = await telemetry.stats.domain(workspace.id, 'a.example.com', {
        now: NOW,
        granularity: 'hour',
      });
      assert.ok(told);
      assert.deepEqual([told.requests, told.errors, told.users.active], [2, 1, 2]);
      assert.equal(told.lastRequestAt, '2026-11-21T10:06:59.999Z');
      assert.deepEqual(
        told.points.filter(({ requests }) => requests > 0).map((point) => point.at),
        ['2026-11-21T09:00:00.000Z', '2026-11-21T10:00:00.000Z'],
      );
      assert.deepEqual(
        told.models.map(({ model, requests, share }) => [model, requests, share]),
        [['gpt-5', 2, 1]],
      );
    });

    it('one that never sent anything is none', async () => {
      const detail = (domain: string) => telemetry.stats.domain(workspace.id, domain, { now: NOW });
      assert.equal(await detail('nowhere.example.com'), null);
      const silent = await detail('silent.example.com');
      assert.deepEqual([silent?.requests, silent?.models], [0, []]);
    });

    it('whose latest request turns out to be another call know the one before', async () => {
      const changed = telemetry.workspace();
      const traceId = newTrace();
      const place = { traceId, domain: 'a.example.com', endedAt: at('2026-11-21T09:20:00Z') };
      const parent = observation({
        ...place,
        kind: 'usage-parent',
        startedAt: at('2026-11-21T09:10:00Z'),
        data: { model: 'gpt-5' },
      });
      const last = async () => {
        const { data: domains } = await telemetry.stats.domains(changed.id, ask());
        return domains[0]?.lastRequestAt;
      };
      await changed.write(call({ at: '2026-11-21T08:00:00.123Z' }));
      await changed.write(parent);
      assert.equal(await last(), '2026-11-21T09:10:00.000Z');
      // The leaf counts instead of its parent, and began in another domain's time.
      const leaf = { ...parent, key: 'leaf', kind: 'request' as const, spanId: '2'.repeat(16) };
      await changed.write({ ...leaf, domain: 'b.example.com' });
      assert.equal(await last(), '2026-11-21T08:00:00.123Z');
    });
  });

  describe('users', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-10-05T08:00:00Z', user: 'ada' }),
        call({ at: '2026-11-21T07:00:00Z', user: 'ada', tokens: 10 }),
        call({ at: '2026-11-21T09:00:00Z', user: 'ada', tokens: 10, failed: true }),
        call({ at: '2026-11-21T08:00:00Z', user: 'grace', tokens: 500 }),
        call({ at: '2026-11-21T06:00:00Z', user: 'edsger', tokens: 30, model: 'mystery' }),
        call({ at: '2026-11-21T08:30:00Z', user: null }),
        // Alan is of another time, and of another domain.
        call({ at: '2026-10-05T08:00:00Z', user: 'alan' }),
        call({ at: '2026-11-21T05:00:00Z', user: 'alan', domain: 'b.example.com' }),
      );
    });
    type Asked = Parameters<Telemetry['stats']['users']>[1];
    const list = (query: Partial<Asked> = {}) =>
      telemetry.stats.users(workspace.id, { ...ask(), sort: 'requests', ...query });
    const names = async (query: Partial<Asked>) => (await list(query)).data.map(({ user }) => user);

    it('are told with what they did, and since when they are known', async () => {
      const { data: users } = await list({ domains: ['a.example.com'] });
      assert.deepEqual(
        users.map(({ user, requests, errors, tokens, cost, firstSeenAt, lastSeenAt, ...it }) => [
          user,
          requests,
          errors,
          tokens.total,
          cost.usd,
          firstSeenAt.slice(0, 13),
          lastSeenAt.slice(0, 13),
          it.new,
        ]),
        [
          ['ada', 2, 1, 20, '0.0002', '2026-10-05T08', '2026-11-21T09', false],
          ['edsger', 1, 0, 30, '0.00', '2026-11-21T06', '2026-11-21T06', true],
          ['grace', 1, 0, 500, '0.005', '2026-11-21T08', '2026-11-21T08', true],
        ],
      );
    });

    it('are as new as the overview says', async () => {
      const { data: users } = await list();
      const told = (await telemetry.stats.overview(workspace.id, ask())).users;
      assert.equal(users.length, told.active);
      assert.equal(users.filter((user) => user.new).length, told.new);
    });

    it('come in any order', async () => {
      assert.deepEqual(await names({ sort: 'tokens' }), ['grace', 'edsger', 'ada', 'alan']);
      assert.deepEqual(await names({ sort: 'cost' }), ['grace', 'ada', 'alan', 'edsger']);
      assert.deepEqual(await names({ sort: 'errors' }), ['ada', 'alan', 'edsger', 'grace']);
      assert.deepEqual(await names({ sort: 'last_seen' }), ['ada', 'grace', 'edsger', 'alan']);
      assert.deepEqual(await names({ sort: 'first_seen' }), ['grace', 'edsger', 'ada', 'alan']);
    });

    it('come page by page, each once, though time goes on', async () => {
      for (const sort of [
        'requests',
        'errors',
        'tokens',
        'cost',
        'first_seen',
        'last_seen',
      ] as const) {
        const seen: string[] = [];
        const { users } = statsOf(telemetry.store);
        let from: PageQuery['from'] = null;
        let kept: Span | null = null;
        let now = NOW;
        do {
          const page = { from, limit: 1 };
          const found = await users(workspace.id, { ...ask(), sort, now, page, kept });
          seen.push(...found.body.data.map(({ user }) => user));
          from = found.around.next;
          kept = found.span;
          // By now the first of them would have left the last 24 hours.
          now += 22 * 3_600_000;
        } while (from);
        assert.deepEqual(seen, await names({ sort }), sort);
      }
    });
  });

  describe('the flow', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      const traceId = newTrace();
      const startedAt = at('2026-11-21T09:00:00Z');
      const root = 'f'.repeat(16);
      const part = (id: number, kind: 'tool' | 'agent', name: string, failed = false) =>
        observation({
          traceId,
          kind,
          spanId: String(id).padStart(16, '0'),
          startedAt,
          endedAt: startedAt + 10,
          data: {
            parentSpanId: root,
            ...(kind === 'tool' ? { tool: name } : { agent: name }),
            error: failed ? failure : null,
          },
        });
      await workspace.write(
        observation({
          traceId,
          kind: 'agent',
          spanId: root,
          startedAt,
          endedAt: startedAt + 1_000,
          data: { agent: 'support' },
        }),
        part(1, 'tool', 'search'),
        part(2, 'tool', 'search', true),
        part(3, 'tool', 'mail'),
        part(4, 'agent', 'critic'),
        call({ at: '2026-11-21T09:00:00Z', agent: 'support' }),
        call({ at: '2026-11-21T09:00:00Z', agent: 'support', failed: true }),
        call({ at: '2026-11-21T09:00:00Z', model: 'mystery' }),
        // A run of the day before.
        run('2026-11-20T10:06:59Z', 'completed', { agent: 'support' }),
      );
    });

    const brief = async (limit: number) => {
      const {
        data: links,
        nodes,
        other,
      } = await telemetry.stats.flow(workspace.id, {
        ...ask(),
        limit,
      });
      return {
        links: links.map(({ source, target, calls, errors }) => [source, target, calls, errors]),
        nodes: nodes.map(({ id, name }) => [id, name]),
        other: other.map((rest) => Object.values(rest)),
      };
    };

    it('tells who calls what, and how often that fails', async () => {
      assert.deepEqual(await brief(20), {
        links: [
          ['agent:support', 'model:gpt-5', 2, 1],
          ['agent:support', 'tool:search', 2, 1],
          ['agent:support', 'agent:critic', 1, 0],
          ['agent:', 'model:mystery', 1, 0],
          ['agent:support', 'tool:mail', 1, 0],
        ],
        nodes: [
          ['agent:support', 'support'],
          ['model:gpt-5', 'gpt-5'],
          ['tool:search', 'search'],
          ['agent:critic', 'critic'],
          ['agent:', null],
          ['model:mystery', 'mystery'],
          ['tool:mail', 'mail'],
        ],
        other: [],
      });
    });

    it('sums what it does not list, by kind', async () => {
      const { links, nodes, other } = await brief(2);
      assert.deepEqual([links.length, nodes.length], [2, 3]);
      assert.deepEqual(other, [
        ['model', 1, 1, 0],
        ['tool', 1, 1, 0],
        ['agent', 1, 1, 0],
      ]);
    });
  });
});
