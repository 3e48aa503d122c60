/** Many calls in one request, by the SDK, against the real server and the fake one. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  apiKey,
  APIError,
  BadRequestError,
  CloudBrain,
  CloudBrainError,
  ConnectionError,
  type Middleware,
  NotFoundError,
  PermissionError,
  UserAbortError,
} from '@cloudbrain/sdk';
import { fakeProblem, FakeServer } from '@cloudbrain/sdk/testing';
import { traceOf } from '../server/api/traces.ts';
import { TestServer } from '../support/server.ts';
import { execution, me } from './samples.ts';

const UNKNOWN = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';

let server: TestServer;
let cb: CloudBrain;
/** Every request that went out. */
const sent: Request[] = [];
before(async () => {
  server = await TestServer.start();
  const token = await server.ingestKey();
  for (let n = 0; n < 3; n++) {
    const body = traceOf({ startedAt: Date.now() - 60_000 - n, user: 'ada' });
    await server.call('/v1/traces', { token, body });
  }
  cb = client(await server.apiKey('viewer'));
});
after(() => server.close());

const client = (key: string, middleware: Middleware[] = []): CloudBrain =>
  new CloudBrain({
    ...{ baseUrl: server.url, auth: apiKey(key), logLevel: 'off', middleware },
    fetch: (input, init) => {
      if (input instanceof Request) sent.push(input);
      return fetch(input, init);
    },
  });

const sentBy = async <T>(work: () => PromiseLike<T>): Promise<[T, string[]]> => {
  const from = sent.length;
  const result = await work();
  return [result, sent.slice(from).map(({ method, url }) => `${method} ${new URL(url).pathname}`)];
};

describe('a batch', () => {
  test('is one request, and each call ends as it would by itself', async () => {
    const [[overview, runs, users, none], requests] = await sentBy(() =>
      cb.batch((b) => [
        b.stats.overview({ timeframe: '7d' }),
        b.executions.list({ limit: 2 }),
        b.stats.users(),
        b.executions.get(UNKNOWN),
      ]),
    );
    assert.deepEqual(requests, ['POST /api/batch']);
    assert.ok(overview.status === 'fulfilled' && runs.status === 'fulfilled');
    assert.equal(overview.value.requests, 3);
    assert.equal(runs.value.data.length, 2);
    assert.ok(users.status === 'rejected' && none.status === 'rejected');
    assert.ok(users.reason instanceof PermissionError);
    assert.deepEqual(users.reason.requiredRoles, ['admin', 'support', 'executive']);
    assert.ok(none.reason instanceof NotFoundError);
    assert.match(none.reason.requestId ?? '', /\.3$/, 'its own request id');
  });

  test('gives a page whose next page is asked for as ever', async () => {
    const [runs] = await cb.batch((b) => [b.executions.list({ limit: 2 })]);
    assert.ok(runs.status === 'fulfilled' && runs.value.hasNext());
    const [second, requests] = await sentBy(() => runs.value.next());
    assert.deepEqual(requests, ['GET /api/executions']);
    assert.equal(second.data.length, 1);
  });

  test('gives each answer as it comes, with its place', async () => {
    const indices: number[] = [];
    const batch = cb.batch((b) => [b.auth.me(), b.stats.overview(), b.executions.get(UNKNOWN)]);
    for await (const entry of batch) {
      indices.push(entry.index);
      if (entry.index === 0 && entry.status === 'fulfilled') assert.equal(entry.value.kind, 'key');
      if (entry.index === 2) assert.equal(entry.status, 'rejected');
    }
    assert.deepEqual(indices.sort(), [0, 1, 2]);
    // What has come can be had again, whole.
    const [me] = await batch;
    assert.equal(me.status, 'fulfilled');
    const { response, requestId } = await batch.withResponse();
    assert.equal(response.status, 200);
    assert.ok(requestId);
  });

  test('goes through the middleware once, and has ids and texts that need encoding', async () => {
    const seen: string[] = [];
    const key = await server.apiKey('admin');
    const own = client(key, [
      (request, next) => {
        seen.push(new URL(request.url).pathname);
        return next(request);
      },
    ]);
    const odd = `a/b ?#'%2e`;
    const [domain, dots, search] = await own.batch((b) => [
      b.stats.domain(odd),
      b.conversations.get('..'),
      b.conversations.search({ q: `it's "ours" & theirs` }),
    ]);
    assert.deepEqual(seen, ['/api/batch']);
    assert.ok(domain.status === 'rejected' && dots.status === 'rejected');
    assert.deepEqual(
      [domain.reason, dots.reason].map((reason) => reason instanceof NotFoundError),
      [true, true],
    );
    assert.equal(search.status, 'fulfilled');
  });

  test('leaves out calls of a client with other credentials, and takes none of a call', async () => {
    const admin = apiKey(await server.apiKey('admin'));
    const [[mine, theirs], requests] = await sentBy(() =>
      cb.batch((b) => [b.auth.me(), b.withOptions({ auth: admin }).auth.me()]),
    );
    assert.ok(mine.status === 'fulfilled' && theirs.status === 'fulfilled');
    assert.deepEqual([mine.value.role, theirs.value.role], ['viewer', 'admin']);
    assert.deepEqual(requests.sort(), ['GET /api/auth/me', 'POST /api/batch']);
    for (const headers of [{ authorization: 'Bearer other' }, { 'x-api-key': 'other' }]) {
      const [, none] = await sentBy(() =>
        assert.rejects(
          cb.batch((b) => [b.auth.me({ headers })]),
          (error) => error instanceof CloudBrainError && error.message.includes('credentials'),
        ),
      );
      assert.deepEqual(none, []);
    }
  });

  test('takes no write, and sends nothing then', async () => {
    const before = sent.length;
    const batch = cb.batch((b) => [b.auth.me(), b.cleanup.run({ dryRun: true })]);
    await assert.rejects(batch, (error: unknown) => {
      assert.ok(error instanceof CloudBrainError && !(error instanceof APIError));
      assert.match(error.message, /POST \/api\/cleanup\/runs/);
      return true;
    });
    await assert.rejects(
      cb.batch(() => []),
      CloudBrainError,
    );
    assert.equal(sent.length, before);
  });

  test('fails as a whole where the server takes none of it', async () => {
    const many = cb.batch((b) => Array.from({ length: 101 }, () => b.auth.me()));
    await assert.rejects(many, BadRequestError);
    const exported = cb.batch((b) => [b.conversations.export('a')]);
    await assert.rejects(exported, (error: unknown) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.problem?.errors[0]?.path, '/requests/0/path');
      return true;
    });
    const iterated = async (): Promise<void> => {
      for await (const entry of cb.batch((b) => [b.conversations.export('a')])) void entry;
    };
    await assert.rejects(iterated, BadRequestError);
  });

  test('ends with its signal; a call ends with its own', async () => {
    const abort = new AbortController();
    abort.abort();
    const whole = cb.batch((b) => [b.auth.me()], { signal: abort.signal });
    await assert.rejects(whole, UserAbortError);
    const [one, other] = await cb.batch((b) => [
      b.auth.me({ signal: abort.signal }),
      b.stats.overview(),
    ]);
    assert.ok(one.status === 'rejected' && one.reason instanceof UserAbortError);
    assert.equal(other.status, 'fulfilled');
  });
});

