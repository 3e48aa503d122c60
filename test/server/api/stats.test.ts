import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

const MINUTE = 60_000;

describe('statistics', () => {
  let server: TestServer;
  let token: string;
  let limited: string;
  before(async () => {
    server = await TestServer.start();
    token = await server.apiKey('viewer');
    limited = await server.apiKey('viewer', { domains: ['shop.example.com'] });
    const key = await server.ingestKey();
    const startedAt = Date.now() - 10 * MINUTE;
    for (const run of [
      { service: 'app.example.com', user: 'ada' },
      { service: 'app.example.com', user: 'grace', failed: true },
      { service: 'shop.example.com', user: 'ada', model: 'nobody-knows-this-one' },
    ]) {
      await server.call('/v1/traces', { token: key, body: traceOf({ startedAt, ...run }) });
    }
  });
  after(() => server.close());

  const overview = (query = '', as = token) =>
    server.call<Schemas['StatsOverview']>(`/api/stats/overview${query}`, { token: as });
  const timeline = (query: string, as = token) =>
    server.call<Schemas['StatsTimeline']>(`/api/stats/timeline${query}`, { token: as });
  const refusal = async (path: string): Promise<Schemas['Problem']> => {
    const { body } = await server.call(path, { token });
    return body;
  };

  it('tell of the last 24 hours', async () => {
    const { status, body } = await overview();
    assert.equal(status, 200);
    assert.equal(body.requests, 3);
    assert.equal(body.errors, 1);
    assert.deepEqual(body.users, { active: 2, new: 2 });
    assert.equal(body.executions.successRate, 2 / 3);
    assert.equal(body.cost.unpricedRequests, 1);
    assert.equal(body.tokens.total, 3_300);
    assert.ok(Math.abs((body.latencyMs.p95 ?? 0) - 800) <= 16);
  });

  it('tell a token of its own domains only', async () => {
    assert.equal((await overview('', limited)).body.requests, 1);
    assert.equal((await overview('?domain=shop.example.com', limited)).body.requests, 1);
    assert.equal((await overview('?domain=app.example.com', limited)).status, 404);
    assert.equal((await timeline('?domain=app.example.com', limited)).status, 404);
    const { body } = await timeline('', limited);
    assert.equal(
      body.points.reduce((sum, { requests }) => sum + requests, 0),
      1,
    );
  });

  it("tell of every interval, in the reader's zone", async () => {
    const { body } = await timeline('?timeframe=7d&granularity=day&timezone=Asia/Kolkata');
    assert.equal(body.granularity, 'day');
    assert.ok(body.points.length === 8);
    for (const { at } of body.points) assert.match(at, /T18:30:00/);
    assert.equal((await timeline('?timeframe=24h')).body.granularity, 'hour');
  });

  it('name the parameter that makes no sense', async () => {
    const path = '/api/stats/timeline';
    const zone = await refusal(`${path}?timezone=Mars/Olympus`);
    assert.deepEqual([zone.status, zone.errors[0]?.path], [400, 'timezone']);
    const both = await refusal(`${path}?timeframe=7d&from=2026-11-01T00:00:00Z`);
    assert.deepEqual([both.status, both.errors[0]?.path], [400, 'timeframe']);
    const many = await refusal(`${path}?timeframe=90d&granularity=hour`);
    assert.deepEqual([many.status, many.errors[0]?.path], [400, 'granularity']);
    assert.match(many.detail, /use day/);
  });
});
