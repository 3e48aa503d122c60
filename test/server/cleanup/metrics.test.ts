import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { metricsText } from '../../../server/api/metrics.ts';
import { readConfig } from '../../../server/config/config.ts';
import { createLogger } from '../../../server/monitoring/logger.ts';
import { createMetrics } from '../../../server/monitoring/metrics.ts';
import { startServer, type RunningServer } from '../../../server/start.ts';
import { CleanupStore } from '../../../server/store/cleanup/cleanup.ts';
import { openStore } from '../../../server/store/database/database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { TestServer } from '../../support/server.ts';
import { Files, HOUR } from './files.ts';

const INGEST_KEY = 'an ingest key for tests';
const ADMIN_PASSWORD = 'correct horse battery staple';

/** The samples of an answer, by name and labels. */
function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

async function scrape(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
}

/** One run of an agent that took so long and ended now. */
async function sendRun(url: string, seconds: number, failed = false): Promise<void> {
  const end = Date.now();
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'invoke_agent tester',
    kind: 1,
    startTimeUnixNano: `${end - seconds * 1000}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } },
      { key: 'gen_ai.agent.name', value: { stringValue: 'tester' } },
      ...(failed ? [{ key: 'error.type', value: { stringValue: 'timeout' } }] : []),
    ],
    status: failed ? { code: 2, message: 'timeout' } : {},
  };
  const resource = {
    attributes: [{ key: 'service.name', value: { stringValue: 'app.example.com' } }],
  };
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': INGEST_KEY },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  assert.equal(response.status, 200, await response.text());
}

/** An installation that can be started anew, and on PostgreSQL with several replicas. */
async function install(t: TestContext) {
  const { databaseUrl, drop } = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-metrics-'));
  const running = new Set<RunningServer>();
  t.after(async () => {
    for (const server of running) await server.close();
    await drop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const config = readConfig({
    PORT: '0',
    CLOUDBRAIN_DATA: dataDir,
    DATABASE_URL: databaseUrl,
    CLOUDBRAIN_ADMIN_PASSWORD: ADMIN_PASSWORD,
    CLOUDBRAIN_INGEST_KEY: INGEST_KEY,
    METRICS_WITHOUT_KEY: 'local',
  });
  return {
    dataDir,
    databaseUrl,
    start: async (): Promise<RunningServer> => {
      const server = await startServer(config, { logger: createLogger('silent') });
      running.add(server);
      return server;
    },
    stop: async (server: RunningServer): Promise<void> => {
      running.delete(server);
      await server.close();
    },
  };
}

async function cleanUp(url: string): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'admin@localhost', password: ADMIN_PASSWORD }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const before = samples((await scrape(url)).text).get('cleanup_last_run_timestamp') ?? 0;
  await fetch(`${url}/api/cleanup/runs`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ dryRun: false }),
  });
  await eventually('the run', async () => {
    const { text } = await scrape(url);
    return (samples(text).get('cleanup_last_run_timestamp') ?? 0) > before;
  });
}

test('the figures are real, outlive a restart, and are the same from every replica', async (t) => {
  const installation = await install(t);
  const files = Files.in(installation.dataDir);
  await files.write('previews/101/a/bundle.zip', 25 * HOUR);
  await files.write('previews/101/b/bundle.zip', 25 * HOUR);
  await files.write('tmp/a/file', 2 * HOUR);
  await files.write('objects/previews/101/a/bundle.zip', 2 * HOUR);
  await files.write('objects/previews/101/b/bundle.zip', 2 * HOUR);
  await files.write('objects/previews/101/b/more.zip', 2 * HOUR);
  const first = await installation.start();
  const began = Math.floor(Date.now() / 1000);

  const empty = await scrape(first.url);
  assert.equal(empty.status, 200);
  assert.match(empty.type ?? '', /^text\/plain; version=0\.0\.4/);
  assert.equal(samples(empty.text).get('cleanup_previews_deleted_total'), 0);
  assert.equal(samples(empty.text).get('ai_job_success_total'), 0);
  assert.match(empty.text, /^avg_ai_job_latency_seconds Nan$/m);

  await cleanUp(first.url);
  await sendRun(first.url, 2);
  await sendRun(first.url, 4);
  await sendRun(first.url, 6, true);

  const check = async ({ url }: RunningServer): Promise<void> => {
    const now = samples((await scrape(url)).text);
    assert.equal(now.get('cleanup_previews_deleted_total'), 2);
    assert.equal(now.get('cleanup_tmp_dirs_deleted_total'), 1);
    assert.equal(now.get('cleanup_objects_deleted_total'), 3);
    const last = now.get('cleanup_last_run_timestamp') ?? 0;
    assert.ok(last >= began && last <= Date.now() / 1000, String(last));
    assert.equal(now.get('ai_job_success_total'), 2);
    assert.equal(now.get('ai_job_failure_total'), 1);
    assert.equal(now.get('avg_ai_job_latency_seconds'), 4);
    assert.equal(now.get('cloudbrain_database_up'), 1);
    assert.equal(now.get('cloudbrain_queue_jobs{queue="cleanup",state="waiting"}'), 0);
  };
  await check(first);
  const ingested = 'cloudbrain_ingest_observations_total{signal="traces"}';
  assert.equal(samples((await scrape(first.url)).text).get(ingested), 3);
  if (installation.databaseUrl) await check(await installation.start());
  await installation.stop(first);
  await check(await installation.start());
});

test('requests are counted by operation, and streams while they are open', async (t) => {
  const server = await TestServer.start({ env: { METRICS_WITHOUT_KEY: 'local' } });
  t.after(() => server.close());
  const { accessToken } = await server.login();
  await server.call('/api/cleanup', { token: accessToken });
  const stream = await fetch(`${server.url}/api/live`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const now = samples((await scrape(server.url)).text);
  assert.equal(now.get('cloudbrain_live_streams'), 1);
  const name = 'cloudbrain_http_requests_total{operation="cleanup.status",status="200"}';
  assert.equal(now.get(name), 1);
  await stream.body?.cancel();
  await eventually('the end of the stream', async () => {
    const { text } = await scrape(server.url);
    return samples(text).get('cloudbrain_live_streams') === 0;
  });
});

test('they are for sysops and admins of the operator, and without a token from this machine alone', async (t) => {
  const server = await TestServer.start({ env: { METRICS_WITHOUT_KEY: 'local' } });
  t.after(() => server.close());
  const other = await server.tenancy.createWorkspace('Another');
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await scrape(server.url, headers)).status;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  assert.equal(await status({}), 200);
  assert.equal(await status({ 'x-forwarded-for': '127.0.0.1' }), 401);
  assert.equal(await status({ forwarded: 'for=127.0.0.1' }), 401);
  assert.equal(await status(bearer('forged')), 401);

  assert.equal(await status(bearer(await server.apiKey('sysops'))), 200);
  assert.equal(await status({ 'x-api-key': await server.apiKey('admin') }), 200);
  assert.equal(await status(bearer((await server.login()).accessToken)), 200);
  for (const role of ['viewer', 'support', 'developer', 'executive'] as const) {
    assert.equal(await status(bearer(await server.apiKey(role))), 403);
  }
  assert.equal(await status(bearer(await server.apiKey('admin', { workspaceId: other }))), 403);
  assert.equal(await status({ 'x-api-key': await server.ingestKey() }), 403);
});

test('while the database is away, what the process knows of itself is there', async () => {
  const { databaseUrl, snapshot, drop } = await createTestDatabase();
  const store = await openStore({ databaseUrl, snapshot });
  await store.close();
  await drop();
  const errors: unknown[] = [];
  const { registry, answered } = createMetrics();
  answered({ operation: 'health.get', status: 200, seconds: 0.01 });
  const text = metricsText({
    registry,
    store,
    cleanup: new CleanupStore(store),
    queues: async () => [],
    live: () => ({ streams: 3, queued: 0 }),
    waiting: () => 0,
    onError: (_, error) => errors.push(error),
  });
  const now = samples(await text());
  assert.equal(now.get('cloudbrain_database_up'), 0);
  assert.equal(now.get('cloudbrain_live_streams'), 3);
  const name = 'cloudbrain_http_requests_total{operation="health.get",status="200"}';
  assert.equal(now.get(name), 1);
  assert.equal(now.has('ai_job_success_total'), false);
  assert.equal(errors.length, 1);
});
