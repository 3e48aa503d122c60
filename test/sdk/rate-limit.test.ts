/** `RateLimit` headers: a client that has nothing left waits, instead of being refused. */
import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import { CloudBrain, type ClientOptions, RateLimitError, UserAbortError } from '@cloudbrain/sdk';
import {
  type Handler,
  inTurn,
  problem,
  type Reply,
  startLoopback,
  until,
} from '../support/loopback.ts';
import { patience } from '../support/patience.ts';
import { overview } from './samples.ts';

const answer = (limit: string, policy = '"default";q=100;w=60'): Reply => ({
  json: overview,
  headers: { ratelimit: limit, 'ratelimit-policy': policy },
});

async function start(t: TestContext, handle: Handler, options: ClientOptions = {}) {
  const server = await startLoopback(t, handle);
  const cb = new CloudBrain({ baseUrl: server.url, logLevel: 'off', ...options });
  return { server, cb };
}

/** Lets what has arrived be worked off. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('an answer that leaves nothing', () => {
  const none = '"default";r=0;t=7';

  test('makes the next request wait until the reset', async (t) => {
    const { cb, server } = await start(t, inTurn(answer(none), { json: overview }));
    await cb.stats.overview();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const call = cb.auth.me({ timeout: 0 });
    await settle();
    // The clock runs on between the answer and the call.
    t.mock.timers.tick(6_000);
    await settle();
    assert.equal(server.seen.length, 1);
    t.mock.timers.tick(1_000);
    await call;
    assert.equal(server.seen.length, 2);
  });

  test('is one for all that a client sends: copies, cb.api, files and streams', async (t) => {
    const { cb, server } = await start(t, inTurn(answer(none), problem(404)));
    await cb.stats.overview();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const stream = cb.conversations.stream('x');
    const calls = [
      cb.withOptions({ timeout: patience(1_000) }).stats.overview(),
      cb.api.GET('/api/auth/me'),
      cb.executive.export({ format: 'csv' }),
      stream[Symbol.asyncIterator]().next(),
    ].map((call) => Promise.resolve(call as PromiseLike<unknown>).catch(() => {}));
    await settle();
    assert.equal(server.seen.length, 1);
    // Another server, and other credentials, have limits of their own.
    await cb
      .withOptions({ auth: null })
      .stats.overview()
      .catch(() => {});
    assert.equal(server.seen.length, 2);
    t.mock.timers.tick(7_000);
    await until(() => server.seen.length === 6);
    await Promise.all(calls);
  });

  test('is waited for no longer than maxRetryAfter: then the server says no itself', async (t) => {
    const refusal = problem(429, 'Too many requests.', {
      'retry-after': '3600',
      ratelimit: '"default";r=0;t=3600',
    });
    const { cb, server } = await start(t, inTurn(answer('"default";r=0;t=3600'), refusal));
    await cb.stats.overview();
    await assert.rejects(cb.stats.overview(), RateLimitError);
    assert.equal(server.seen.length, 2);
    const impatient = await start(t, inTurn(answer(none), { json: overview }), {
      maxRetryAfter: 6_999,
    });
    await impatient.cb.stats.overview();
    await impatient.cb.stats.overview();
    assert.equal(impatient.server.seen.length, 2);
  });

  test('can be aborted while it is waited for', async (t) => {
    const { cb, server } = await start(t, () => answer(none));
    await cb.stats.overview();
    const controller = new AbortController();
    const call = cb.stats.overview({}, { signal: controller.signal });
    await settle();
    controller.abort('changed my mind');
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof UserAbortError);
      assert.equal(error.cause, 'changed my mind');
      return true;
    });
    assert.equal(server.seen.length, 1);
  });

  test('does not count as time of the request', async (t) => {
    const { cb } = await start(t, inTurn(answer('"default";r=0;t=1'), { json: overview }));
    await cb.stats.overview();
    assert.equal((await cb.stats.overview({}, { timeout: 900, maxRetries: 0 })).requests, 12);
  });

  test('gives way to Retry-After', async (t) => {
    const refusal = problem(429, 'No.', { 'retry-after': '0', ratelimit: none });
    const { cb, server } = await start(t, inTurn(refusal, { json: overview }));
    assert.equal((await cb.stats.overview()).requests, 12);
    assert.equal(server.seen.length, 2);
  });

  test('prolongs the usual pause where there is no Retry-After', async (t) => {
    const { cb, server } = await start(
      t,
      inTurn(problem(429, 'No.', { ratelimit: none }), { json: overview }),
    );
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const call = cb.stats.overview({}, { timeout: 0 });
    await until(() => server.seen.length === 1);
    await settle();
    t.mock.timers.tick(6_000);
    await settle();
    assert.equal(server.seen.length, 1);
    t.mock.timers.tick(1_000);
    await call;
  });
});

describe('no wait follows', () => {
  for (const limit of [
    '"default";r=1;t=7',
    '"default";t=7',
    '"default";r=0',
    '"default";r=0;t=0',
    '"default";r=-1;t=7',
    '"default";r=zero;t=7',
    'nonsense',
    '',
    ';;;',
  ]) {
    test(`from “${limit}”`, async (t) => {
      const { cb, server } = await start(t, () => answer(limit));
      await cb.stats.overview();
      await cb.stats.overview();
      assert.equal(server.seen.length, 2);
    });
  }
});

test('of several limits, the longest reset is waited for', async (t) => {
  const limits = '"hour";r=0;t=9, "minute";t=5;r=0;pk=:cj0wO3Q9OTk=:, day;r=9000;t=60';
  const { cb, server } = await start(t, inTurn(answer(limits), { json: overview }));
  await cb.stats.overview();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const call = cb.stats.overview({}, { timeout: 0 });
  await settle();
  t.mock.timers.tick(8_000);
  await settle();
  assert.equal(server.seen.length, 1);
  t.mock.timers.tick(1_000);
  await call;
});
