import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import {
  CloudBrain,
  type ClientOptions,
  ConnectionError,
  passwordAuth,
  RateLimitError,
  ServerError,
  TimeoutError,
  UserAbortError,
} from '@cloudbrain/sdk';
import {
  inTurn,
  type Handler,
  problem,
  type Reply,
  startLoopback,
  until,
} from '../support/loopback.ts';
import { me, overview, session } from './samples.ts';

const now = { 'retry-after': '0' };

async function client(t: TestContext, handle: Handler, options: ClientOptions = {}) {
  const server = await startLoopback(t, handle);
  return { server, cb: new CloudBrain({ baseUrl: server.url, ...options }) };
}

/** Cuts the connection instead of an answer. */
const cut: Reply = (response) => response.destroy();

describe('what is sent again', () => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    test(`a read that got ${status}`, async (t) => {
      const { cb, server } = await client(
        t,
        inTurn(problem(status, 'No.', now), { json: overview }),
      );
      assert.equal((await cb.stats.overview()).requests, 12);
      assert.equal(server.seen.length, 2);
    });
  }

  for (const status of [400, 403, 404, 409, 422]) {
    test(`not one that got ${status}`, async (t) => {
      const { cb, server } = await client(t, () => problem(status, 'No.', now));
      await assert.rejects(cb.stats.overview(), { status });
      assert.equal(server.seen.length, 1);
    });
  }

  test('at most maxRetries times, for a client or for a call', async (t) => {
    const { cb, server } = await client(t, () => problem(503, 'No.', now));
    await assert.rejects(cb.stats.overview(), ServerError);
    assert.equal(server.seen.length, 3);
    await assert.rejects(cb.stats.overview({}, { maxRetries: 0 }), ServerError);
    assert.equal(server.seen.length, 4);
    await assert.rejects(cb.withOptions({ maxRetries: 4 }).stats.overview(), ServerError);
    assert.equal(server.seen.length, 9);
  });

  test('a read whose connection was cut, after a pause that doubles', async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const { cb, server } = await client(t, inTurn(cut, cut, { json: overview }));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const call = cb.stats.overview({}, { timeout: 0 });
    await until(() => server.seen.length === 1);
    await settle();
    t.mock.timers.tick(499);
    await settle();
    assert.equal(server.seen.length, 1);
    t.mock.timers.tick(1);
    await until(() => server.seen.length === 2);
    await settle();
    t.mock.timers.tick(999);
    await settle();
    assert.equal(server.seen.length, 2);
    t.mock.timers.tick(1);
    assert.equal((await call).requests, 12);
  });

  test('a read whose answer broke off halfway', async (t) => {
    const half: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"requests": 1', () => response.destroy());
    };
    const { cb, server } = await client(t, inTurn(half, { json: overview }));
    assert.equal((await cb.stats.overview()).requests, 12);
    assert.equal(server.seen.length, 2);
  });

  test('a write, with one idempotency key on every attempt', async (t) => {
    const { cb, server } = await client(
      t,
      inTurn(problem(503, 'No.', now), { status: 202, json: {} }),
    );
    await cb.cleanup.run({ dryRun: true });
    await cb.cleanup.run({ dryRun: true }, { idempotencyKey: 'mine' });
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
    assert.deepEqual(keys, [keys[0], keys[0], 'mine']);
    assert.deepEqual(
      server.seen.map(({ body }) => body),
      [{ dryRun: true }, { dryRun: true }, { dryRun: true }],
    );
  });

  test('the end of a session, which needs no key', async (t) => {
    const { cb, server } = await client(
      t,
      inTurn({ json: session(1) }, problem(503, 'No.', now), { status: 204 }),
      { auth: passwordAuth() },
    );
    await cb.auth.login({ email: 'a', password: 'b' });
    await cb.auth.logout();
    const ends = server.to('/api/auth/logout');
    assert.deepEqual(
      ends.map(({ headers }) => headers['idempotency-key']),
      [undefined, undefined],
    );
  });

  test('not a write without a key', async (t) => {
    const { cb, server } = await client(t, () => problem(503, 'No.', now));
    await assert.rejects(cb.auth.login({ email: 'a', password: 'b' }), ServerError);
    const { error } = await cb.api.POST('/api/cleanup/runs', { body: { dryRun: true } });
    assert.ok(error);
    assert.equal(server.seen.length, 2);
  });

  test('a write through cb.api that brings a key', async (t) => {
    const { cb, server } = await client(
      t,
      inTurn(problem(503, 'No.', now), { status: 202, json: {} }),
    );
    const { response } = await cb.api.POST('/api/cleanup/runs', {
      body: { dryRun: true },
      params: { header: { 'Idempotency-Key': 'k' } },
    });
    assert.equal(response.status, 202);
    assert.equal(server.seen.length, 2);
  });
});

