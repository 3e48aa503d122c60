/** The SDK and the real server: what each of them says fits what the other means. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  apiKey,
  AuthenticationError,
  BadRequestError,
  bearer,
  CloudBrain,
  ConnectionError,
  type LiveUpdate,
  NotFoundError,
  passwordAuth,
  PermissionError,
  UnprocessableError,
} from '@cloudbrain/sdk';
import { until } from '../support/loopback.ts';
import { PORTAL, TestServer } from '../support/server.ts';

const MINUTE = 60_000;
const admin = { email: 'admin@localhost', password: 'correct horse battery staple' };

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

const client = (auth = passwordAuth()) =>
  new CloudBrain({ baseUrl: server.url, auth, logLevel: 'off' });

async function signedIn(): Promise<CloudBrain> {
  const cb = client();
  await cb.auth.login(admin);
  return cb;
}

/** Sends a run of an agent with one model call, as an OpenTelemetry client would. */
async function sendRun(agent: string): Promise<void> {
  const traceId = randomBytes(16).toString('hex');
  const parentSpanId = randomBytes(8).toString('hex');
  const end = BigInt(Date.now()) * 1_000_000n;
  const times = { startTimeUnixNano: String(end - 1_000_000_000n), endTimeUnixNano: String(end) };
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const count = (key: string, intValue: number) => ({ key, value: { intValue } });
  const spans = [
    {
      traceId,
      spanId: parentSpanId,
      name: `invoke_agent ${agent}`,
      kind: 1,
      ...times,
      attributes: [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', agent)],
    },
    {
      traceId,
      spanId: randomBytes(8).toString('hex'),
      parentSpanId,
      name: 'chat gpt-4o',
      kind: 3,
      ...times,
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.request.model', 'gpt-4o'),
        text('gen_ai.provider.name', 'openai'),
        count('gen_ai.usage.input_tokens', 100),
        count('gen_ai.usage.output_tokens', 10),
      ],
    },
  ];
  const resource = { attributes: [text('service.name', 'app.example.com')] };
  const { status } = await server.call('/v1/traces', {
    token: await server.ingestKey(),
    body: { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] },
  });
  assert.equal(status, 200);
}

describe('a session', () => {
  test('outlives a renewal whose answer was lost with the page', async () => {
    const items = new Map<string, string>();
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    };
    const lossy: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      if (new URL(response.url).pathname !== '/api/auth/refresh') return response;
      await response.arrayBuffer();
      throw new TypeError('The connection broke');
    };
    const options = { baseUrl: server.url, logLevel: 'off', maxRetries: 0 } as const;
    const page = new CloudBrain({ ...options, auth: passwordAuth({ storage }), fetch: lossy });
    await page.auth.login(admin);
    server.advance(16 * MINUTE);
    await assert.rejects(page.auth.me(), ConnectionError);
    const reloaded = new CloudBrain({ ...options, auth: passwordAuth({ storage }) });
    assert.equal((await reloaded.auth.me()).email, admin.email);
  });

  test('begins, is renewed when its token has ended, and ends', async () => {
    const cb = await signedIn();
    const told: string[] = [];
    cb.auth.on('change', (me) => told.push(me?.role ?? 'nobody'));
    cb.auth.on('expired', () => told.push('expired'));
    assert.equal((await cb.auth.me()).email, admin.email);
    server.advance(16 * MINUTE);
    const all = await Promise.all([cb.auth.me(), cb.stats.overview(), cb.cleanup.status()]);
    assert.equal(all.length, 3);
    assert.deepEqual(told, []);
    await cb.auth.logout();
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.deepEqual(told, ['nobody']);
  });

  test('that the server has ended expires', async () => {
    const cb = await signedIn();
    let expired = 0;
    cb.auth.on('expired', () => expired++);
    server.advance(30 * 24 * 60 * MINUTE);
    await assert.rejects(cb.auth.me(), AuthenticationError);
    server.advance(-30 * 24 * 60 * MINUTE);
    assert.equal(expired, 1);
  });

  test('does not begin with a wrong password', async () => {
    await assert.rejects(client().auth.login({ ...admin, password: 'wrong' }), AuthenticationError);
  });
});

