/** Each figure of the executive overview on cases that were computed by hand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isAway } from '../../../server/store/database/errors.ts';
import { ExecutiveStore, type ExecutiveQuery } from '../../../server/store/read/executive.ts';
import { Business, credit, customer, DAY, spend, subscription } from './business-data.ts';
import { failure, observation } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const at = (text: string): number => Date.parse(text);
const NOW = '2026-11-21T10:00:00Z';
/** So many days before now. */
const ago = (days: number, ms = 0): string => new Date(at(NOW) - days * DAY + ms).toISOString();

let traces = 0;
const nextTrace = (): string => String(++traces).padStart(32, '0');

/** A model call in a trace of its own. */
function call(startedAt: string, user: string | null = 'ada', domain = 'a.example.com') {
  return observation({
    ...{ traceId: nextTrace(), domain, startedAt: at(startedAt), endedAt: at(startedAt) + 100 },
    data: { user, latencyMs: 100 },
  });
}

interface Run {
  agent?: string | null;
  ms?: number | null;
  failed?: boolean;
  domain?: string;
}

/** A run of an agent, without a call; `ms: null`: it has no end. */
function run(startedAt: string, { agent = 'support', ms = 1_000, failed, domain }: Run = {}) {
  return observation({
    ...{ traceId: nextTrace(), kind: 'agent', domain: domain ?? 'a.example.com' },
    startedAt: at(startedAt),
    endedAt: ms === null ? null : at(startedAt) + ms,
    data: { agent, error: failed ? failure : null },
  });
}