test('calls whose answers are missing when a batch breaks off fail, the others stand', async () => {
  const headers = { 'content-type': 'application/json' };
  const lines = [{ index: 1, status: 200, headers, body: me }].map((it) => JSON.stringify(it));
  const broken = new CloudBrain({
    baseUrl: 'http://cloudbrain.test',
    fetch: async () =>
      new Response(`${lines.join('\n')}\n{"index":0,"sta`, {
        headers: { 'content-type': 'application/x-ndjson' },
      }),
  });
  const [first, second] = await broken.batch((b) => [b.auth.me(), b.auth.me()]);
  assert.ok(first.status === 'rejected' && first.reason instanceof ConnectionError);
  assert.ok(second.status === 'fulfilled');
  assert.equal(second.value.name, me.name);
});

test('the fake server answers batches by what it answers to each call', async () => {
  const fake = new FakeServer({ 'auth.me': me });
  fake.on('executions.get', ({ path }) => execution(1, { id: path.id ?? '' }) as never);
  fake.on('stats.overview', fakeProblem(429, {}, { 'retry-after': '3' }));
  const own = new CloudBrain({ ...fake.options });
  const [who, run, overview] = await own.batch((b) => [
    b.auth.me(),
    b.executions.get('a/b'),
    b.stats.overview({ timeframe: '7d' }),
  ]);
  assert.ok(who.status === 'fulfilled' && run.status === 'fulfilled');
  assert.deepEqual([who.value.name, run.value.id], [me.name, 'a/b']);
  assert.ok(overview.status === 'rejected' && overview.reason instanceof APIError);
  assert.equal(overview.reason.retryAfterMs, 3_000);
  assert.deepEqual(
    fake.calls.map(({ operation }) => operation),
    ['batch.run', 'auth.me', 'executions.get', 'stats.overview'],
  );
  assert.deepEqual(fake.callsTo('stats.overview')[0]?.query, { timeframe: '7d' });
  fake.on('batch.run', fakeProblem(503));
  await assert.rejects(
    own.withOptions({ maxRetries: 0 }).batch((b) => [b.auth.me()]),
    APIError,
  );
});
