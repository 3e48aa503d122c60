import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { TestServer } from '../../support/server.ts';

const PATH = '/api/ingest/business';

const customer = {
  ...{ id: 'acme', name: 'Acme', domains: ['acme.example.com'] },
  ...{ createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
};
const subscription = {
  ...{ id: 's', customerId: 'acme', status: 'active', amountUsd: '99.00', interval: 'month' },
  ...{ changedAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
};
const spend = {
  ...{ id: 'ads', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
  ...{ amountUsd: '10', updatedAt: '2026-01-01T00:00:00Z' },
};
const credit = {
  ...{ id: 'c', customerId: null, kind: 'usage', credits: 1 },
  ...{ at: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
};

describe('business data', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await TestServer.start();
    token = await server.ingestKey();
  });
  after(() => server.close());

  const send = <Body = Schemas['BusinessResult']>(body: unknown, as = token) =>
    server.call<Body>(PATH, { token: as, body });

  it('are taken from an ingest key, and from an admin', async () => {
    const nothing = { changed: 0, unchanged: 0, outdated: 0 };
    const first = await send({ customers: [customer], credits: [credit] });
    assert.equal(first.status, 200);
    assert.deepEqual(first.body, {
      customers: { ...nothing, changed: 1 },
      subscriptions: nothing,
      spend: nothing,
      credits: { ...nothing, changed: 1 },
    });
    for (const admin of [await server.apiKey('admin'), (await server.login()).accessToken]) {
      const { body } = await send({ customers: [customer] }, admin);
      assert.deepEqual(body.customers, { ...nothing, unchanged: 1 });
    }
    assert.equal((await send({})).status, 200);
  });

  it('are of the whole workspace: what is limited to a domain may not send them', async () => {
    const domains = ['acme.example.com'];
    const limited = [
      await server.ingestKey({ domain: 'acme.example.com' }),
      await server.apiKey('admin', { domains }),
      (await server.account('admin', { domains })).accessToken,
    ];
    for (const as of limited) {
      const { status, body } = await send<Schemas['Problem']>({ customers: [customer] }, as);
      assert.equal(status, 403);
      assert.match(
        body.detail,
        /restricted to a domain .* Use an unrestricted ingest key or admin key\.$/,
      );
    }
  });

  it('are refused by role and kind', async () => {
    for (const role of ['viewer', 'support', 'developer', 'sysops', 'executive'] as const) {
      const { status, body } = await send<Schemas['Problem']>({}, await server.apiKey(role));
      assert.equal(status, 403);
      assert.deepEqual(body.requiredRoles, ['admin']);
    }
    const reading = await server.call('/api/executive/overview', { token });
    assert.equal(reading.status, 403);
    assert.equal(reading.body.detail, 'An ingest key can only send data.');
  });

  it('take the status of a subscription in our words and in Stripe’s', async () => {
    const words = [
      ...['trial', 'active', 'paused', 'ended', 'trialing', 'past_due', 'unpaid', 'canceled'],
      ...['incomplete', 'incomplete_expired'],
    ];
    const subscriptions = words.map((status) => ({ ...subscription, id: `of ${status}`, status }));
    const { status, body } = await send({ subscriptions });
    assert.deepEqual([status, body.subscriptions.changed], [200, words.length]);
    const { rows } = await server.store.query(
      `select distinct status from subscription_changes order by status`,
    );
    assert.deepEqual(
      rows.map((row) => row.status),
      ['active', 'ended', 'paused', 'trial'],
    );
    for (const word of ['Trialing', 'cancelled', 'past-due', 'toString', '', null]) {
      const wrong = { subscriptions: [{ ...subscription, status: word }] };
      const refused = await send<Schemas['Problem']>(wrong);
      assert.deepEqual(
        [refused.status, refused.body.errors[0]?.path],
        [400, '/subscriptions/0/status'],
      );
    }
  });

  it('are refused as a whole, with the path of what is wrong', async () => {
    const bad: [path: string, batch: object][] = [
      ['/customers/1/name', { customers: [customer, { ...customer, name: '' }] }],
      ['/customers/0/domains/0', { customers: [{ ...customer, domains: [1] }] }],
      ['/customers/0/colour', { customers: [{ ...customer, colour: 'red' }] }],
      [
        '/customers/0/createdAt',
        { customers: [{ ...customer, createdAt: '1999-12-31T00:00:00Z' }] },
      ],
      [
        '/customers/0/updatedAt',
        { customers: [{ ...customer, updatedAt: '2099-01-01T00:00:00Z' }] },
      ],
      ['/subscriptions/0/amountUsd', { subscriptions: [{ ...subscription, amountUsd: '-1' }] }],
      ['/subscriptions/0/amountUsd', { subscriptions: [{ ...subscription, amountUsd: 99 }] }],
      ['/subscriptions/0/status', { subscriptions: [{ ...subscription, status: 'free' }] }],
      [
        '/subscriptions/0/changedAt',
        { subscriptions: [{ ...subscription, changedAt: '0000-01-01T00:00:00Z' }] },
      ],
      [
        '/subscriptions/0/endedAt',
        { subscriptions: [{ ...subscription, endedAt: '2025-01-01T00:00:00Z' }] },
      ],
      [
        '/subscriptions/0/endedAt',
        {
          subscriptions: [
            {
              ...subscription,
              changedAt: '2026-01-01T00:00:00.000002Z',
              endedAt: '2026-01-01T00:00:00.000001Z',
            },
          ],
        },
      ],
      ['/spend/0/to', { spend: [{ ...spend, to: spend.from }] }],
      ['/credits/0/amountUsd', { credits: [{ ...credit, amountUsd: '1' }] }],
      ['/credits/0/credits', { credits: [{ ...credit, credits: -1 }] }],
      ['/credits', { credits: Array.from({ length: 1001 }, () => credit) }],
      ['/clients', { clients: [] }],
    ];
    const count = async () => {
      const { rows } = await server.store.query('select count(*) as n from customers');
      return rows[0]?.n;
    };
    const before = await count();
    for (const [path, batch] of bad) {
      const fresh = { ...customer, id: `fresh ${path}` };
      const customers = [...((batch as { customers?: object[] }).customers ?? []), fresh];
      const { status, body } = await send<Schemas['Problem']>({ ...batch, customers });
      assert.equal(status, 400, path);
      assert.deepEqual(
        body.errors.map((error) => [error.in, error.path]),
        [['body', path]],
      );
    }
    assert.equal(await count(), before);
  });

  it('sent again with their key are answered as the first time', async () => {
    const ask = <Body = Schemas['BusinessResult']>(credits: object[]) =>
      server.call<Body>(PATH, {
        token,
        headers: { 'idempotency-key': 'once' },
        body: { credits },
      });
    const record = { ...credit, id: 'with a key' };
    const first = await ask([record]);
    assert.equal(first.body.credits.changed, 1);
    const again = await ask([record]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(again.body, first.body);
    const { status, body } = await ask<Schemas['Problem']>([{ ...record, credits: 2 }]);
    assert.equal(status, 422);
    assert.equal(body.errors[0]?.path, 'Idempotency-Key');
  });

  it('wake those who watch', async (t) => {
    const { accessToken } = await server.account('executive');
    const abort = new AbortController();
    t.after(() => abort.abort());
    const response = await fetch(`${server.url}/api/live?topics=executive`, {
      headers: { authorization: `Bearer ${accessToken}` },
      signal: abort.signal,
    });
    let text = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        if (text.includes('event: executive')) return;
      }
    })();
    await send({ spend: [{ ...spend, id: 'fair' }] });
    await reading;
    assert.match(text, /event: executive\ndata: \{"changed":\["spend"\]\}/);
    const viewer = await server.apiKey('viewer');
    const refused = await server.call('/api/live?topics=executive', { token: viewer });
    assert.deepEqual([refused.status, refused.body.requiredRoles], [403, ['admin', 'executive']]);
  });
});
