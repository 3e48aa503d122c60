import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { otlpHandlers } from '../../../server/api/otlp.ts';
import { Problem, type Schemas } from '../../../server/contract/index.ts';
import { TelemetryReader } from '../../../server/ingest/index.ts';
import { Writer } from '../../../server/store/write/writer.ts';
import { patience } from '../../support/patience.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

describe('telemetry in', () => {
  let server: TestServer;
  let key: string;
  let token: string;
  before(async () => {
    server = await TestServer.start();
    key = await server.ingestKey();
    token = await server.apiKey('admin');
  });
  after(() => server.close());

  const overview = async (workspaceToken = token) => {
    const path = '/api/stats/overview';
    const { body } = await server.call<Schemas['StatsOverview']>(path, { token: workspaceToken });
    return body;
  };
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    server.call('/v1/traces', { token: key, body, headers });

  it('is in every figure once it is acknowledged, and the same again changes nothing', async () => {
    const before = await overview();
    const trace = traceOf({ startedAt: Date.now() - 60_000, inputTokens: 700, outputTokens: 30 });
    const { status, body } = await send(trace);
    assert.deepEqual([status, body], [200, {}]);
    const after = await overview();
    assert.equal(after.requests - before.requests, 1);
    assert.equal(after.executions.completed - before.executions.completed, 1);
    assert.equal(after.tokens.total - before.tokens.total, 730);
    assert.ok(Number(after.cost.usd) > Number(before.cost.usd));
    await send(trace);
    assert.equal((await overview()).requests, after.requests);
  });

  it('may come zipped', async () => {
    const before = await overview();
    const zipped = gzipSync(JSON.stringify(traceOf({ startedAt: Date.now() - 60_000 })));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    assert.equal((await send(zipped, headers)).status, 200);
    assert.equal((await overview()).requests, before.requests + 1);
  });

  it('is answered in its own type', async () => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const empty = await send(new Uint8Array(), headers);
    assert.equal(empty.status, 200);
    assert.equal(empty.headers.get('content-type'), 'application/x-protobuf');
    const json = await send({ resourceSpans: [] });
    assert.match(json.headers.get('content-type') ?? '', /application\/json/);
  });

  it('says what it could not take, and takes the rest', async () => {
    const before = await overview();
    const good = traceOf({ startedAt: Date.now() - 60_000 });
    const bad = traceOf({ startedAt: Date.now() - 60_000, traceId: 'no trace' });
    const both = Object.values(good)[0] as object[];
    both.push(...(Object.values(bad)[0] as object[]));
    const { status, body } = await send(good);
    assert.equal(status, 200);
    const { partialSuccess } = body as Schemas['OtlpResponse'];
    assert.equal(Number(partialSuccess?.rejectedSpans), 2);
    assert.match(partialSuccess?.errorMessage ?? '', /traceId/);
    assert.equal((await overview()).requests, before.requests + 1);
  });

  it('is refused where it can not be read', async () => {
    const json = { 'content-type': 'application/json' };
    const protobuf = { 'content-type': 'application/x-protobuf' };
    for (const [body, headers] of [
      ['{"resourceSpans": [', json],
      ['[]', json],
      [new Uint8Array([0xff, 0xff, 0xff]), protobuf],
    ] as const) {
      const refused = await send(body, headers);
      assert.equal(refused.status, 400);
      assert.equal(refused.body.errors[0]?.in, 'body');
    }
    assert.equal((await send('x', { 'content-type': 'text/plain' })).status, 415);
  });

  it("belongs to the key's workspace and domain", async () => {
    const workspaceId = await server.tenancy.createWorkspace('Other');
    const theirKey = await server.ingestKey({ workspaceId, domain: 'shop.example.com' });
    const theirToken = await server.apiKey('admin', { workspaceId });
    const before = await overview();
    const body = traceOf({ startedAt: Date.now() - 60_000, service: 'said-otherwise' });
    await server.call('/v1/traces', { token: theirKey, body });
    assert.equal((await overview()).requests, before.requests);
    assert.equal((await overview(theirToken)).requests, 1);
    const path = '/api/stats/overview?domain=shop.example.com';
    const told = await server.call<Schemas['StatsOverview']>(path, { token: theirToken });
    assert.equal(told.body.requests, 1);
  });

  it('makes no cost of metrics', async () => {
    const before = await overview();
    const metric = {
      name: 'claude_code.cost.usage',
      sum: { aggregationTemporality: 1, dataPoints: [{ asDouble: 12.5, timeUnixNano: '1' }] },
    };
    const body = { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics: [metric] }] }] };
    const { status } = await server.call('/v1/metrics', { token: key, body });
    assert.equal(status, 200);
    assert.deepEqual((await overview()).cost, before.cost);
  });

  it('is asked to come again while too much is waiting', async () => {
    const writer = new Writer({ store: server.store, maxWaiting: 2 });
    const reader = new TelemetryReader();
    const handlers = otlpHandlers({ reader, writer, now: Date.now, onIngest: () => {} });
    const post = () =>
      handlers['otlp.traces']({
        body: {
          type: 'application/json',
          encoding: 'identity',
          bytes: Buffer.from(JSON.stringify(traceOf({ startedAt: Date.now() - 60_000 }))),
        },
        caller: {
          kind: 'ingest',
          id: key,
          name: 'Test',
          workspace: { id: server.workspaceId, name: 'Default', operator: true },
          domain: null,
          team: null,
        },
        params: { path: {}, query: {}, header: {} },
        request: new Request(`${server.url}/v1/traces`),
        requestId: 'test',
        signal: AbortSignal.timeout(patience(10_000)),
        ip: '127.0.0.1',
      });
    const [first, second] = await Promise.allSettled([post(), post()]);
    assert.equal(first.status, 'fulfilled');
    assert.ok(second.status === 'rejected' && second.reason instanceof Problem);
    assert.equal(second.reason.status, 429);
    assert.equal(second.reason.headers['Retry-After'], '1');
  });
});

describe('telemetry in while the database is away', () => {
  it('is not acknowledged, and may come again', async () => {
    const server = await TestServer.start();
    const key = await server.ingestKey();
    const body = traceOf({ startedAt: Date.now() - 60_000 });
    assert.equal((await server.call('/v1/traces', { token: key, body })).status, 200);
    await server.store.close();
    const refused = await server.call('/v1/traces', { token: key, body });
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    await server.close();
  });
});
