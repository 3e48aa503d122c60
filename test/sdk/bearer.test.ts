import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  apiKey,
  AuthenticationError,
  bearer,
  type BearerAuth,
  CloudBrain,
  CloudBrainError,
  ConnectionError,
} from '@cloudbrain/sdk';
import { problem, startLoopback, until } from '../support/loopback.ts';
import { me } from './samples.ts';

/** A server that takes one token; `valid` says which. */
async function start(t: TestContext, auth: BearerAuth) {
  const state = { valid: 't1', expired: 0 };
  const server = await startLoopback(t, ({ headers }) =>
    headers.authorization === `Bearer ${state.valid}` ? { json: me } : problem(401),
  );
  const cb = new CloudBrain({ baseUrl: server.url, auth, maxRetries: 0 });
  cb.auth.on('expired', () => state.expired++);
  return { server, cb, state };
}

/** Counts how often it is asked, and returns t1, t2, ... */
function counter() {
  const count = { asked: 0, next: async () => `t${++count.asked}` };
  return count;
}

describe('bearer', () => {
  test('sends the token', async (t) => {
    const { cb } = await start(t, bearer('t1'));
    assert.equal((await cb.auth.me()).name, 'Ada');
  });

  test('asks the callback once, however many wait, and keeps what it returns', async (t) => {
    const source = counter();
    const { cb } = await start(t, bearer(source.next));
    await Promise.all([cb.auth.me(), cb.auth.me(), cb.auth.me()]);
    await cb.auth.me();
    assert.equal(source.asked, 1);
  });

  test('asks again when the server refuses the token, and repeats the request', async (t) => {
    const source = counter();
    const { cb, state } = await start(t, bearer(source.next));
    await cb.auth.me();
    state.valid = 't2';
    await Promise.all([cb.auth.me(), cb.auth.me(), cb.auth.me()]);
    assert.equal(source.asked, 2);
    assert.equal(state.expired, 0);
  });

  test('repeats a write as well: a 401 means that nothing was done', async (t) => {
    const { cb, server, state } = await start(t, bearer(counter().next));
    await cb.auth.me();
    state.valid = 't2';
    const { response } = await cb.api.POST('/api/cleanup/runs', { body: { dryRun: true } });
    assert.equal(response.status, 200);
    assert.equal(server.to('/api/cleanup/runs').length, 2);
  });

  test('asks shortly before the end that the callback names', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const source = counter();
    const grant = async () => ({ token: await source.next(), expiresIn: 100, role: 'viewer' });
    const { cb, state } = await start(t, bearer(grant));
    await cb.auth.me();
    t.mock.timers.tick(79_999);
    await cb.auth.me();
    assert.equal(source.asked, 1);
    t.mock.timers.tick(1);
    state.valid = 't2';
    await cb.auth.me();
    assert.equal(source.asked, 2);
  });

  test('goes on with the old token while the callback fails and it has not ended', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    let fails = false;
    const grant = async () => {
      if (fails) throw new Error('no backend');
      return { token: 't1', expiresIn: 100 };
    };
    const { cb } = await start(t, bearer(grant));
    await cb.auth.me();
    fails = true;
    t.mock.timers.tick(99_000);
    assert.equal((await cb.auth.me()).name, 'Ada');
    t.mock.timers.tick(1_000);
    await assert.rejects(cb.auth.me(), (error: Error) => {
      assert.ok(error instanceof ConnectionError);
      assert.equal((error.cause as Error).message, 'no backend');
      return true;
    });
  });

  test('never takes a renewal that began before the refusal for an answer to it', async (t) => {
    // The backend of the page still returns the refused token to the first who asked.
    const answers: ((token: string) => void)[] = [];
    const auth = bearer(() => new Promise<string>((resolve) => answers.push(resolve)));
    const { cb, state } = await start(t, auth);
    state.valid = 't2';
    const first = cb.auth.me();
    await until(() => answers.length === 1);
    answers[0]!('t1');
    await until(() => answers.length === 2);
    auth.forget();
    const second = cb.auth.me();
    await until(() => answers.length === 3);
    answers[1]!('t1');
    answers[2]!('t2');
    await assert.rejects(first, AuthenticationError);
    assert.equal((await second).name, 'Ada');
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal(answers.length, 3);
  });

  test('tells once that a token has no successor, and again after one that had', async (t) => {
    let token = 't0';
    const { cb, state } = await start(
      t,
      bearer(() => token),
    );
    for (let call = 0; call < 3; call++) await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.equal(state.expired, 1);
    token = 't1';
    await cb.auth.me();
    state.valid = 'another';
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.equal(state.expired, 2);
  });

  test('tells so of a fixed token, and of a callback that has none any more', async (t) => {
    const fixed = await start(t, bearer('wrong'));
    await assert.rejects(fixed.cb.auth.me(), AuthenticationError);
    assert.equal(fixed.state.expired, 1);
    assert.equal(fixed.server.seen.length, 1);

    let token: string | null = 't1';
    const auth = bearer(() => token);
    const ended = await start(t, auth);
    await ended.cb.auth.me();
    token = null;
    ended.state.valid = 'another';
    await assert.rejects(ended.cb.auth.me(), AuthenticationError);
    await assert.rejects(ended.cb.auth.me(), AuthenticationError);
    assert.equal(ended.state.expired, 1);
  });

  test('forget() takes the next token at once', async (t) => {
    let token = 't1';
    const auth = bearer(() => token);
    const { cb, state } = await start(t, auth);
    await cb.auth.me();
    token = state.valid = 't2';
    auth.forget();
    await cb.auth.me();
    assert.equal(state.expired, 0);
  });
});

