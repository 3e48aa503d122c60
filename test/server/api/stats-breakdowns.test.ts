import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeCursor, nameOf } from '../../../server/api/cursor.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { tracesBody, type Span } from '../../../server/demo/otlp.ts';
import { TestServer } from '../../support/server.ts';
import { newSpanId, traceOf } from './traces.ts';

const MINUTE = 60_000;

describe('statistics by what they are made of', () => {
  let server: TestServer;
  let admin: string;
  let viewer: string;
  const startedAt = Date.now() - 10 * MINUTE;
  before(async () => {
    server = await TestServer.start();
    admin = await server.apiKey('admin');
    viewer = await server.apiKey('viewer');
    const key = await server.ingestKey();
    for (const run of [
      { service: 'app.example.com', user: 'ada' },
      { service: 'app.example.com', user: 'grace', failed: true },
      { service: 'shop.example.com', user: 'edsger', model: 'nobody-knows-this-one' },
    ]) {
      await server.call('/v1/traces', { token: key, body: traceOf({ startedAt, ...run }) });
    }
  });
  after(() => server.close());

  const get = <Body = Schemas['Problem']>(path: string, token = admin) =>
    server.call<Body>(`/api/stats/${path}`, { token });
  /** Fails unless it is a 400 that names the parameter. */
  const refuses = async (path: string, parameter: string) => {
    const { status, body } = await get(path);
    assert.deepEqual([status, body.errors[0]?.path], [400, parameter], path);
  };

  it('name the parameter that makes no sense', async () => {
    for (const path of ['domains', 'models', 'costs', 'tokens/heatmap', 'peaks', 'flow', 'users']) {
      await refuses(`${path}?timezone=Mars/Olympus`, 'timezone');
      await refuses(`${path}?to=2026-11-01T00:00:00Z`, 'from');
      await refuses(`${path}?timeframe=7d&from=2026-11-01T00:00:00Z`, 'timeframe');
    }
    for (const path of ['errors', 'latency', 'domains/app.example.com']) {
      await refuses(`${path}?timeframe=90d&granularity=hour`, 'granularity');
    }
    for (const path of ['domains', 'models', 'costs', 'errors', 'latency', 'flow']) {
      await refuses(`${path}?limit=0`, 'limit');
      await refuses(`${path}?limit=201`, 'limit');
    }
    await refuses('costs?breakdown=weekday', 'breakdown');
    await refuses('users?sort=name', 'sort');
    await refuses('models/compare', 'models');
    await refuses('models/compare?models=', 'models');
    await refuses('models/compare?models=a,a', 'models');
    await refuses(`models/compare?models=${'abcdefghijk'.split('').join()}`, 'models');
    await refuses('timeline?anomalies=perhaps', 'anomalies');
    await refuses('domains?domain=app.example.com', 'domain');
  });

  it('have a domain that is none, or not to be seen, as a 404', async () => {
    const limited = await server.apiKey('viewer', { domains: ['shop.example.com'] });
    assert.equal((await get('domains/app.example.com', limited)).status, 404);
    assert.equal((await get('domains/nowhere.example.com')).status, 404);
    assert.equal((await get("domains/';%20drop%20table%20requests;--")).status, 404);
    const { body } = await get<Schemas['StatsDomain']>('domains/shop.example.com', limited);
    assert.equal(body.requests, 1);
    const list = await get<Schemas['StatsDomains']>('domains', limited);
    assert.deepEqual([list.body.count.value, list.body.data[0]?.share], [1, 1]);
  });

  it('tell of users, and of errors, only whom they are for', async () => {
    for (const path of ['users', 'errors', 'costs?breakdown=user']) {
      const refused = await get(path, viewer);
      assert.equal(refused.status, 403, path);
      assert.deepEqual(refused.body.requiredRoles, ['admin', 'support', 'executive'], path);
      assert.equal((await get(path, await server.apiKey('support'))).status, 200, path);
    }
    assert.equal((await get('costs?breakdown=agent', viewer)).status, 200);
  });

  it('go on with a cursor where the page before ended, as it was sorted', async () => {
    const page = (query: string) => get<Schemas['UserUsagePage']>(`users?limit=2${query}`);
    const first = (await page('&sort=cost')).body;
    assert.equal(first.data.length, 2);
    const next = await page(`&sort=cost&cursor=${first.nextCursor}`);
    assert.deepEqual(
      next.body.data.map(({ user }) => user),
      ['edsger'],
    );
    assert.equal(next.body.nextCursor, null);
    await refuses(`users?sort=tokens&cursor=${first.nextCursor}`, 'cursor');
    // Nor of another period or domain: that page would be of the first one's.
    await refuses(`users?sort=cost&timeframe=90d&cursor=${first.nextCursor}`, 'cursor');
    await refuses(`users?sort=cost&domain=app.example.com&cursor=${first.nextCursor}`, 'cursor');
  });

  it('go on after a user whatever the name is, and tell of a domain whatever its is', async () => {
    const token = await server.ingestKey();
    for (const last of ['1', '2']) {
      const user = '\u{20BB7}'.repeat(120) + last;
      const body = traceOf({ startedAt, service: 'x'.repeat(300), user });
      assert.equal((await server.call('/v1/traces', { token, body })).status, 200);
    }
    const domains = (await get<Schemas['StatsDomains']>('domains')).body.data;
    const domain = domains.find((one) => one.domain.startsWith('xxx'))?.domain ?? '';
    assert.equal(domain.length, 256);
    assert.equal((await get(`domains/${domain}`)).status, 200);
    const page = (cursor = '') =>
      get<Schemas['UserUsagePage']>(`users?domain=${domain}&limit=1${cursor}`);
    const first = (await page()).body;
    const next = await page(`&cursor=${first.nextCursor}`);
    assert.equal(next.status, 200);
    assert.notEqual(next.body.data[0]?.user, first.data[0]?.user);
  });

  it('take no cursor that was not made here', async () => {
    const [from, to] = [startedAt - MINUTE, startedAt + MINUTE];
    const base = { from, to, way: 'n', value: '1', user: 'ada' } as const;
    const forged = (some: object, sort: string) => {
      const { way, value, user, ...span } = { ...base, ...some };
      const about = nameOf(['stats.users', [['sort', sort]]]);
      return encodeCursor([span.from, span.to, way, value, user, about]);
    };
    const good = await get(`users?cursor=${forged({}, 'requests')}`);
    assert.equal(good.status, 200, JSON.stringify(good.body));
    for (const sort of ['requests', 'cost', 'last_seen']) {
      for (const bad of [
        { value: "1'; drop table users; --" },
        { value: '1e9' },
        { value: '9'.repeat(40) },
        { value: 'NaN' },
        { value: 'infinity' },
        { value: '2026-11-21' },
        { value: 1 },
        { way: 'sideways' },
        { user: 'a\0b' },
        { user: 7 },
        { from: to, to: from },
        { from: -8.64e15 },
        { from: Date.parse('0001-01-01T00:00:00Z') - 1 },
        { to: Date.parse('9999-12-31T23:59:59.999Z') + 1 },
        { to: 8.64e15 },
        { from: 'yesterday' },
      ]) {
        await refuses(`users?sort=${sort}&cursor=${forged(bad, sort)}`, 'cursor');
      }
      for (const text of ['["requests"]', '{}', 'no cursor']) {
        const cursor = Buffer.from(text).toString('base64url');
        await refuses(`users?sort=${sort}&cursor=${cursor}`, 'cursor');
      }
    }
  });

  it('know the team of the telemetry, else that of its key', async () => {
    const key = await server.ingestKey({ team: 'the key’s' });
    const send = (attributes: Span['attributes'], around: Span['attributes'] = {}) => {
      const traceId = `${newSpanId()}${newSpanId()}`;
      const [rootId, callId] = [newSpanId(), newSpanId()];
      const time = { traceId, start: startedAt, end: startedAt + 100 };
      const items: Span[] = [
        {
          ...time,
          spanId: rootId,
          name: 'invoke_agent',
          attributes: { 'gen_ai.operation.name': 'invoke_agent', ...around },
        },
        {
          ...time,
          spanId: callId,
          parentSpanId: rootId,
          name: 'chat',
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': 'gpt-4o',
            ...attributes,
          },
        },
      ];
      const body = tracesBody([{ service: 'teams.example.com', scope: 'test', items }]);
      const headers = { 'content-type': 'application/json' };
      return server.call('/v1/traces', { token: key, headers, body });
    };
    await send({});
    await send({ 'cloudbrain.team': 'blue' });
    await send({}, { 'cloudbrain.team': 'blue' });
    const path = 'costs?breakdown=team&domain=teams.example.com';
    const { data: entries, unnamed } = (await get<Schemas['StatsCosts']>(path)).body;
    assert.deepEqual(
      entries.map(({ label, requests }) => [label, requests]),
      [
        ['blue', 2],
        ['the key’s', 1],
      ],
    );
    assert.equal(unnamed, null);
  });
});
