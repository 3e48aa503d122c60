import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { toUserCursor } from '../../../server/api/user-cursor.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import type { UserSort } from '../../../server/store/stats/user-list.ts';
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
      await refuses(`${path}?limit=101`, 'limit');
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
    assert.deepEqual([list.body.total, list.body.domains[0]?.share], [1, 1]);
  });

  it('tell of users, and of errors, only whom they are for', async () => {
    for (const path of ['users', 'errors', 'costs?breakdown=user']) {
      const refused = await get(path, viewer);
      assert.equal(refused.status, 403, path);
      assert.deepEqual(refused.body.requiredRoles, ['admin', 'support'], path);
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
  });

  it('take no cursor that was not made here', async () => {
    const [from, to] = [startedAt - MINUTE, startedAt + MINUTE];
    const base = { from, to, sort: 'requests' as UserSort, value: '1', user: 'ada' };
    const forged = (some: object) => toUserCursor({ ...base, ...some });
    const good = await get(`users?cursor=${forged({})}`);
    assert.equal(good.status, 200);
    for (const bad of [
      forged({ value: "1'; drop table users; --" }),
      forged({ value: '1e9' }),
      forged({ value: '-1' }),
      forged({ value: '99999999999999999999' }),
      forged({ sort: 'cost', value: 'NaN' }),
      forged({ sort: 'last_seen', value: 'infinity' }),
      forged({ sort: 'last_seen', value: '2026-11-21' }),
      forged({ sort: '__proto__' }),
      forged({ user: 'a\0b' }),
      forged({ user: 7 }),
      forged({ from: to, to: from }),
      forged({ from: -8.64e15 }),
      forged({ to: 8.64e15 }),
      forged({ from: 'yesterday' }),
      Buffer.from('["requests"]').toString('base64url'),
      Buffer.from('{}').toString('base64url'),
      'no-cursor',
    ]) {
      for (const sort of ['requests', 'cost', 'last_seen']) {
        await refuses(`users?sort=${sort}&cursor=${bad}`, 'cursor');
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
    const { entries, unnamed } = (await get<Schemas['StatsCosts']>(path)).body;
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
