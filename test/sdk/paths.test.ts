/** Whatever an id is, a call reaches its own operation with that id, or fails before it is sent. */
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { Hono } from 'hono';
import { CloudBrain, CloudBrainError } from '@cloudbrain/sdk';
import {
  Contract,
  Problem,
  route,
  type AnyHandlers,
  type ContractEnv,
  type OperationId,
} from '../../server/contract/index.ts';
import { listen, type Listening } from '../../server/http/listen.ts';
import { fakeProblem, FakeServer } from '@cloudbrain/sdk/testing';
import { routes } from '../../sdk/testing/routes.ts';
import { runs } from '../support/effort.ts';
import { patience } from '../support/patience.ts';

const contract = new Contract();
const operations = [...contract.operations.values()];
const withIds = operations.filter(({ path }) => path.includes('{'));

/** What the server made of the latest request: the operation, then its parameters. */
const reached: { id: OperationId; path?: unknown }[] = [];
const app = new Hono<ContractEnv>();
let server: Listening;

before(async () => {
  const handlers = Object.fromEntries(
    operations.map(({ id }) => [
      id,
      ({ params }: { params: { path: unknown } }) => {
        reached.push({ id, path: params.path });
        throw new Problem('not_found', 'Only the path matters.');
      },
    ]),
  ) as unknown as AnyHandlers;
  app.use((c, next) => {
    c.set('requestId', 'req_test');
    c.set('ip', '127.0.0.1');
    return next();
  });
  route(app, {
    contract,
    handlers,
    checkResponses: false,
    closing: new AbortController().signal,
    timeoutMs: patience(10_000),
    // Before any check, so that an id of the wrong format has been here as well.
    admit: async ({ operation: { id } }) => void reached.push({ id }),
    perform: (_, __, run) => run(),
    fail: (error) => new Problem('internal_error', String(error)),
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 }, Response.error);
});
after(() => server.close());

type Calls = Partial<Record<OperationId, (cb: CloudBrain, id: string) => PromiseLike<unknown>>>;

/** The method of every operation that has an id in its path. */
const calls: Calls = {
  'stats.domain': (cb, id) => cb.stats.domain(id),
  'executions.get': (cb, id) => cb.executions.get(id),
  'admin.getError': (cb, id) => cb.admin.getError(id),
  'conversations.get': (cb, id) => cb.conversations.get(id, { domain: 'a.example' }),
  'conversations.delete': (cb, id) => cb.conversations.delete(id),
  'conversations.listMessages': (cb, id) => cb.conversations.listMessages(id, { limit: 1 }),
  'conversations.stream': (cb, id) =>
    cb.conversations.stream(id, { reconnect: false })[Symbol.asyncIterator]().next(),
  'conversations.export': (cb, id) => cb.conversations.export(id),
  'conversations.setTags': (cb, id) => cb.conversations.setTags(id, { tags: [] }),
  'conversations.addFavorite': (cb, id) => cb.conversations.addFavorite(id),
  'conversations.removeFavorite': (cb, id) => cb.conversations.removeFavorite(id),
  'users.erase': (cb, id) => cb.users.erase(id),
  'users.getErasure': (cb, id) => cb.users.getErasure(id),
  'cleanup.getRun': (cb, id) => cb.cleanup.getRun(id),
};

/** Both ways to call an operation. */
function waysTo(cb: CloudBrain, { id, method, path }: (typeof withIds)[number]) {
  const call = calls[id];
  assert.ok(call, `${id} has a call here`);
  const [, name = ''] = /\{(\w+)\}/.exec(path) ?? [];
  const api = cb.api as unknown as {
    request(method: string, path: string, init: object): Promise<unknown>;
  };
  const body = method === 'PUT' ? { body: { tags: [] } } : {};
  return [
    (value: string) => call(cb, value),
    (value: string) => api.request(method, path, { params: { path: { [name]: value } }, ...body }),
  ];
}

/** Words that stand where an id may be: `search` beside `{id}`. */
const neighbours = withIds.flatMap(({ path }) => {
  const before = path.slice(0, path.indexOf('{'));
  return operations.flatMap((other) => {
    const [word = ''] = other.path.startsWith(before)
      ? other.path.slice(before.length).split('/')
      : [];
    return word.startsWith('{') ? [] : [word];
  });
});

const nasty = [
  ...['.', '..', '...', '.%2e', '%2E', '%2e%2e', '%252E%252E', '%', '%25', '%2F', '%ff', '%zz'],
  ...['a/b', '../..', '/', '//', '\\', '..\\..', 'x/..', 'x/../../users/ada', './x', '%2e/x'],
  ...['a/%2e%2e/b', ' ', '+', '?', '#', '?a=1', '#top', ';', ':', '@', '&', '=', '$&', "$'", '*'],
  ...['{id}', '%7Bid%7D', 'ä', 'Zoë 木 🦓', 'null', 'undefined', '__proto__', 'constructor'],
  ...new Set(neighbours.flatMap((word) => [word, `%${word}`, word.toUpperCase(), `${word}/x`])),
  ...[...new Set(neighbours)].flatMap((word) => {
    const first = `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`;
    return [first, first.replace('%', '%25')];
  }),
].filter((text) => text !== '');

const anyId = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc
    .array(fc.constantFrom(...nasty, 'a', '2e', '5c', '/', '.', '%'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join('')),
);

/** Calls it, and compares what arrives. */
async function arrives(call: (id: string) => PromiseLike<unknown>, id: string, at: OperationId) {
  reached.length = 0;
  await Promise.resolve(call(id)).catch((error: unknown) => {
    assert.ok(error instanceof CloudBrainError, String(error));
  });
  const last = reached.at(-1);
  assert.equal(last?.id, at, JSON.stringify(id));
  const [given] = Object.values((last.path ?? {}) as Record<string, unknown>);
  // A UUID's format refuses the others, as does PostgreSQL a NUL.
  if (given !== undefined) assert.equal(given, id);
  return given !== undefined;
}

