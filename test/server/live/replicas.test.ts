import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readConfig } from '../../../server/config/config.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { RedisBus } from '../../../server/live/redis-bus.ts';
import { createLogger } from '../../../server/monitoring/logger.ts';
import { startServer, type RunningServer } from '../../../server/start.ts';
import { openStore } from '../../../server/store/database/database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { EventReader } from './event-reader.ts';
import { executions, LiveServer, stats } from './harness.ts';
import { sendRun } from './run.ts';

const databaseUrl = process.env.TEST_DATABASE_URL;
const redisUrl = process.env.TEST_REDIS_URL ?? '';
const missing = !databaseUrl || !redisUrl ? 'needs TEST_DATABASE_URL and TEST_REDIS_URL' : false;

/** A way to Redis that can be cut. */
class Line {
  readonly #sockets = new Set<Socket>();
  #open = true;
  #port = 0;
  readonly #server = createServer((near) => {
    if (!this.#open) {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(redisUrl);
    const far = connect(Number(port || 6379), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as { port: number }).port;
    const url = new URL(redisUrl);
    url.host = `127.0.0.1:${this.#port}`;
    return url.href;
  }

  cut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

/** Two replicas of one installation, each with its own connections, and a reader at each. */
async function replicas(t: TestContext) {
  const workspaceId = randomUUID();
  const line = new Line();
  const url = await line.open();
  t.after(() => line.close());
  const start = async (): Promise<LiveServer> => {
    const store = await openStore({ databaseUrl });
    const bus = new RedisBus({ url });
    const server = await new LiveServer(store, { workspaceId, bus }).listen();
    t.after(async () => {
      await server.close();
      await store.close();
      assert.deepEqual(server.errors, []);
    });
    return server;
  };
  const servers = [await start(), await start()] as const;
  await connected(servers);
  return { line, servers };
}

const connected = (servers: readonly LiveServer[]) =>
  eventually('both reach Redis', () => servers.every(({ bus }) => bus.connected));

async function reading(t: TestContext, { port }: LiveServer, lastEventId?: string) {
  const reader = await EventReader.open({
    port,
    ...(lastEventId !== undefined && { lastEventId }),
  });
  t.after(() => reader.close());
  await reader.next();
  return reader;
}

const ids = (events: readonly { id: string }[]): number[] => events.map(({ id }) => Number(id));

describe('replicas', { skip: missing }, () => {
  test('tell everything to everybody, in one order, while both write', async (t) => {
    const { servers } = await replicas(t);
    const readers = await Promise.all(servers.map((server) => reading(t, server)));
    const writing = servers.map(async (server) => {
      const sent: number[] = [];
      for (let n = 0; n < 30; n += 1) sent.push(...(await server.append(executions(1 + (n % 15)))));
      return sent;
    });
    const sent = (await Promise.all(writing)).flat().sort((a, b) => a - b);
    for (const reader of readers) assert.deepEqual(ids(await reader.take(sent.length)), sent);
  });

  test('one goes on where the other has ended', async (t) => {
    const { line, servers } = await replicas(t);
    const [here, there] = servers;
    const reader = await reading(t, here);
    await reading(t, there);
    // The other has not heard of what this one has told already.
    line.cut();
    const sent = await here.append(executions(5));
    const seen = await reader.take(3);
    const again = await reading(t, there, seen.at(-1)?.id);
    assert.deepEqual(ids(await again.take(2)), sent.slice(3));
    const caughtUp = await reading(t, there, String(sent.at(-1)));
    const [next] = await there.append([stats()]);
    assert.deepEqual(ids([await caughtUp.next()]), [next]);
  });

  test('look by themselves while Redis is unavailable, and catch up when it is back', async (t) => {
    const { line, servers } = await replicas(t);
    const [here, there] = servers;
    const reader = await reading(t, there);
    line.cut();
    await eventually('both know', () => servers.every(({ bus }) => !bus.connected));
    const [first] = await here.append([stats()]);
    there.ahead = 2000;
    there.hub.round();
    assert.deepEqual(ids([await reader.next()]), [first]);

    const [second] = await here.append([stats()]);
    line.mend();
    await connected(servers);
    assert.deepEqual(ids([await reader.next()]), [second]);
    const [third] = await here.append([stats()]);
    assert.deepEqual(ids([await reader.next()]), [third]);
  });

  test('of the whole service: telemetry to one is live at the other', async (t) => {
    const database = await createTestDatabase();
    const running: RunningServer[] = [];
    const directories: string[] = [];
    t.after(async () => {
      for (const server of running) await server.close();
      await database.drop();
      for (const directory of directories) await rm(directory, { recursive: true });
    });
    const key = 'an ingest key for tests';
    const password = 'correct horse battery staple';
    for (let n = 0; n < 2; n += 1) {
      const directory = await mkdtemp(join(tmpdir(), 'cloudbrain-replica-'));
      directories.push(directory);
      const config = readConfig({
        PORT: '0',
        CLOUDBRAIN_DATA: directory,
        CLOUDBRAIN_SECRET: 'a secret that both replicas of the test share',
        CLOUDBRAIN_ADMIN_PASSWORD: password,
        CLOUDBRAIN_INGEST_KEY: key,
        DATABASE_URL: database.databaseUrl,
        REDIS_URL: redisUrl,
      });
      const options = { logger: createLogger('silent'), checkResponses: true };
      running.push(await startServer(config, options));
    }
    const [here, there] = running.map(({ url }) => url);
    const login = await fetch(`${here}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@localhost', password }),
    });
    const { accessToken: token } = (await login.json()) as Schemas['Session'];
    const reader = await EventReader.open({ port: Number(new URL(there ?? '').port), token });
    t.after(() => reader.close());
    assert.equal((await reader.next()).event, 'hello');
    await sendRun(here ?? '', key, { finished: true });
    const events = await reader.take(2);
    assert.deepEqual(events.map(({ event }) => event).sort(), ['execution', 'stats']);
  });
});