describe('the executive overview', () => {
  let telemetry: Telemetry;
  let business: Business;
  let executive: ExecutiveStore;
  const failures: string[] = [];
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = at(NOW);
    business = new Business(telemetry);
    const onError = (path: string) => failures.push(path);
    executive = new ExecutiveStore({ store: telemetry.store, onError });
  });
  after(() => telemetry.close());

  const ask = ({ id }: Workspace, query: Partial<ExecutiveQuery> & { at?: string } = {}) => {
    const { at: now = NOW, ...rest } = query;
    return executive.overview(id, { timeframe: '7d', domains: null, now: at(now), ...rest });
  };

  const reasonFor = (
    { unavailable }: { unavailable: { path: string; reason: string }[] },
    path: string,
  ): string | undefined => unavailable.find((one) => one.path === path)?.reason;

  const close = (value: number | null | undefined, exact: number, share = 1e-9): void =>
    assert.ok(
      value != null && Math.abs(value - exact) <= exact * share,
      `${String(value)} is not ${exact}`,
    );

  describe('of users', () => {
    it('counts who was active in the last 1, 7 and 30 days, to the millisecond', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call(ago(1), 'at the begin of the day'),
        call(ago(1, -1), 'just before the day'),
        call(ago(7), 'at the begin of the week'),
        call(ago(7, -1), 'just before the week'),
        call(ago(30), 'at the begin of the month'),
        call(ago(30, -1), 'just before the month'),
        call(ago(0), 'not yet'),
      );
      const { userMetrics } = await ask(workspace, { timeframe: '24h' });
      assert.deepEqual([userMetrics?.dau, userMetrics?.wau, userMetrics?.mau], [1, 3, 5]);
      // The day before: the second of them. The week that ended then lacks the first only.
      assert.equal(userMetrics?.change.dau, 0);
      assert.equal(userMetrics.change.wau, 0);
    });

    it('tells who is new, gone, and what share of all is active', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call(ago(40), 'long gone'),
        call(ago(10), 'gone'),
        call(ago(9), 'gone too'),
        call(ago(8), 'stays'),
        call(ago(2), 'stays'),
        call(ago(1), 'new'),
      );
      const { userMetrics: users } = await ask(workspace);
      assert.deepEqual(
        [users?.active, users?.new, users?.churned, users?.activeRate],
        [2, 1, 2, 2 / 5],
      );
      // The week before: three active of four seen, none of whom had been there the week before it.
      assert.deepEqual(
        [users?.change.active, users?.change.new, users?.change.churned],
        [-1 / 3, -2 / 3, null],
      );
      close(users?.change.activeRate && users.change.activeRate * -1, 1 - 0.4 / 0.75);
      assert.deepEqual((await ask(workspace)).topUsers, [
        { user: 'new', requests: 1 },
        { user: 'stays', requests: 1 },
      ]);
    });

    it('finds nobody gone where the data start after the period before did, and says so', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call(ago(2), 'here'));
      const overview = await ask(workspace);
      assert.equal(overview.userMetrics?.churned, null);
      assert.match(reasonFor(overview, 'userMetrics.churned') ?? '', /^The data starts at /);
      const nobody = await ask(telemetry.workspace());
      assert.equal(nobody.userMetrics?.churned, null);
      assert.equal(
        reasonFor(nobody, 'userMetrics.churned'),
        'Nothing was recorded in the earlier period.',
      );
    });

    it('ranks nobody who was erased', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call(ago(2), 'erased'),
        call(ago(1), 'erased'),
        call(ago(1), 'ada'),
        call(ago(1), null),
      );
      assert.deepEqual((await ask(workspace)).topUsers, [{ user: 'ada', requests: 1 }]);
    });

    it('has no period before all, and says so', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call(ago(10)));
      const overview = await ask(workspace, { timeframe: 'all' });
      assert.equal(overview.userMetrics?.churned, null);
      assert.equal(overview.userMetrics.activeRate, 1);
      assert.equal(reasonFor(overview, 'userMetrics.churned'), 'There is no earlier period.');
      assert.ok(Object.values(overview.userMetrics.change).every((change) => change === null));
    });
  });

  describe('of executions', () => {
    it('counts them, and tells how long they took', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        ...[1_000, 2_000, 3_000, 4_000].map((ms) => run(ago(1), { ms })),
        run(ago(3), { ms: 10_000, failed: true }),
        // Neither succeeded nor failed: abandoned, and one that runs.
        run(ago(2), { ms: null }),
        run(ago(0, -60_000), { ms: null }),
        run(ago(9), { ms: 40_000 }),
        // The data cover the week before.
        run(ago(20), { ms: 1 }),
      );
      const overview = await ask(workspace);
      const { executionMetrics: runs } = overview;
      assert.deepEqual([runs?.total, runs?.completed, runs?.failed], [7, 4, 1]);
      assert.equal(runs?.successRate, 0.8);
      assert.equal(runs.avgRuntimeMs, 4_000);
      // percentile_cont of 1, 2, 3, 4 and 10 s: 4 + 0.8 * 6
      close(runs.p95RuntimeMs, 8_800, 0.02);
      assert.equal(runs.change.total, 6);
      assert.equal(runs.change.failed, null);
      assert.equal(runs.change.successRate, -0.19999999999999996);
      assert.equal(runs.creditsUsed, null);
      assert.equal(
        reasonFor(overview, 'executionMetrics.creditsUsed'),
        'No credits have been reported.',
      );
    });

    it('have a runtime also where one is all there is, and none where there is none', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(run(ago(1), { ms: 500 }));
      const { executionMetrics: runs } = await ask(workspace);
      assert.equal(runs?.avgRuntimeMs, 500);
      close(runs.p95RuntimeMs, 500, 0.02);
      const empty = await ask(telemetry.workspace());
      assert.equal(empty.executionMetrics?.avgRuntimeMs, null);
      assert.match(reasonFor(empty, 'executionMetrics.p95RuntimeMs') ?? '', /completed or failed/);
    });

    it('used the credits that were told of the period', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        credits: [
          credit('a', ago(7), 0.1),
          credit('b', ago(0, -1), 0.2),
          credit('not in it', ago(0), 8),
          credit('before', ago(8), 0.4),
          credit('long before', ago(20), 128),
          credit('a grant', ago(1), 16, { kind: 'grant', amountUsd: '12.50' }),
          credit('a gift', ago(1), 32, { kind: 'grant' }),
          credit('taken back', ago(1), 64, { deleted: true }),
        ],
      });
      const { executionMetrics: runs, businessMetrics, trends } = await ask(workspace);
      assert.equal(runs?.creditsUsed, 0.3);
      close(runs.change.creditsUsed && -runs.change.creditsUsed, 0.25);
      assert.equal(businessMetrics?.creditSalesUsd, '12.50');
      assert.deepEqual(
        trends.revenue?.map(({ creditSalesUsd }) => Number(creditSalesUsd)),
        [0, 0, 0, 0, 0, 0, 12.5, 0],
      );
      assert.equal(trends.revenue[0]?.mrrUsd, null);
    });
  });

  describe('of agents', () => {
    it('ranks those that have a name by their runs', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        ...[100, 200, 300].map((ms) => run(ago(1), { agent: 'triage', ms })),
        run(ago(2), { agent: 'triage', failed: true, ms: 600 }),
        run(ago(2), { agent: 'writer', ms: 5_000 }),
        run(ago(2), { agent: 'writer', ms: null }),
        ...Array.from({ length: 5 }, () => run(ago(2), { agent: null })),
        run(ago(20), { agent: 'retired' }),
        run(ago(9), { agent: 'writer' }),
      );
      const { agentMetrics } = await ask(workspace);
      assert.deepEqual(
        agentMetrics?.topAgents.map(({ avgRuntimeMs: _, ...agent }) => agent),
        [
          { name: 'triage', total: 4, completed: 3, failed: 1, successRate: 0.75 },
          { name: 'writer', total: 2, completed: 1, failed: 0, successRate: 1 },
        ],
      );
      assert.equal(agentMetrics.topAgents[0]?.avgRuntimeMs, 300);
      assert.equal(agentMetrics.topAgents[1]?.avgRuntimeMs, 5_000);
      assert.deepEqual(
        [agentMetrics.total, agentMetrics.active, agentMetrics.change],
        [3, 2, { total: 0.5, active: 1 }],
      );
      assert.equal((await ask(workspace, { domains: ['b.example.com'] })).agentMetrics?.total, 0);
    });
  });

  describe('of money', () => {
    it('adds up what active subscriptions pay, brought to the month', async () => {
      const workspace = telemetry.workspace();
      const since = '2026-01-01T00:00:00Z';
      await business.send(workspace, {
        subscriptions: [
          subscription('monthly', since),
          subscription('yearly', since, { amountUsd: '1000', interval: 'year' }),
          subscription('quarterly', since, { amountUsd: '100.50', interval: 'quarter' }),
          subscription('weekly', since, { amountUsd: '3', interval: 'week' }),
          subscription('on trial', since, { status: 'trial' }),
          subscription('paused', since, { status: 'paused' }),
          subscription('ended', since, { status: 'ended' }),
          subscription('for nothing', since, { amountUsd: '0' }),
          subscription('mistaken', since, { deleted: true }),
          subscription('of a deleted customer', since, { customerId: 'gone' }),
        ],
        customers: [customer('gone', { deleted: true })],
      });
      const { businessMetrics: money } = await ask(workspace);
      // 12 * 100 + 1000 + 4 * 100.50 + 52 * 3
      assert.equal(money?.arrUsd, '2758.00');
      // 2758 / 12 = 229.8333…
      assert.equal(money.mrrUsd, '229.83');
      assert.deepEqual([money.paidCustomers, money.trialCustomers], [4, 1]);
    });

    it('takes the words of Stripe for a status as its own', async () => {
      const meanings = {
        ...{ trialing: 'trial', active: 'active', past_due: 'active', unpaid: 'paused' },
        ...{ canceled: 'ended', incomplete: 'paused', incomplete_expired: 'ended' },
        ...{ paused: 'paused' },
      } as const;
      for (const [word, ours] of Object.entries(meanings)) {
        const figures = [];
        for (const status of [word, ours] as (keyof typeof meanings)[]) {
          const workspace = telemetry.workspace();
          await business.send(workspace, {
            subscriptions: [
              subscription('stays', ago(90)),
              subscription('changes', ago(90)),
              subscription('changes', ago(10), { status }),
              subscription('starts', ago(10), { status }),
            ],
          });
          const { businessMetrics } = await ask(workspace, { timeframe: '30d' });
          figures.push(businessMetrics);
        }
        assert.deepEqual(figures[0], figures[1], word);
        const { paidCustomers, trialCustomers, churnRate } = figures[0] ?? {};
        assert.deepEqual(
          [paidCustomers, trialCustomers, churnRate],
          { active: [3, 0, 0], trial: [1, 2, 0.5], paused: [1, 0, 0.5], ended: [1, 0, 0.5] }[ours],
          word,
        );
      }
      const workspace = telemetry.workspace();
      const said = (status: 'trialing' | 'trial') =>
        business.send(workspace, { subscriptions: [subscription('s', ago(1), { status })] });
      await said('trialing');
      assert.equal((await said('trial')).subscriptions.unchanged, 1);
    });

    it('takes what is so just before the end of the period', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        subscriptions: [
          subscription('just in time', ago(0, -1)),
          subscription('too late', ago(0), { amountUsd: '1' }),
          subscription('until the end', ago(20), { amountUsd: '20', endedAt: ago(0) }),
          subscription('until before', ago(20), { amountUsd: '300', endedAt: ago(0, -1) }),
          subscription('changes', ago(20), { amountUsd: '4000' }),
          subscription('changes', ago(3), { amountUsd: '5000' }),
          subscription('changes', ago(0), { amountUsd: '6000' }),
        ],
      });
      const { businessMetrics: money } = await ask(workspace);
      assert.equal(money?.mrrUsd, '5120.00');
      // At the begin: 20, 300 and 4000.
      close(money.change.mrrUsd, 5120 / 4320 - 1);
    });

    it('counts who has left, and what one is worth until then', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        subscriptions: [
          ...['a', 'b', 'c', 'd'].map((id) => subscription(id, ago(90))),
          subscription('d', ago(10), { status: 'ended' }),
          // Left and came back; two subscriptions of which one ends; came and left.
          subscription('c', ago(20), { status: 'paused' }),
          subscription('c', ago(5)),
          subscription('second of b', ago(90), { customerId: 'b', amountUsd: '1' }),
          subscription('second of b', ago(9), { customerId: 'b', status: 'ended' }),
          subscription('short', ago(20), { endedAt: ago(15) }),
          subscription('e', ago(4), { amountUsd: '200' }),
        ],
      });
      const { businessMetrics: money } = await ask(workspace, { timeframe: '30d' });
      assert.equal(money?.churnRate, 1 / 4);
      assert.equal(money.newCustomers, 2);
      assert.equal(money.paidCustomers, 4);
      // $500 of 4 customers; of a month 1 - 0.75 ** (30.4375 / 30) leave: 125 / 0.253140…
      assert.equal(money.ltvUsd, '493.80');
      const quarter = await ask(workspace, { timeframe: '90d' });
      // Nobody paid just before it.
      assert.equal(quarter.businessMetrics?.churnRate, null);
      assert.match(
        reasonFor(quarter, 'businessMetrics.churnRate') ?? '',
        /was paying at the start/,
      );
      const week = await ask(workspace, { timeframe: '7d' });
      assert.equal(week.businessMetrics?.churnRate, 0);
      assert.equal(week.businessMetrics.ltvUsd, null);
      assert.match(reasonFor(week, 'businessMetrics.ltvUsd') ?? '', /churned/);
      const all = await ask(workspace, { timeframe: 'all' });
      assert.equal(all.businessMetrics?.churnRate, null);
      assert.equal(reasonFor(all, 'businessMetrics.churnRate'), 'There is no earlier period.');
      assert.equal(all.businessMetrics.newCustomers, 6);
    });

    it('divides spend by the customers who came in the time that it is of', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        spend: [
          // Of the 30 days until November 21st, 10:00, it is of 20 days and 10 hours.
          spend('ads', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z', '3000'),
          spend('mistaken', ago(20), ago(10), '999', { deleted: true }),
        ],
        subscriptions: [
          subscription('in October', '2026-10-25T00:00:00Z'),
          subscription('a', '2026-11-03T00:00:00Z'),
          subscription('b', '2026-11-10T00:00:00Z'),
          subscription('tried first', '2026-10-25T00:00:00Z', { status: 'trial' }),
          subscription('known', '2026-01-01T00:00:00Z', { endedAt: '2026-02-01T00:00:00Z' }),
          subscription('known', '2026-11-12T00:00:00Z'),
        ],
      });
      const { businessMetrics: money } = await ask(workspace, { timeframe: '30d' });
      // 3000 * (20 + 10 / 24) / 30 = 2041.666…, of two
      assert.equal(money?.cacUsd, '1020.83');
      assert.equal(money.newCustomers, 3);
      const day = await ask(workspace, { timeframe: '24h' });
      assert.equal(day.businessMetrics?.cacUsd, null);
      assert.match(reasonFor(day, 'businessMetrics.cacUsd') ?? '', /was gained/);
    });

    it('rounds half a cent up, however it comes about', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        // Three thirds of half a cent beside a dollar; floats make 1.00 of it.
        spend: [
          spend('ads', ago(7), ago(0), '1'),
          ...['a', 'b', 'c'].map((id) => spend(id, ago(7), ago(-14), '0.005')),
        ],
        subscriptions: [
          subscription('won', ago(1), { amountUsd: '1.005' }),
          subscription('lost', ago(30), { endedAt: ago(1) }),
        ],
      });
      const { businessMetrics: money } = await ask(workspace);
      assert.equal(money?.cacUsd, '1.01');
      assert.equal(money.mrrUsd, '1.01');
      // All who paid have left: a customer stays for a month.
      assert.equal(money.churnRate, 1);
      assert.equal(money.ltvUsd, '1.01');
    });

    it('has no ratio to a CAC of 0, and says so', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        spend: [spend('for nothing', ago(7), ago(0), '0')],
        subscriptions: [
          subscription('won', ago(1)),
          subscription('kept', ago(30)),
          subscription('lost', ago(30), { endedAt: ago(1) }),
        ],
      });
      const overview = await ask(workspace);
      const { cacUsd, ltvCacRatio } = overview.businessMetrics ?? {};
      assert.deepEqual([cacUsd, ltvCacRatio], ['0.00', null]);
      assert.equal(reasonFor(overview, 'businessMetrics.ltvCacRatio'), 'cacUsd is 0.');
    });

    it('has no active customer where those who are told of are yet to come', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        customers: [customer('next', { domains: ['a.example.com'], createdAt: ago(-1) })],
      });
      await workspace.write(call(ago(1)));
      const overview = await ask(workspace);
      assert.equal(overview.businessMetrics?.activeCustomers, 0);
      assert.equal(reasonFor(overview, 'businessMetrics.activeCustomers'), undefined);
    });

    it('adds up spend of several channels, in months of any length', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        spend: [
          spend('february', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '2800'),
          spend('march', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', '3100'),
          spend('fair', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z', '70'),
        ],
        subscriptions: [
          subscription('lost', '2026-01-15T00:00:00Z', { endedAt: '2026-03-01T00:00:00Z' }),
          subscription('kept', '2026-01-15T00:00:00Z'),
          subscription('won', '2026-02-27T00:00:00Z'),
        ],
      });
      // Seven days until March 4th: four of February at $100, three of March at $100, and the fair.
      const { businessMetrics: money } = await ask(workspace, { at: '2026-03-04T00:00:00Z' });
      assert.equal(money?.cacUsd, '770.00');
      assert.equal(money.churnRate, 0.5);
      // 100 / (1 - 0.5 ** (30.4375 / 7)), by 770
      close(money.ltvCacRatio, 100 / (1 - 0.5 ** (30.4375 / 7)) / 770);
    });

    it('says what can not be told, and why', async () => {
      const overview = await ask(telemetry.workspace());
      assert.ok(
        Object.entries(overview.businessMetrics ?? {}).every(
          ([name, value]) => name === 'change' || value === null,
        ),
      );
      const paths = overview.unavailable.map(({ path }) => path);
      assert.deepEqual(paths.filter((path) => !path.includes('change')).sort(), [
        'activeAlerts',
        'businessMetrics.activeCustomers',
        'businessMetrics.arrUsd',
        'businessMetrics.cacUsd',
        'businessMetrics.churnRate',
        'businessMetrics.creditSalesUsd',
        'businessMetrics.ltvCacRatio',
        'businessMetrics.ltvUsd',
        'businessMetrics.mrrUsd',
        'businessMetrics.newCustomers',
        'businessMetrics.paidCustomers',
        'businessMetrics.trialCustomers',
        'executionMetrics.avgRuntimeMs',
        'executionMetrics.creditsUsed',
        'executionMetrics.p95RuntimeMs',
        'executionMetrics.successRate',
        'trends.revenue',
        'userMetrics.activeRate',
        'userMetrics.churned',
      ]);
    });

    it('tells some domains of the customers who have one of them', async () => {
      const workspace = telemetry.workspace();
      const domains = ['a.example.com', 'b.example.com'];
      await business.send(workspace, {
        customers: [
          customer('both', { domains }),
          customer('other', { domains: ['c.example.com'] }),
          customer('silent', { domains: ['d.example.com'] }),
        ],
        subscriptions: [
          subscription('1', ago(3), { customerId: 'both' }),
          subscription('2', ago(3), { customerId: 'other', amountUsd: '20' }),
          subscription('3', ago(3), { customerId: 'not told of', amountUsd: '3' }),
        ],
        spend: [spend('ads', ago(7), ago(0), '70')],
        credits: [
          credit('1', ago(1), 1, { customerId: 'both' }),
          credit('2', ago(1), 10, { customerId: 'other' }),
          credit('3', ago(1), 100, { customerId: null }),
        ],
      });
      await workspace.write(
        call(ago(1), 'ada', 'b.example.com'),
        run(ago(2), { domain: 'c.example.com' }),
      );
      const of = async (some: string[] | null) => {
        const { businessMetrics: money, executionMetrics } = await ask(workspace, {
          domains: some,
        });
        const { mrrUsd, activeCustomers, cacUsd } = money ?? {};
        return [mrrUsd, activeCustomers, cacUsd, executionMetrics?.creditsUsed];
      };
      assert.deepEqual(await of(null), ['123.00', 2, '23.33', 111]);
      assert.deepEqual(await of(['a.example.com']), ['100.00', 0, null, 1]);
      assert.deepEqual(await of(['b.example.com']), ['100.00', 1, null, 1]);
      assert.deepEqual(await of(['c.example.com', 'd.example.com']), ['20.00', 1, null, 10]);
      assert.deepEqual(await of(['e.example.com']), [null, null, null, null]);
      assert.deepEqual(await of([]), [null, null, null, null]);
      const limited = await ask(workspace, { domains: ['a.example.com'] });
      assert.match(reasonFor(limited, 'businessMetrics.cacUsd') ?? '', /whole workspace/);
    });
  });

  describe('over time', () => {
    it('has the days of the reader, also where they begin at the half or the quarter', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call('2026-11-19T18:14:59Z', 'ada'),
        call('2026-11-19T18:15:00Z', 'grace'),
        call('2026-11-19T18:29:59Z', 'grace'),
        call('2026-11-19T18:30:00Z', 'edsger'),
        run('2026-11-19T18:20:00Z'),
      );
      await business.send(workspace, {
        subscriptions: [subscription('a', '2026-11-19T18:20:00Z')],
      });
      const of = async (timezone: string) => {
        const { trends } = await ask(workspace, { timezone });
        assert.equal(trends.granularity, 'day');
        const index = trends.users?.findIndex(({ at: day }) => day.startsWith('2026-11-18')) ?? -1;
        const days = [index, index + 1];
        return days.map((day) => [
          trends.users?.[day]?.at,
          trends.users?.[day]?.active,
          trends.executions?.[day]?.total,
          trends.errors?.[day]?.requests,
          trends.revenue?.[day]?.mrrUsd,
        ]);
      };
      assert.deepEqual(await of('Asia/Kolkata'), [
        ['2026-11-18T18:30:00.000Z', 2, 1, 3, '100.00'],
        ['2026-11-19T18:30:00.000Z', 1, 0, 1, '100.00'],
      ]);
      assert.deepEqual(await of('Asia/Kathmandu'), [
        // Before the first subscription nothing is known of revenue.
        ['2026-11-18T18:15:00.000Z', 1, 0, 1, null],
        ['2026-11-19T18:15:00.000Z', 2, 1, 3, '100.00'],
      ]);
    });

    it('has days of 23 and of 25 hours', async () => {
      const workspace = telemetry.workspace();
      const everyHour = (from: string) =>
        Array.from({ length: 72 }, (_, hour) =>
          call(new Date(at(from) + hour * 3_600_000).toISOString()),
        );
      await workspace.write(
        ...everyHour('2026-03-27T23:00:00Z'),
        ...everyHour('2026-10-23T22:00:00Z'),
      );
      const requestsOf = async (now: string, first: string) => {
        const { trends } = await ask(workspace, { at: now, timezone: 'Europe/Berlin' });
        const days = trends.errors?.map(({ at: day, requests }) => [day, requests]) ?? [];
        return days.slice(days.findIndex(([day]) => day === first)).slice(0, 2);
      };
      assert.deepEqual(await requestsOf('2026-03-31T00:00:00Z', '2026-03-28T23:00:00.000Z'), [
        ['2026-03-28T23:00:00.000Z', 23],
        ['2026-03-29T22:00:00.000Z', 24],
      ]);
      assert.deepEqual(await requestsOf('2026-10-27T00:00:00Z', '2026-10-24T22:00:00.000Z'), [
        ['2026-10-24T22:00:00.000Z', 25],
        ['2026-10-25T23:00:00.000Z', 23],
      ]);
    });

    it('has months as long as they are', async () => {
      const workspace = telemetry.workspace();
      await business.send(workspace, {
        subscriptions: [
          // The last hour of January, of February and of March in Berlin, whose clock has moved.
          subscription('a', '2026-01-31T22:30:00Z'),
          subscription('b', '2026-02-28T22:30:00Z', { amountUsd: '20' }),
          subscription('c', '2026-03-31T21:30:00Z', { amountUsd: '3' }),
          subscription('d', '2026-03-31T22:00:00Z', { amountUsd: '0.4' }),
          subscription('a', '2026-05-15T00:00:00Z', { status: 'ended' }),
        ],
      });
      const { trends, period } = await ask(workspace, {
        timeframe: 'all',
        timezone: 'Europe/Berlin',
        at: '2026-06-10T00:00:00Z',
      });
      assert.equal(period.from, '2026-01-31T00:00:00.000Z');
      assert.equal(trends.granularity, 'month');
      assert.deepEqual(
        trends.revenue?.map(({ at: month, mrrUsd }) => [month, mrrUsd]),
        [
          ['2025-12-31T23:00:00.000Z', '100.00'],
          ['2026-01-31T23:00:00.000Z', '120.00'],
          ['2026-02-28T23:00:00.000Z', '123.00'],
          ['2026-03-31T22:00:00.000Z', '123.40'],
          ['2026-04-30T22:00:00.000Z', '23.40'],
          ['2026-05-31T22:00:00.000Z', '23.40'],
        ],
      );
    });

    it('has one point where there is one row', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call(ago(0, -3_600_000)));
      const { trends, period, userMetrics } = await ask(workspace, { timeframe: 'all' });
      assert.equal(period.from, '2026-11-21T00:00:00.000Z');
      assert.equal(trends.granularity, 'hour');
      assert.equal(trends.errors?.length, 10);
      assert.deepEqual(trends.errors.at(-1), {
        ...{ at: '2026-11-21T09:00:00.000Z', partial: false, noData: false },
        ...{ requests: 1, errors: 0, errorRate: 0 },
      });
      assert.equal(userMetrics?.new, 1);
      const empty = await ask(telemetry.workspace(), { timeframe: 'all' });
      assert.deepEqual(empty.trends.executions, []);
      assert.equal(empty.period.from, empty.period.to);
    });
  });

  describe('of which a part fails', () => {
    const without = async (table: string, work: () => Promise<void>): Promise<void> => {
      failures.length = 0;
      await telemetry.store.exec(`alter table ${table} rename to away`);
      try {
        await work();
      } finally {
        await telemetry.store.exec(`alter table away rename to ${table}`);
      }
    };

    it('tells the others', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call(ago(1)), run(ago(1)));
      await business.send(workspace, { subscriptions: [subscription('a', ago(3))] });
      const failed = async (): Promise<string[]> => {
        const overview = await ask(workspace);
        const untold = overview.unavailable
          .filter(({ reason }) => reason === 'It could not be computed.')
          .map(({ path }) => path);
        for (const path of untold) {
          const value = path
            .split('.')
            .reduce<unknown>((it, name) => (it as Record<string, unknown>)[name], overview);
          assert.equal(value, null, path);
        }
        assert.deepEqual(failures, untold);
        return untold;
      };
      assert.deepEqual(await failed(), []);
      await without('credit_sums', async () => {
        assert.deepEqual(await failed(), [
          'executionMetrics.creditsUsed',
          'businessMetrics',
          'trends.revenue',
        ]);
        assert.equal((await ask(workspace)).executionMetrics?.total, 1);
      });
      await without('user_sets', async () => {
        assert.deepEqual(await failed(), ['userMetrics', 'trends.users', 'topUsers']);
        assert.equal((await ask(workspace)).businessMetrics?.mrrUsd, '100.00');
      });
      await without('agent_sums', async () => assert.deepEqual(await failed(), ['agentMetrics']));
      await without('domain_sums', async () => {
        const untold = ['executionMetrics', 'businessMetrics'];
        assert.deepEqual(await failed(), [...untold, 'trends.executions', 'trends.errors']);
      });
    });

    it('tells all of what is left from where that begins, and says so', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call(ago(3)));
      await business.send(workspace, {
        subscriptions: [subscription('a', ago(9))],
        credits: [credit('b', ago(20), 1)],
      });
      const of = async () => {
        const { period, unavailable } = await ask(workspace, { timeframe: 'all' });
        const reasons = unavailable.filter(({ path }) => path === 'period.from');
        return [period.from.slice(0, 10), ...reasons.map(({ reason }) => reason)];
      };
      const reason =
        'The start of some of the data could not be determined: earlier data may exist.';
      assert.deepEqual(await of(), ['2026-11-01']);
      await without('credit_sums', async () =>
        assert.deepEqual(await of(), ['2026-11-12', reason]),
      );
      await without('subscription_changes', async () => {
        assert.deepEqual(await of(), ['2026-11-01', reason]);
        assert.ok(failures.includes('period.from'));
        assert.equal((await ask(workspace, { timeframe: 'all' })).userMetrics?.active, 1);
      });
      await without('domain_sums', async () => {
        assert.deepEqual(await of(), ['2026-11-01', reason]);
      });
    });

    it('asks no other part where the database is away', async () => {
      const other = await Telemetry.open();
      await other.close();
      const paths: string[] = [];
      const lost = new ExecutiveStore({ store: other.store, onError: (path) => paths.push(path) });
      for (const timeframe of ['7d', 'all'] as const) {
        const query = { timeframe, domains: null, now: at(NOW) };
        await assert.rejects(lost.overview(other.workspace().id, query), isAway);
      }
      assert.deepEqual(paths, []);
    });

    it('fails as a whole where every part does', async (t) => {
      const other = await Telemetry.open();
      t.after(() => other.close());
      await other.store.exec('revoke select on all tables in schema public from cloudbrain_app');
      const paths: string[] = [];
      const onError = (path: string) => paths.push(path);
      const lost = new ExecutiveStore({ store: other.store, onError });
      const query = { timeframe: '7d', domains: null, now: at(NOW) } as const;
      await assert.rejects(lost.overview(other.workspace().id, query), /permission denied/);
      assert.equal(paths.length, 9);
      const all = { ...query, timeframe: 'all' } as const;
      await assert.rejects(lost.overview(other.workspace().id, all), /permission denied/);
    });
  });
});
