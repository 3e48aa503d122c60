import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BusinessBatch } from '../../../server/store/business/records.ts';
import { runs } from '../../support/effort.ts';
import { Business, credit, customer, spend, subscription } from './business-data.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

describe('business data', () => {
  let telemetry: Telemetry;
  let business: Business;
  before(async () => {
    telemetry = await Telemetry.open();
    business = new Business(telemetry);
  });
  after(() => telemetry.close());

  /** All that is kept, without what names the workspace. */
  async function state(workspace: Workspace): Promise<unknown> {
    const tables = {
      customers: 'id',
      customer_domains: 'domain, customer_id',
      subscription_changes: 'id, changed_at',
      acquisition_spend: 'id',
      credits: 'id',
      credit_sums: 'grain, slot, customer_id',
    };
    const all: Record<string, unknown> = {};
    for (const [table, order] of Object.entries(tables)) {
      const rows = await workspace.rows(table, order);
      all[table] = rows.map(({ workspace_id: _, ...row }) => row);
    }
    // Decimals that are equal may be written with more or fewer zeros.
    return JSON.parse(
      JSON.stringify(all, (key, value: unknown) =>
        /usd|credits|used/.test(key) && typeof value === 'string' ? Number(value) : value,
      ),
    );
  }

  const some: BusinessBatch = {
    customers: [customer('acme')],
    subscriptions: [subscription('acme', '2026-02-01T00:00:00Z')],
    spend: [spend('ads', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '280')],
    credits: [credit('used', '2026-02-02T00:00:00Z', 1.5)],
  };

  it('tell what became of each record', async () => {
    const workspace = telemetry.workspace();
    const one = (counts: Partial<Record<'changed' | 'unchanged' | 'outdated', number>>) => ({
      ...{ changed: 0, unchanged: 0, outdated: 0 },
      ...counts,
    });
    const all = (counts: object) => ({
      ...{ customers: counts, subscriptions: counts, spend: counts, credits: counts },
    });
    assert.deepEqual(await business.send(workspace, some), all(one({ changed: 1 })));
    assert.deepEqual(await business.send(workspace, some), all(one({ unchanged: 1 })));
    const later = customer('acme', { name: 'ACME', updatedAt: '2026-01-02T00:00:00Z' });
    const told = await business.send(workspace, { customers: [later, ...some.customers] });
    assert.deepEqual(told.customers, one({ changed: 1, outdated: 1 }));
    const again = await business.send(workspace, { customers: some.customers });
    assert.deepEqual(again.customers, one({ outdated: 1 }));
    const [row] = await workspace.rows('customers');
    assert.equal(row?.name, 'ACME');
  });

  it('change nothing when they come again, not even for those who listen', async () => {
    const workspace = telemetry.workspace();
    await business.send(workspace, some);
    const before = await state(workspace);
    const events = await workspace.count('live_events');
    business.notices.length = 0;
    await business.send(workspace, some);
    // The same time and amount in other words.
    await business.send(workspace, {
      subscriptions: [
        subscription('acme', '2026-02-01T01:00:00+01:00', { amountUsd: '100.000000' }),
      ],
    });
    assert.deepEqual(await state(workspace), before);
    assert.equal(await workspace.count('live_events'), events);
    assert.deepEqual(business.notices, []);
  });

  it('count a version in a batch as they would apart from it', async () => {
    const one = customer('acme', { updatedAt: '2026-01-01T00:00:00Z' });
    const later = customer('acme', { updatedAt: '2026-01-02T00:00:00Z' });
    const [together, apart] = [telemetry.workspace(), telemetry.workspace()];
    const { customers: counts } = await business.send(together, { customers: [later, one, later] });
    assert.deepEqual(counts, { changed: 1, unchanged: 1, outdated: 1 });
    const sum = { changed: 0, unchanged: 0, outdated: 0 };
    for (const version of [later, one, later]) {
      const { customers } = await business.send(apart, { customers: [version] });
      for (const outcome of ['changed', 'unchanged', 'outdated'] as const) {
        sum[outcome] += customers[outcome];
      }
    }
    assert.deepEqual(counts, sum);
  });

  it('have an order within a millisecond', async () => {
    const named = (name: string, updatedAt: string) => customer('acme', { name, updatedAt });
    // In UTC the first is later.
    const later = named('later', '2026-01-01T01:00:00.000124+01:00');
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const together of [true, false]) {
      for (const name of names) {
        const workspace = telemetry.workspace();
        const earlier = named(name, '2026-01-01T00:00:00.0001239Z');
        const batches = together ? [[later, earlier]] : [[later], [earlier]];
        for (const customers of batches) await business.send(workspace, { customers });
        const [row] = await workspace.rows('customers');
        assert.equal(row?.name, 'later', name);
      }
    }
    const workspace = telemetry.workspace();
    await business.send(workspace, {
      subscriptions: [
        subscription('s', '2026-02-01T00:00:00.000001Z'),
        subscription('s', '2026-02-01T00:00:00.000002Z', { status: 'paused' }),
      ],
    });
    const rows = await workspace.query(`select status,
      to_char(changed_at, 'US') as since, to_char(until, 'US') as until
      from subscription_changes order by changed_at`);
    assert.deepEqual(rows, [
      { status: 'active', since: '000001', until: '000002' },
      { status: 'paused', since: '000002', until: null },
    ]);
  });

  it('of one time hold as the last of them says', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const versions = names.map((name) => customer('acme', { name }));
    const [together, apart] = [telemetry.workspace(), telemetry.workspace()];
    const told = await business.send(together, { customers: versions });
    assert.deepEqual(told.customers, { changed: 1, unchanged: 0, outdated: 5 });
    for (const version of versions) {
      const { customers } = await business.send(apart, { customers: [version] });
      assert.deepEqual(customers, { changed: 1, unchanged: 0, outdated: 0 });
    }
    for (const workspace of [together, apart]) {
      assert.equal((await workspace.rows('customers'))[0]?.name, 'f');
    }
    assert.deepEqual(await state(apart), await state(together));
    // The whole batch again changes nothing.
    await business.send(together, { customers: versions });
    assert.deepEqual(await state(together), await state(apart));
  });

  it('end each change of a subscription where the next begins, or before', async () => {
    const workspace = telemetry.workspace();
    const untils = async () =>
      workspace.query(`select to_char(until at time zone 'UTC', 'MM-DD') as until
        from subscription_changes where not deleted order by changed_at`);
    const january = subscription('s', '2026-01-01T00:00:00Z', { endedAt: '2026-01-20T00:00:00Z' });
    const march = subscription('s', '2026-03-01T00:00:00Z');
    await business.send(workspace, { subscriptions: [march] });
    await business.send(workspace, { subscriptions: [january] });
    assert.deepEqual(await untils(), [{ until: '01-20' }, { until: null }]);
    const second = subscription('s', '2026-01-10T00:00:00Z');
    await business.send(workspace, { subscriptions: [second] });
    assert.deepEqual(await untils(), [{ until: '01-10' }, { until: '03-01' }, { until: null }]);
    const updatedAt = '2026-01-02T00:00:00Z';
    await business.send(workspace, { subscriptions: [{ ...second, deleted: true, updatedAt }] });
    assert.deepEqual(await untils(), [{ until: '01-20' }, { until: null }]);
  });

  it('tell those who listen of the domains whose customers have changed', async () => {
    const workspace = telemetry.workspace();
    const events = async () => {
      const rows = await workspace.query<{ domain: string | null; payload: unknown }>(
        `select domain, payload from live_events order by id`,
      );
      return rows.map(({ domain, payload }) => [domain, payload]);
    };
    await business.send(workspace, { customers: [customer('acme'), customer('bolt')] });
    assert.deepEqual(await events(), [
      ['acme.example.com', { changed: ['customers'] }],
      ['bolt.example.com', { changed: ['customers'] }],
    ]);
    await business.send(workspace, {
      spend: some.spend,
      credits: [credit('used', '2026-02-02T00:00:00Z', 1)],
      subscriptions: [subscription('nobody', '2026-02-02T00:00:00Z')],
    });
    assert.deepEqual((await events()).slice(2), [
      ['', { changed: ['spend', 'subscriptions'] }],
      ['acme.example.com', { changed: ['credits'] }],
    ]);
    const many = Array.from({ length: 21 }, (_, index) => customer(`c${index}`));
    await business.send(workspace, { customers: many });
    assert.deepEqual((await events()).slice(4), [[null, { changed: ['customers'] }]]);
  });

  it('end in the same state in any order, in any batches, however often', async () => {
    /** Of one time the order of arrival counts. */
    const version = fc.nat(9).map((n) => `2026-01-01T00:00:00.00000${n}Z`);
    const several = <Told extends { updatedAt: string }>(
      some: fc.Arbitrary<Told>,
      maxLength: number,
    ): fc.Arbitrary<Told[]> =>
      fc.uniqueArray(some, { maxLength, selector: ({ updatedAt }) => updatedAt });
    const moment = fc.constantFrom(
      '2026-02-01T00:00:00Z',
      '2026-02-01T00:07:00Z',
      '2026-02-10T12:00:00Z',
      '2026-03-01T00:00:00Z',
    );
    const name = fc.constantFrom('acme', 'bolt');
    const told = fc.record({ id: name, updatedAt: version, deleted: fc.boolean() });
    const records = fc.record({
      customers: several(
        told.chain((it) =>
          fc
            .record({ domains: fc.subarray(['a.example.com', 'b.example.com']) })
            .map((more) => customer(it.id, { ...it, ...more })),
        ),
        4,
      ),
      subscriptions: several(
        fc
          .tuple(told, moment, fc.option(moment), fc.constantFrom('active', 'trial', 'ended'))
          .map(([it, changedAt, endedAt, status]) =>
            subscription(it.id, changedAt, {
              ...it,
              endedAt: endedAt !== null && endedAt >= changedAt ? endedAt : null,
              status: status as 'active',
            }),
          ),
        6,
      ),
      spend: several(
        fc
          .tuple(told, fc.constantFrom('10', '20'))
          .map(([it, usd]) =>
            spend(it.id, '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', usd, it),
          ),
        3,
      ),
      credits: several(
        fc
          .tuple(told, moment, fc.constantFrom(1, 2.5), fc.option(name), fc.boolean())
          .map(([it, at, n, customerId, isGrant]) =>
            credit(it.id, at, n, {
              ...it,
              customerId,
              kind: isGrant ? 'grant' : 'usage',
              amountUsd: isGrant ? '3.50' : null,
            }),
          ),
        6,
      ),
    });
    const kinds = ['customers', 'subscriptions', 'spend', 'credits'] as const;
    const scrambled = records.chain((all) => {
      const single = kinds.flatMap((kind) =>
        all[kind].map((record): Partial<BusinessBatch> => ({ [kind]: [record] })),
      );
      return fc.record({
        all: fc.constant(all),
        order: fc.shuffledSubarray(single, { minLength: single.length }),
        again: fc.subarray(single),
      });
    });
    await fc.assert(
      fc.asyncProperty(scrambled, async ({ all, order, again }) => {
        const [together, apart] = [telemetry.workspace(), telemetry.workspace()];
        await business.send(together, all);
        for (const record of [...order, ...again]) await business.send(apart, record);
        assert.deepEqual(await state(apart), await state(together));
        assert.deepEqual(await creditSums(apart), await creditSumsFromRows(apart));
        assert.deepEqual(await domainsOf(apart), await domainsFromRows(apart));
      }),
      { numRuns: runs(40) },
    );
  });

  const creditSums = (workspace: Workspace) =>
    workspace.query(`select grain, slot, customer_id, entries, used::float8 as used,
      sales_usd::float8 as sales from credit_sums order by 1, 2, 3`);

  /** What `credit_sums` has to be, made from the entries alone. */
  const creditSumsFromRows = (workspace: Workspace) =>
    workspace.query(`
      select g.grain, date_bin(make_interval(mins => g.grain), at, timestamptz '2000-01-01Z') as slot,
        coalesce(customer_id, '') as customer_id, count(*) as entries,
        coalesce(sum(credits) filter (where kind = 'usage'), 0)::float8 as used,
        coalesce(sum(amount_usd) filter (where kind = 'grant'), 0)::float8 as sales
      from credits, (values (15), (60), (1440)) as g(grain) where not deleted
      group by 1, 2, 3 order by 1, 2, 3`);

  const domainsOf = (workspace: Workspace) =>
    workspace.query('select domain, customer_id as id from customer_domains order by 1, 2');

  /** What `customer_domains` has to be. */
  const domainsFromRows = (workspace: Workspace) =>
    workspace.query(`select d.domain, c.id from customers c, unnest(c.domains) as d(domain)
      where not c.deleted order by d.domain collate "C", 2`);

  it('keep out an older version of what was taken back', async () => {
    const workspace = telemetry.workspace();
    const gone = customer('acme', { deleted: true, updatedAt: '2026-01-03T00:00:00Z' });
    await business.send(workspace, { customers: [gone] });
    const told = await business.send(workspace, some);
    assert.equal(told.customers.outdated, 1);
    const [row] = await workspace.rows('customers');
    assert.equal(row?.deleted, true);
  });

  it('take names that mean something elsewhere as what they are', async () => {
    const workspace = telemetry.workspace();
    const id = `'); drop table customers; -- {"a"} \\ \u{1f468}\u200d\u{1f469}`;
    const domains = ['{a,b}', '"c"', 'd\\e', 'null', 'ünïcode.example'];
    await business.send(workspace, { customers: [customer(id, { name: id, domains })] });
    const [row] = await workspace.rows('customers');
    assert.equal(row?.id, id);
    assert.deepEqual(row.domains, [...domains].sort());
  });
});