describe('Retry-After', () => {
  test('in seconds is waited for', async (t) => {
    const { cb, server } = await client(
      t,
      inTurn(problem(429, 'No.', { 'retry-after': '7' }), { json: overview }),
    );
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const call = cb.stats.overview({}, { timeout: 0 });
    await until(() => server.seen.length === 1);
    await settle();
    t.mock.timers.tick(6_999);
    await settle();
    assert.equal(server.seen.length, 1);
    t.mock.timers.tick(1);
    await call;
    assert.equal(server.seen.length, 2);
  });

  test('as a date counts from the date of the server, not from the clock here', async (t) => {
    const dates = {
      date: 'Sat, 21 Nov 2015 10:00:00 GMT',
      'retry-after': 'Sat, 21 Nov 2015 10:00:05 GMT',
    };
    const { cb } = await client(t, () => problem(429, 'No.', dates), { maxRetryAfter: 4_999 });
    const error = await failure(cb.stats.overview());
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.retryAfterMs, 5_000);
  });

  for (const past of ['Sat, 21 Nov 2015 10:00:00 GMT', '-5', '-0.5', '-1e9', 'soon', '', '1.2.3']) {
    test(`of “${past}” means the usual pause`, async (t) => {
      t.mock.method(Math, 'random', () => 1);
      const headers = { 'retry-after': past };
      const { cb, server } = await client(
        t,
        inTurn(problem(503, 'No.', headers), { json: overview }),
      );
      const error = await failure(cb.stats.overview({}, { maxRetries: 0 }));
      assert.equal((error as ServerError).retryAfterMs, undefined);
      server.handle = inTurn(problem(503, 'No.', headers), { json: overview });
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const call = cb.stats.overview({}, { timeout: 0 });
      await until(() => server.seen.length === 2);
      await settle();
      t.mock.timers.tick(499);
      await settle();
      assert.equal(server.seen.length, 2);
      t.mock.timers.tick(1);
      await call;
      assert.equal(server.seen.length, 3);
    });
  }

  test('beyond the cap fails at once', async (t) => {
    const { cb, server } = await client(t, () => problem(429, 'No.', { 'retry-after': '61' }));
    const error = await failure(cb.stats.overview());
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.retryAfterMs, 61_000);
    assert.equal(server.seen.length, 1);
  });

  test('may have a fraction of a second', async (t) => {
    const later = problem(429, 'No.', { 'retry-after': '1.5' });
    const { cb } = await client(t, () => later, { maxRetries: 0 });
    assert.equal(((await failure(cb.stats.overview())) as RateLimitError).retryAfterMs, 1_500);
  });

  test('that makes no sense is as if there were none', async (t) => {
    const { cb } = await client(t, () => problem(429, 'No.', { 'retry-after': 'soon' }), {
      maxRetries: 0,
    });
    const error = await failure(cb.stats.overview());
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.retryAfterMs, undefined);
  });
});

