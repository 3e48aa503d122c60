/** The example of every call runs, as it stands in the doc comment, against the real server. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apiKey, CloudBrain, passwordAuth } from '@cloudbrain/sdk';
import { inRoot } from '../../scripts/support/root.ts';
import { readDocument } from '../support/contract.ts';
import { traceOf } from '../server/api/traces.ts';
import { examplesOf, methodsOf, runExample } from '../support/examples.ts';
import { patience } from '../support/patience.ts';
import { PORTAL, TestServer } from '../support/server.ts';

/** These have tests of their own, with data that their examples show. */
const elsewhere = ['resource.ts', 'stats.ts', 'admin.ts', 'batch.ts'];

const tags = readdirSync(inRoot('sdk/resources'))
  .filter((file) => !elsewhere.includes(file))
  .map((file) => basename(file, '.ts') as 'auth');

const resources = await Promise.all(
  tags.map(async (tag) => ({ tag, examples: await examplesOf(`sdk/resources/${tag}.ts`) })),
);

/** Ends an example that would go on for ever. */
class Enough extends Error {}

const DOMAIN = 'app.example.com';

describe('the example of', () => {
  let server: TestServer;
  let ingest: string;
  let cb: CloudBrain;
  /** Every request that an example made. */
  const sent: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (input instanceof Request) sent.push(input);
    return globalThis.fetch(input, init);
  };
  const account = { email: 'admin@localhost', password: 'correct horse battery staple' };
  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    cb = new CloudBrain({ baseUrl: server.url, auth: passwordAuth(), logLevel: 'off', fetch });
    await cb.auth.login(account);
  });
  after(() => server.close());

  const send = (conversation: string) =>
    server.call('/v1/traces', {
      token: ingest,
      body: traceOf({ startedAt: Date.now() - 2_000, service: DOMAIN, conversation }),
    });

  /** What `id` is in the examples of a tag. */
  const ids: Record<string, () => Promise<string>> = {
    executions: async () => {
      await send('any');
      return (await cb.executions.list()).data[0]?.id ?? '';
    },
    conversations: async () => {
      const id = `chat-${crypto.randomUUID()}`;
      await send(id);
      return id;
    },
    users: async () => {
      const user = 'ada@example.com';
      const body = traceOf({ startedAt: Date.now() - 2_000, service: DOMAIN, user });
      await server.call('/v1/traces', { token: ingest, body });
      return (await cb.users.erase(user)).id;
    },
    keys: async () => (await cb.keys.create({ kind: 'api', name: 'any', role: 'viewer' })).id,
    cleanup: async () => (await cb.cleanup.run({ dryRun: true })).id,
  };

  /** What the examples name besides. */
  async function givenFor(tag: string, isEndless: boolean): Promise<Record<string, unknown>> {
    const id = (await ids[tag]?.()) ?? '';
    const show = (): void => {
      if (isEndless) throw new Enough();
    };
    const given = { id, ids: [id], runId: id, ...account, domain: DOMAIN };
    const at = new Date().toISOString();
    const times = { createdAt: at, updatedAt: at, changedAt: at };
    const nothing = (): void => {};
    const tools = {
      ...{ print: nothing, show, showLogin: nothing, console: { log: nothing } },
      ...{ save: nothing, writeFile: nothing },
    };
    return { ...given, ...times, ...tools };
  }

  /** Each with a client that may what its example shows. */
  const clients: Record<string, () => Promise<CloudBrain>> = {
    logout: async () => {
      const auth = passwordAuth();
      const own = new CloudBrain({ baseUrl: server.url, auth, logLevel: 'off', fetch });
      await own.auth.login(account);
      return own;
    },
    createEmbedToken: async () =>
      new CloudBrain({ baseUrl: server.url, auth: apiKey(await server.apiKey('admin')), fetch }),
  };

  for (const { tag, examples } of resources) {
    test(`every method of ${tag} is there`, () => {
      const shown = new Set(examples.map(({ method }) => method));
      assert.deepEqual([...shown].sort(), methodsOf(cb[tag]).sort());
    });

    for (const { method, name, code } of examples) {
      test(`${tag}.${name}`, { timeout: patience(20_000) }, async () => {
        const isEndless = method === 'stream' || method === 'subscribe';
        const given = await givenFor(tag, isEndless);
        given.cb = (await clients[method]?.()) ?? cb;
        const over = new AbortController();
        const running = runExample(code.replace('https://portal.example.com', PORTAL), given)
          .catch((error: unknown) => {
            if (!(error instanceof Enough)) throw error;
          })
          .finally(() => over.abort());
        // Where an example waits for something, that has to happen, once it listens.
        while (isEndless && !over.signal.aborted) await send(String(given.id) || 'any');
        await running;
      });
    }
  }

  test('each write sends a key where the contract takes one, and only there', () => {
    const { operations } = readDocument();
    const writes = operations.filter(({ method }) => method !== 'GET');
    const takesKey = ({ parameters }: (typeof writes)[number]): boolean =>
      parameters.some(({ name }) => name === 'Idempotency-Key');
    const seen = new Set<string>();
    for (const { method, url, headers } of sent) {
      const { pathname } = new URL(url);
      const operation = writes.find(
        (one) =>
          one.method === method &&
          new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
      );
      if (!operation) continue;
      seen.add(operation.id);
      assert.equal(headers.has('idempotency-key'), takesKey(operation), operation.id);
    }
    const untried = writes.filter((one) => takesKey(one) && !seen.has(one.id));
    assert.deepEqual(
      untried.map(({ id }) => id),
      ['auth.refresh'],
    );
  });
});