test('apiKey is sent as a bearer token, which no redirect takes along', async (t) => {
  const server = await startLoopback(t, () => ({ json: me }));
  await new CloudBrain({ baseUrl: server.url, auth: apiKey('cbk_1') }).auth.me();
  assert.equal(server.seen[0]?.headers.authorization, 'Bearer cbk_1');
  assert.equal(server.seen[0].headers['x-api-key'], undefined);
});

test('no token at all, such as a variable that nobody has set, is told at once', () => {
  for (const make of [apiKey, bearer]) {
    for (const nothing of [undefined, null]) {
      assert.throws(() => make(nothing as never), CloudBrainError);
      assert.throws(() => make(nothing as never), /^CloudBrainError: The token or key is missing$/);
    }
  }
});

describe('a token that no header takes', () => {
  const BAD = 'cbk_secret\nx';

  test('is refused without a request, and in no message and no log', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    for (const auth of [apiKey(BAD), bearer(BAD), bearer(async () => BAD)]) {
      const lines: string[] = [];
      const log = (line: string) => lines.push(line);
      const logger = { error: log, warn: log, info: log, debug: log };
      const cb = new CloudBrain({ baseUrl: server.url, auth, logger, logLevel: 'debug' });
      let expired = 0;
      cb.auth.on('expired', () => expired++);
      await assert.rejects(cb.auth.me(), (error) => {
        assert.ok(error instanceof AuthenticationError);
        assert.match(error.message, /^401 The token doesn't fit in a header$/);
        assert.doesNotMatch(inspect(error, { depth: 9 }), /secret/);
        return true;
      });
      assert.equal(expired, 1);
      assert.doesNotMatch(lines.join(), /secret|again/);
      const stream = cb.live.subscribe();
      await assert.rejects(stream[Symbol.asyncIterator]().next(), AuthenticationError);
    }
    assert.equal(server.seen.length, 0);
  });

  test('is replaced where its callback has another', async (t) => {
    const tokens = [BAD, 't1'];
    const { cb, state } = await start(
      t,
      bearer(async () => tokens.shift()),
    );
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal(state.expired, 0);
  });
});

test('a header of the call wins over the credentials', async (t) => {
  const server = await startLoopback(t, () => ({ json: me }));
  const cb = new CloudBrain({ baseUrl: server.url, auth: bearer('a') });
  await cb.auth.me({ headers: { authorization: 'Bearer b' } });
  assert.equal(server.seen[0]?.headers.authorization, 'Bearer b');
});