describe('time', () => {
  const never: Reply = () => {};
  const stalled: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
  };

  for (const [name, reply] of Object.entries({ 'no answer': never, 'half an answer': stalled })) {
    test(`${name} within the time-out is a TimeoutError`, async (t) => {
      const { cb, server } = await client(t, () => reply, { timeout: 20, maxRetries: 0 });
      const error = await failure(cb.stats.overview());
      assert.ok(error instanceof TimeoutError);
      assert.ok(error instanceof ConnectionError);
      assert.ok(server.seen.length <= 1, 'it is not sent again');
    });
  }

  /** What a proxy sends, and breaks off. */
  const page =
    (status: number, then: 'stall' | 'cut'): Reply =>
    (response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.write('<html>', () => then === 'cut' && response.destroy());
    };
  for (const status of [200, 502]) {
    test(`half a page as the answer ${status} is a failure of the SDK’s own kinds`, async (t) => {
      const options = { timeout: 300, maxRetries: 0 };
      const stalls = await client(t, () => page(status, 'stall'), options);
      await assert.rejects(stalls.cb.stats.overview(), TimeoutError);
      await assert.rejects(stalls.cb.api.GET('/metrics', { parseAs: 'text' }), TimeoutError);
      const broken = await client(t, () => page(status, 'cut'), options);
      await assert.rejects(broken.cb.stats.overview(), ConnectionError);
      const left = await client(t, () => page(status, 'stall'), { ...options, timeout: 0 });
      const controller = new AbortController();
      const call = left.cb.stats.overview({}, { signal: controller.signal });
      await until(() => left.server.seen.length === 1);
      controller.abort();
      await assert.rejects(call, UserAbortError);
    });
  }

  test('each attempt has the whole time-out', async (t) => {
    const { cb } = await client(t, inTurn(never, { json: overview }), { timeout: 1_000 });
    assert.equal((await cb.stats.overview()).requests, 12);
  });

  test('a token that never comes is a TimeoutError as well', async (t) => {
    const { bearer } = await import('@cloudbrain/sdk');
    const auth = bearer(() => new Promise<string>(() => {}));
    const { cb } = await client(t, () => ({ json: me }), { timeout: 20, maxRetries: 0, auth });
    await assert.rejects(cb.auth.me(), TimeoutError);
  });

  test('the signal of the caller is a UserAbortError, with its reason, and ends retries', async (t) => {
    const { cb, server } = await client(t, () => never);
    const controller = new AbortController();
    const call = cb.stats.overview({}, { signal: controller.signal });
    await until(() => server.seen.length === 1);
    controller.abort('changed my mind');
    const error = await failure(call);
    assert.ok(error instanceof UserAbortError);
    assert.ok(!(error instanceof ConnectionError));
    assert.equal(error.cause, 'changed my mind');
    assert.equal(server.seen.length, 1);
  });

  test('the signal also ends the pause before another attempt', async (t) => {
    const { cb, server } = await client(t, () => problem(503, 'No.', { 'retry-after': '60' }));
    const controller = new AbortController();
    const call = cb.stats.overview({}, { signal: controller.signal });
    await until(() => server.seen.length === 1);
    await settle();
    controller.abort();
    await assert.rejects(call, UserAbortError);
  });

  test('a signal that was aborted before sends nothing', async (t) => {
    const { cb, server } = await client(t, () => ({ json: overview }));
    await assert.rejects(cb.stats.overview({}, { signal: AbortSignal.abort() }), UserAbortError);
    assert.equal(server.seen.length, 0);
  });
});

test('a server that is not there is a ConnectionError that says why', async (t) => {
  const { cb, server } = await client(t, () => ({ json: overview }), { maxRetries: 0 });
  await server.stop();
  const error = await failure(cb.stats.overview());
  assert.ok(error instanceof ConnectionError);
  assert.ok(!(error instanceof TimeoutError));
  const { host } = new URL(server.url);
  assert.equal(error.message, `GET /api/stats/overview at ${host}: connect ECONNREFUSED ${host}`);
  assert.ok(error.cause);
});

describe('an error without an answer names the server and the cause', () => {
  test('where a name has several addresses, of each', async (t) => {
    const { server } = await client(t, () => ({ json: overview }));
    const { port } = new URL(server.url);
    await server.stop();
    const cb = new CloudBrain({ baseUrl: `http://localhost:${port}`, maxRetries: 0 });
    const { message } = (await failure(cb.stats.overview())) as Error;
    assert.match(message, new RegExp(`at localhost:${port}: .*ECONNREFUSED .*:${port}`));
    const stream = cb.live.subscribe({ transport: 'sse', reconnect: false });
    const told = (await failure(stream[Symbol.asyncIterator]().next())) as Error;
    assert.match(told.message, /GET \/api\/live at localhost:\d+: .*ECONNREFUSED/);
  });

  test('where the name is unknown', async () => {
    const cb = new CloudBrain({ baseUrl: 'http://nowhere.invalid', maxRetries: 0 });
    const { message } = (await failure(cb.auth.me())) as Error;
    assert.match(message, /GET \/api\/auth\/me at nowhere\.invalid: .*(ENOTFOUND|EAI_AGAIN)/);
  });

  test('where the connection was cut, and where time is over', async (t) => {
    const { cb, server } = await client(t, () => cut, { maxRetries: 0 });
    const at = `GET /api/stats/overview at ${new URL(server.url).host}: `;
    const { message } = (await failure(cb.stats.overview())) as Error;
    assert.ok(message.startsWith(at), message);
    assert.notEqual(message, `${at}fetch failed`);
    server.handle = () => () => {};
    const late = (await failure(cb.stats.overview({}, { timeout: 20 }))) as Error;
    assert.equal(late.message, `${at}no response within 20 ms`);
  });

  test('where a WebSocket is refused', async (t) => {
    const { cb, server } = await client(t, () => ({ text: ': hello\n', headers: events }));
    const stream = cb.live.subscribe({ transport: 'ws', reconnect: false });
    const { message } = (await failure(stream[Symbol.asyncIterator]().next())) as Error;
    assert.match(message, new RegExp(`WebSocket to ${new URL(server.url).host} closed: 1006`));
  });
});

const events = { 'content-type': 'text/event-stream' };

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
}

/** Lets what has arrived be worked off. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
