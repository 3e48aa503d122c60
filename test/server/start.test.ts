/** What a service answers before it is ready, and when it is not any more. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { sparePort } from '../../scripts/support/databases.ts';
import { readConfig } from '../../server/config/config.ts';
import { createLogger } from '../../server/monitoring/logger.ts';
import { startServer } from '../../server/start.ts';
import { openStore, type Store } from '../../server/store/database/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const KEY = 'the-ingest-key-of-a-test';
const PASSWORD = 'correct horse battery staple';

/** A place to start a service in, at a port that is known before it listens. */
async function place(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
  const { databaseUrl, snapshot, drop } = await createTestDatabase();
  t.after(async () => {
    await drop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const port = await sparePort();
  const env = {
    PORT: String(port),
    CLOUDBRAIN_DATA: dataDir,
    DATABASE_URL: databaseUrl,
    CLOUDBRAIN_INGEST_KEY: KEY,
    CLOUDBRAIN_ADMIN_PASSWORD: PASSWORD,
    RATE_LIMIT_ANONYMOUS: '1000000',
  };
  const start = (store?: Store, more: Record<string, string> = {}) =>
    startServer(readConfig({ ...env, ...more }), {
      ...(store && { store }),
      logger: createLogger('silent'),
      checkResponses: true,
    });
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    open: () => openStore({ databaseUrl, snapshot }),
  };
}

interface Answer {
  status: number;
  retryAfter: number;
  body: string;
}

/** `null` while nobody listens. */
async function ask(url: string, init: RequestInit = {}): Promise<Answer | null> {
  const response = await fetch(url, init).catch(() => null);
  if (!response) return null;
  const body = await response.text();
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')), body };
}

const json = { 'content-type': 'application/json' };
const requests: Record<string, (url: string) => Promise<Answer | null>> = {
  health: (url) => ask(`${url}/api/health`),
  telemetry: (url) =>
    ask(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...json, 'x-api-key': KEY },
      body: '{"resourceSpans":[]}',
    }),
  login: (url) =>
    ask(`${url}/api/auth/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: 'admin@localhost', password: PASSWORD }),
    }),
};

/** Asks everything, time and again, until all is well; each answer on the way is a 503 that says when. */
async function untilReady(url: string): Promise<number> {
  let refusals = 0;
  await eventually(
    'it is ready',
    async () => {
      // The first that is asked is the last to be ready: after it all the others have to be.
      const health = await requests.health?.(url);
      for (const [name, request] of Object.entries(requests)) {
        const answer = await request(url);
        if (answer === null) continue;
        if (answer.status === 200) continue;
        assert.notEqual(health?.status, 200, `ready, but ${name} gets ${answer.status}`);
        assert.equal(answer.status, 503, `${name}: ${answer.body}`);
        assert.ok(answer.retryAfter >= 1, name);
        refusals += 1;
      }
      const live = await ask(`${url}/api/health/live`);
      if (live) assert.deepEqual([live.status, live.body], [200, '{"status":"live"}']);
      return health?.status === 200;
    },
    120_000,
  );
  return refusals;
}

/** Makes each new account, and so the first start, take a while. */
const slowAccounts = async (store: Store): Promise<void> => {
  await store.exec(`create function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(1.5); return new; end $$;
    create trigger slow before insert on accounts for each row execute function slow();`);
};

test('a slow first start is not ready, and refuses no key, before its account and key work', async (t) => {
  const { url, start, open } = await place(t);
  const store = await open();
  await slowAccounts(store);
  const starting = start(store);
  t.after(async () => (await starting).close());
  assert.ok((await untilReady(url)) > 0, 'it was asked while it started');
  await starting;
});

test('a database that does not answer keeps it from being ready, and alive', async (t) => {
  const { url, start, open } = await place(t);
  const store = await open();
  const released = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  // PostgreSQL has more than one connection: there the tables are held as well.
  const holding = store.db.transaction().execute(async (tx) => {
    await sql`lock table workspaces, accounts, api_keys in access exclusive mode`.execute(tx);
    held.resolve();
    await released.promise;
  });
  await held.promise;
  const starting = start(store);
  t.after(async () => (await starting).close());
  await eventually('it lives', () => ask(`${url}/api/health/live`));
  for (let round = 0; round < 20; round++) {
    for (const [name, request] of Object.entries(requests)) {
      const answer = await request(url);
      assert.equal(answer?.status, 503, name);
      assert.ok(answer.retryAfter >= 1, name);
    }
    assert.equal((await ask(`${url}/api/health/live`))?.status, 200);
    assert.equal((await ask(`${url}/`))?.status, 503, 'a page');
  }
  released.resolve();
  await holding;
  await untilReady(url);
  const server = await starting;

  // Ready once, it is not any more where the database has gone.
  await server.store.close();
  const gone = await ask(`${url}/api/health`);
  assert.equal(gone?.status, 503);
  assert.ok(gone.retryAfter >= 1);
  assert.equal((await ask(`${url}/api/health/live`))?.status, 200);
});

test('a PostgreSQL that takes no part in a start leaves it alive and not ready until it gives up', async (t) => {
  // Takes connections and never says a word.
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const { url, start } = await place(t);
  const starting = start(undefined, { DATABASE_URL: `postgres://a:hidden@127.0.0.1:${port}/a` });
  const failed = assert.rejects(starting, {
    name: 'StartError',
    message: `The database at 127.0.0.1:${port} can't be reached (DATABASE_URL).`,
  });
  await eventually('it lives', () => ask(`${url}/api/health/live`));
  const health = await ask(`${url}/api/health`);
  assert.equal(health?.status, 503);
  assert.ok(health.retryAfter >= 1);
  await failed;
  assert.equal(await ask(`${url}/api/health/live`), null, 'the port is free again');
});
