/** The example of every call runs, as it stands in the doc comment, against the real server. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { apiKey, CloudBrain, passwordAuth } from '@cloudbrain/sdk';
import { traceOf } from '../server/api/traces.ts';
import { PORTAL, TestServer } from '../support/server.ts';

const folder = new URL('../../sdk/resources/', import.meta.url);

interface Example {
  /** Such as `conversations.get`. */
  name: string;
  tag: string;
  code: string;
}

/** Each public method of a resource, and the example in the comment before it. */
function examplesIn(file: string): Example[] {
  const tag = file.replace('.ts', '');
  const source = readFileSync(new URL(file, folder), 'utf8');
  const methods = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(?:async )?(\w+)[<(]/g);
  return [...methods].flatMap(([, comment = '', name = '']) => {
    if (name === 'constructor') return [];
    const [, example = ''] = comment.split('@example');
    const code = example.replaceAll(/^\s*\* ?/gm, '').trim();
    return [{ name: `${tag}.${name}`, tag, code }];
  });
}

/** These have tests of their own, with data that their examples show. */
const elsewhere = ['resource.ts', 'stats.ts', 'admin.ts'];

const examples = readdirSync(folder)
  .filter((file) => !elsewhere.includes(file))
  .flatMap(examplesIn);

/** Ends an example that would go on for ever. */
class Enough extends Error {}

const DOMAIN = 'app.example.com';

describe('the example of', () => {
  let server: TestServer;
  let ingest: string;
  let cb: CloudBrain;
  const account = { email: 'admin@localhost', password: 'correct horse battery staple' };
  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    cb = new CloudBrain({ baseUrl: server.url, auth: passwordAuth(), logLevel: 'off' });
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
    cleanup: async () => (await cb.cleanup.run({ dryRun: true })).id,
  };

  /** What the examples name besides. */
  async function givenFor({ name, tag }: Example): Promise<Record<string, unknown>> {
    const id = (await ids[tag]?.()) ?? '';
    const show = (): void => {
      if (/\.(stream|subscribe)$/.test(name)) throw new Enough();
    };
    const given = { cb, id, ids: [id], runId: id, ...account, domain: DOMAIN };
    const at = new Date().toISOString();
    const times = { createdAt: at, updatedAt: at, changedAt: at };
    const nothing = (): void => {};
    const tools = {
      ...{ print: nothing, show, showLogin: nothing, console: { log: nothing } },
      ...{ save: nothing, writeFile: nothing },
    };
    return { ...given, ...times, ...tools };
  }

  for (const example of examples) {
    test(example.name, { timeout: 20_000 }, async () => {
      assert.notEqual(example.code, '', 'It has none');
      const given = await givenFor(example);
      // Each call of a method that ends the session has one of its own.
      if (example.name === 'auth.logout') {
        const own = new CloudBrain({ baseUrl: server.url, auth: passwordAuth(), logLevel: 'off' });
        await own.auth.login(account);
        given.cb = own;
      }
      if (example.name === 'auth.createEmbedToken') {
        given.cb = new CloudBrain({
          baseUrl: server.url,
          auth: apiKey(await server.apiKey('admin')),
        });
        example.code = example.code.replace('https://portal.example.com', PORTAL);
      }
      const names = `{ ${Object.keys(given).join(', ')} }`;
      const code = stripTypeScriptTypes(
        `export default async (${names}) => {{\n${example.code}\n}}`,
      );
      // What is run is what the documentation shows.
      const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
        default: (given: object) => Promise<void>;
      };
      const over = new AbortController();
      const running = module
        .default(given)
        .catch((error: unknown) => {
          if (!(error instanceof Enough)) throw error;
        })
        .finally(() => over.abort());
      // Where an example waits for something, that has to happen, once it listens.
      const waits = /\.(stream|subscribe)$/.test(example.name);
      while (waits && !over.signal.aborted) await send(String(given.id) || 'any');
      await running;
    });
  }
});