describe('calls', () => {
  test('see what telemetry told, page by page', async () => {
    const cb = await signedIn();
    for (let run = 0; run < 3; run++) await sendRun('pages');
    const query = { agent: 'pages', limit: 2 };
    const first = await cb.executions.list(query);
    assert.equal(first.data.length, 2);
    assert.equal((await first.next()).hasNext(), false);
    const all = await cb.executions.list(query).toArray({ limit: 10 });
    assert.equal(all.length, 3);
    const { stepList, tokens } = await cb.executions.get(all[0]!.id);
    assert.equal(stepList.length, 1);
    assert.deepEqual(tokens, { input: 100, output: 10 });
    const { data, requestId } = await cb.stats.overview({ timeframe: '24h' }).withResponse();
    assert.ok(data.requests >= 3);
    assert.ok(requestId);
    assert.ok((await cb.stats.timeline({ timeframe: '24h', granularity: 'hour' })).points.length);
    assert.equal((await cb.health.get()).status, 'healthy');
  });

  test('that are refused say why', async () => {
    const cb = await signedIn();
    await assert.rejects(cb.executions.get('0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99'), NotFoundError);
    await assert.rejects(cb.executions.list({ limit: 1000 }), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.problem?.errors[0]?.path, 'limit');
      return true;
    });
    const empty: [path: string, call: PromiseLike<unknown>][] = [
      ['domain', cb.stats.overview({ domain: '' })],
      ['models', cb.stats.compareModels({ models: [] })],
      ['user', cb.executions.list({ user: '' })],
      ['topics', cb.live.subscribe({ topics: [] })[Symbol.asyncIterator]().next()],
    ];
    for (const [path, call] of empty) {
      await assert.rejects(Promise.resolve(call), (error) => {
        assert.ok(error instanceof BadRequestError, path);
        assert.equal(error.problem?.errors[0]?.path, path);
        assert.doesNotMatch(error.problem.errors[0].message, /required/);
        return true;
      });
    }
    const key = client(apiKey(await server.apiKey('viewer')));
    await assert.rejects(key.cleanup.run({ dryRun: true }), (error) => {
      assert.ok(error instanceof PermissionError);
      assert.deepEqual(error.requiredRoles, ['admin']);
      return true;
    });
  });

  test('with one key do one thing', async () => {
    const cb = await signedIn();
    const idempotencyKey = 'a key of its own';
    const [a, b] = await Promise.all([
      cb.cleanup.run({ dryRun: true }, { idempotencyKey }),
      cb.cleanup.run({ dryRun: true }, { idempotencyKey }),
    ]);
    assert.equal(a.id, b.id);
    await assert.rejects(cb.cleanup.run({ dryRun: false }, { idempotencyKey }), UnprocessableError);
    assert.equal((await cb.cleanup.getRun(a.id)).id, a.id);
    assert.ok(Array.isArray((await cb.cleanup.listActions({ runId: a.id })).data));
  });

  test('mint tokens for pages, which bearer() takes as they come', async () => {
    const backend = client(apiKey(await server.apiKey('admin')));
    const request = { domains: ['app.example.com'], origins: [PORTAL] };
    const page = new CloudBrain({
      baseUrl: server.url,
      auth: bearer(() => backend.auth.createEmbedToken(request)),
      headers: { origin: PORTAL },
    });
    const me = await page.auth.me();
    assert.equal(me.kind, 'embed');
    assert.deepEqual(me.domains, request.domains);
    await assert.rejects(page.cleanup.status(), PermissionError);
  });
});

for (const transport of ['ws', 'sse'] as const) {
  describe(`a live stream (${transport})`, () => {
    test('tells what comes, over connections and tokens that end', async (t) => {
      const cb = await signedIn();
      const stream = cb.live.subscribe({ topics: ['executions', 'cleanup'], transport });
      t.after(() => stream.close());
      const seen: LiveUpdate[] = [];
      const causes: string[] = [];
      stream.on('state', ({ cause, state }) => state === 'waiting' && causes.push(String(cause)));
      const reading = (async () => {
        for await (const update of stream) seen.push(update);
      })();
      const told = (agent: string) =>
        seen.some(({ event, data }) => event === 'execution' && data.execution.agent === agent);

      await until(() => seen.length === 1);
      assert.equal(seen[0]?.event, 'hello');
      await sendRun(`${transport} before`);
      await until(() => told(`${transport} before`));

      server.advance(16 * MINUTE);
      await until(() => causes.length === 1);
      assert.match(causes[0] ?? '', /token has expired/i);
      await sendRun(`${transport} after`);
      await until(() => told(`${transport} after`));
      assert.ok(seen.every(({ event }) => event !== 'reset'));

      stream.close();
      await reading;
    });

    test('begins again after any id, or says that it can not', async (t) => {
      const cb = await signedIn();
      const stream = cb.live.subscribe({ topics: ['stats'], transport, lastEventId: '999999999' });
      t.after(() => stream.close());
      const events: string[] = [];
      for await (const { event } of stream) {
        events.push(event);
        if (event === 'reset') break;
      }
      assert.equal(events.at(-1), 'reset');
    });

    test('of nobody ends with the 401', async (t) => {
      const stream = client().live.subscribe({ transport });
      t.after(() => stream.close());
      await assert.rejects(stream[Symbol.asyncIterator]().next(), AuthenticationError);
      const wrong = client(bearer('wrong')).live.subscribe({ transport });
      t.after(() => wrong.close());
      await assert.rejects(wrong[Symbol.asyncIterator]().next(), AuthenticationError);
    });

    test('of what the token may not see ends with the refusal', async (t) => {
      const key = client(apiKey(await server.apiKey('viewer', { domains: ['mine.example'] })));
      const stream = key.live.subscribe({ transport, domain: 'other.example' });
      t.after(() => stream.close());
      await assert.rejects(stream[Symbol.asyncIterator]().next(), NotFoundError);
    });
  });
}