const options = { maxRetries: 0, logLevel: 'off' } as const;
const client = (baseUrl: string) => new CloudBrain({ baseUrl, ...options });
/** A client of the server without the network between, for thousands of calls. */
const direct = new CloudBrain({
  ...options,
  baseUrl: 'http://127.0.0.1',
  fetch: async (input) => app.fetch(input as Request, {}),
});

for (const operation of withIds) {
  const { id: name } = operation;
  const isText = !/Error|executions|erasure|Run/.test(name);

  test(`${name} gets any id as it is`, async () => {
    for (const call of waysTo(direct, operation)) {
      for (const id of nasty) {
        const read = await arrives(call, id, name);
        assert.equal(read, isText, `${name} reads ${JSON.stringify(id)}`);
      }
      const property = fc.asyncProperty(anyId, async (id) => void (await arrives(call, id, name)));
      await fc.assert(property, { numRuns: runs(300) });
    }
  });

  test(`${name} sends nothing where no path can carry the id`, async () => {
    const sent: string[] = [];
    const cb = new CloudBrain({
      baseUrl: 'https://cloudbrain.example.com',
      fetch: async (input) => {
        sent.push((input as Request).url);
        return Response.json({});
      },
    });
    for (const call of waysTo(cb, operation)) {
      for (const id of ['', '\ud800', 'a\udfff', undefined, null, 7, {}, ['a']]) {
        const promise = Promise.resolve(call(id as string));
        await assert.rejects(promise, (error) => {
          assert.ok(error instanceof CloudBrainError);
          assert.match(error.message, /`(?:id|domain)` must be a text that is not empty/);
          return true;
        });
      }
    }
    assert.deepEqual(sent, []);
  });
}

test('cb.api refuses a path whose parameters were left out', async () => {
  const cb = client(server.url);
  reached.length = 0;
  for (const init of [undefined, {}, { params: {} }, { params: { path: {} } }]) {
    const call = cb.api.GET('/api/conversations/{id}', init as never);
    await assert.rejects(call, CloudBrainError);
  }
  assert.deepEqual(reached, []);
});

test('a fake server reads ids as the server does', async () => {
  const fake = new FakeServer();
  const cb = new CloudBrain({ ...fake.options });
  for (const operation of Object.keys(routes) as OperationId[])
    fake.on(operation, fakeProblem(404));
  for (const operation of withIds) {
    const [call] = waysTo(cb, operation);
    for (const id of nasty) {
      await Promise.resolve(call?.(id)).catch(() => {});
      const { operation: name, path } = fake.calls.at(-1) ?? {};
      assert.deepEqual([name, Object.values(path ?? {})], [operation.id, [id]]);
    }
  }
});

/** One operation of each kind of path. */
const behindProxies = new Set<OperationId>([
  'stats.domain',
  'conversations.delete',
  'conversations.export',
  'users.erase',
]);

/** Ways in which proxies rewrite a path before they send it on. */
const normalise: Record<string, (path: string) => string> = {
  'RFC 3986, 6.2.2': (path) =>
    withoutDots(
      path.replaceAll(/%[\da-f]{2}/gi, (escape) =>
        /^[\w.~-]$/.test(charOf(escape)) ? charOf(escape) : escape.toUpperCase(),
      ),
    ),
  'a parser of URLs': (path) => new URL(path, 'http://proxy').pathname,
  'nginx, with a path in proxy_pass': (path) => {
    const decoded = Buffer.from(
      path.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(parseInt(hex, 16)),
      ),
      'latin1',
    ).toString('latin1');
    return withoutDots(decoded.replaceAll(/\/+/g, '/')).replaceAll(
      /[\0-\x20"#%<>?\\^`{|}\x7f-\xff]/g,
      (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    );
  },
};

const charOf = (escape: string) => String.fromCharCode(parseInt(escape.slice(1), 16));

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

for (const [name, rewrite] of Object.entries(normalise)) {
  describe(`through a proxy that normalises paths (${name})`, () => {
    let url = '';
    const proxy = createServer((incoming, outgoing) => {
      const [path = '', ...query] = (incoming.url ?? '').split('?');
      const { method, headers } = incoming;
      const target = new URL(server.url);
      const sent = request({
        host: target.hostname,
        port: target.port,
        method,
        headers,
        // As it is: no client of ours may mend it.
        path: [rewrite(path), ...query].join('?'),
      });
      sent.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      sent.on('error', () => outgoing.destroy());
      incoming.pipe(sent);
    });
    before(async () => {
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });
    after(() => void proxy.close());

    test('dots and words arrive, and no id leads to an operation above its own', async () => {
      const keepsSlashes = !name.startsWith('nginx');
      for (const operation of withIds) {
        const { id: at, path } = operation;
        if (!behindProxies.has(at)) continue;
        const above = path.slice(0, path.indexOf('{'));
        const [call] = waysTo(client(url), operation);
        assert.ok(call);
        for (const id of nasty) {
          if (keepsSlashes || !id.includes('/')) {
            await arrives(call, id, at);
            continue;
          }
          // It takes an encoded slash for one of the path.
          reached.length = 0;
          await Promise.resolve(call(id)).catch(() => {});
          const there = reached.at(-1)?.id ?? at;
          const other = contract.operations.get(there);
          assert.ok(other?.path.startsWith(above), `${at} of ${id} reached ${there}`);
        }
      }
    });
  });
}
