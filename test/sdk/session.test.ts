import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import {
  AuthenticationError,
  CloudBrain,
  CloudBrainError,
  ConnectionError,
  passwordAuth,
  type TokenStorage,
} from '@cloudbrain/sdk';
import { type Loopback, problem, type Reply, startLoopback, until } from '../support/loopback.ts';
import { me, session } from './samples.ts';

const login = { email: 'ada@example.com', password: 'secret' };

/** A server whose refresh tokens work once; a second use ends the session, as the contract says. */
class Accounts {
  readonly #server: Loopback;
  /** How many tokens have been made. */
  made = 0;
  valid = '';
  refreshToken = '';
  reused = 0;
  /** Answers refreshes instead. */
  refresh: Reply | undefined;
  expiresIn = 900;

  constructor(server: Loopback) {
    this.#server = server;
    server.handle = ({ path, headers, body }) => {
      if (path === '/api/auth/login') return this.#next();
      if (path === '/api/auth/logout') return { status: 204 };
      if (path === '/api/auth/refresh') {
        if (this.refresh) return this.refresh;
        if ((body as { refreshToken: string }).refreshToken === this.refreshToken)
          return this.#next();
        this.reused++;
        this.valid = this.refreshToken = '';
        return problem(401);
      }
      return headers.authorization === `Bearer ${this.valid}` ? { json: me } : problem(401);
    };
  }

  get refreshes(): number {
    return this.#server.to('/api/auth/refresh').length;
  }

  #next(): Reply {
    const next = session(++this.made, { expiresIn: this.expiresIn });
    this.valid = next.accessToken;
    this.refreshToken = next.refreshToken;
    return { json: next };
  }
}

function storage(): TokenStorage & Map<string, string> {
  const items = new Map<string, string>();
  return Object.assign(items, {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  });
}

async function start(t: TestContext) {
  const server = await startLoopback(t, () => ({ status: 500 }));
  const accounts = new Accounts(server);
  const tab = (store?: TokenStorage) => {
    const auth = passwordAuth(store ? { storage: store } : {});
    const cb = new CloudBrain({ baseUrl: server.url, auth, logLevel: 'off', maxRetries: 0 });
    const events: string[] = [];
    cb.auth.on('change', (who) => events.push(`change ${who?.name ?? 'nobody'}`));
    cb.auth.on('expired', () => events.push('expired'));
    return { cb, events };
  };
  return { server, accounts, tab };
}

describe('a session', () => {
  test('begins with login and is sent with every request', async (t) => {
    const { server, tab } = await start(t);
    const { cb, events } = tab();
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.equal((await cb.auth.login(login)).me.name, 'Ada');
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal(server.to('/api/auth/login')[0]?.headers.authorization, undefined);
    assert.deepEqual(events, ['change Ada']);
  });

  test('is shared by the copies of a client', async (t) => {
    const { cb } = (await start(t)).tab();
    const copy = cb.withOptions({ timeout: 1_000 });
    await copy.auth.login(login);
    assert.equal((await cb.auth.me()).name, 'Ada');
  });

  test('outlives the page in its storage', async (t) => {
    const { tab } = await start(t);
    const store = storage();
    await tab(store).cb.auth.login(login);
    const { cb, events } = tab(store);
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.deepEqual(events, ['change Ada']);
  });

  test('ends with logout: here, on the server, and without expiring', async (t) => {
    const { server, tab } = await start(t);
    const store = storage();
    const { cb, events } = tab(store);
    await cb.auth.login(login);
    await cb.auth.logout();
    assert.equal(store.size, 0);
    assert.deepEqual(server.to('/api/auth/logout')[0]?.body, { refreshToken: 'refresh-1' });
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.equal(server.seen.at(-1)?.headers.authorization, undefined);
    assert.deepEqual(events, ['change Ada', 'change nobody']);
  });

  test('ends here also where the server can not be told', async (t) => {
    const { server, tab } = await start(t);
    const store = storage();
    const { cb } = tab(store);
    await cb.auth.login(login);
    await server.stop();
    await assert.rejects(cb.auth.logout(), ConnectionError);
    assert.equal(store.size, 0);
  });

  test('requires passwordAuth', async (t) => {
    const { server } = await start(t);
    const { bearer } = await import('@cloudbrain/sdk');
    const cb = new CloudBrain({ baseUrl: server.url, auth: bearer('t') });
    await assert.rejects(cb.auth.login(login), CloudBrainError);
    await assert.rejects(cb.auth.logout(), CloudBrainError);
    assert.equal(server.seen.length, 0, 'no password leaves where nothing keeps a session');
  });

  test('goes on where a listener throws, whose fault is not lost', async (t) => {
    const { tab } = await start(t);
    const { cb, events } = tab();
    const faults: unknown[] = [];
    const { queueMicrotask } = globalThis;
    t.mock.method(globalThis, 'queueMicrotask', (task: () => void) =>
      queueMicrotask(() => {
        try {
          task();
        } catch (fault) {
          faults.push(fault);
        }
      }),
    );
    cb.auth.on('change', () => {
      throw new Error('a listener’s own');
    });
    cb.auth.on('change', () => events.push('the next one'));
    await cb.auth.login(login);
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.deepEqual(events, ['change Ada', 'the next one']);
    assert.equal(faults.length, 1);
  });
});

describe('a refresh', () => {
  test('happens once for a wave of 401s, and every request of it succeeds', async (t) => {
    const { accounts, tab } = await start(t);
    const { cb, events } = tab();
    await cb.auth.login(login);
    accounts.valid = 'another';
    const answers = await Promise.all(Array.from({ length: 30 }, () => cb.auth.me()));
    assert.equal(answers.length, 30);
    assert.equal(accounts.refreshes, 1);
    assert.deepEqual(events, ['change Ada'], 'a renewed token is no change');
  });

  test('comes ahead of the end, by the life that the server names and not by its clock', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.parse('1999-01-01') });
    const { accounts, server, tab } = await start(t);
    const { cb } = tab();
    await cb.auth.login(login);
    t.mock.timers.tick(839_000);
    await cb.auth.me();
    assert.equal(accounts.refreshes, 0);
    t.mock.timers.tick(1_000);
    await Promise.all([cb.auth.me(), cb.auth.me()]);
    assert.equal(accounts.refreshes, 1);
    assert.ok(server.to('/api/auth/me').every(({ headers }) => headers.authorization));
    assert.equal(accounts.reused, 0);
  });

  test('that fails ahead of the end does no harm: the old token still serves', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const { accounts, tab } = await start(t);
    const { cb, events } = tab();
    await cb.auth.login(login);
    accounts.refresh = problem(503);
    t.mock.timers.tick(850_000);
    assert.equal((await cb.auth.me()).name, 'Ada');
    accounts.refresh = undefined;
    await cb.auth.me();
    assert.equal(accounts.made, 2);
    assert.deepEqual(events, ['change Ada']);
  });

  test('that gets no answer is an error, and the session stays', async (t) => {
    const { accounts, tab } = await start(t);
    const { cb, events } = tab();
    await cb.auth.login(login);
    accounts.valid = 'another';
    accounts.refresh = (response) => response.destroy();
    await assert.rejects(cb.auth.me(), ConnectionError);
    accounts.refresh = undefined;
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.deepEqual(events, ['change Ada']);
  });

  test('that can not be read is nobody’s, and what was stored is not quoted', async (t) => {
    const { server } = await start(t);
    const store = storage();
    store.set('tokens', 'rt_SECRET');
    const lines: string[] = [];
    const line = (text: string) => lines.push(text);
    const logger = { error: line, warn: line, info: line, debug: line };
    const auth = passwordAuth({ storage: store, key: 'tokens' });
    const cb = new CloudBrain({ baseUrl: server.url, auth, logger });
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.match(lines.join(), /the stored session is unreadable/);
    assert.doesNotMatch(lines.join(), /rt_|SEC/);
  });

  test('that is refused ends the session: expired is told once, the 401 to each caller', async (t) => {
    const { accounts, tab } = await start(t);
    const store = storage();
    const { cb, events } = tab(store);
    await cb.auth.login(login);
    accounts.valid = accounts.refreshToken = 'another';
    const outcomes = await Promise.allSettled([cb.auth.me(), cb.auth.me(), cb.auth.me()]);
    for (const outcome of outcomes) {
      assert.equal(outcome.status, 'rejected');
      assert.ok(outcome.reason instanceof AuthenticationError);
    }
    await assert.rejects(cb.auth.me(), AuthenticationError);
    assert.equal(accounts.refreshes, 1);
    assert.equal(store.size, 0);
    assert.deepEqual(events, ['change Ada', 'change nobody', 'expired']);
    await cb.auth.login(login);
    assert.equal((await cb.auth.me()).name, 'Ada');
  });

  test('is repeated with one idempotency key where its answer is lost', async (t) => {
    const { accounts, server, tab } = await start(t);
    const cb = tab().cb;
    const patient = new CloudBrain({ baseUrl: server.url, auth: passwordAuth() });
    await cb.auth.login(login);
    await patient.auth.login(login);
    accounts.valid = 'another';
    const handle = server.handle;
    server.handle = (seen) => {
      if (seen.path !== '/api/auth/refresh') return handle(seen);
      server.handle = handle;
      return (response) => response.destroy();
    };
    assert.equal((await patient.auth.me()).name, 'Ada');
    const keys = server.to('/api/auth/refresh').map(({ headers }) => headers['idempotency-key']);
    assert.equal(keys.length, 2);
    assert.ok(keys[0]);
    assert.equal(keys[0], keys[1]);
  });
});

const ways = ['with the locks of the platform', 'without them', 'where they are not lent'];
for (const locks of ways) {
  describe(`tabs on one storage, ${locks}`, () => {
    const withoutLocks = (t: TestContext) => {
      const request = () => Promise.reject(new DOMException('Sandboxed', 'SecurityError'));
      if (locks === 'without them') t.mock.getter(globalThis, 'navigator', () => undefined);
      if (locks === 'where they are not lent') {
        t.mock.getter(globalThis, 'navigator', () => ({ locks: { request } }));
      }
    };

    test('never use a refresh token twice', async (t) => {
      withoutLocks(t);
      const { accounts, tab } = await start(t);
      const store = storage();
      const tabs = [tab(store), tab(store), tab(store)];
      await tabs[0]!.cb.auth.login(login);
      for (let round = 1; round <= 3; round++) {
        accounts.valid = 'another';
        await Promise.all(tabs.flatMap(({ cb }) => [cb.auth.me(), cb.auth.me()]));
        assert.equal(accounts.refreshes, round);
      }
      assert.equal(accounts.reused, 0);
    });

    test('notice what another one did', async (t) => {
      withoutLocks(t);
      const { accounts, tab } = await start(t);
      const store = storage();
      const [a, b] = [tab(store), tab(store)];
      await a.cb.auth.login(login);
      await b.cb.auth.me();
      await a.cb.auth.logout();
      await assert.rejects(b.cb.auth.me(), AuthenticationError);
      assert.deepEqual(a.events, ['change Ada', 'change nobody']);
      assert.deepEqual(b.events, ['change Ada', 'change nobody', 'expired']);
      assert.equal(accounts.refreshes, 0);
    });

    test('that log out while another refreshes stay logged out', async (t) => {
      withoutLocks(t);
      const { accounts, tab } = await start(t);
      const store = storage();
      const [a, b] = [tab(store), tab(store)];
      await a.cb.auth.login(login);
      accounts.valid = 'another';
      await Promise.allSettled([a.cb.auth.me(), b.cb.auth.logout()]);
      assert.equal(store.size, 0);
    });
  });
}

test('sessions in memory are apart, and do not wait for each other', async (t) => {
  const { accounts, tab } = await start(t);
  const [a, b] = [tab(), tab()];
  await a.cb.auth.login(login);
  await assert.rejects(b.cb.auth.me(), AuthenticationError);
  let answer = () => {};
  accounts.refresh = (response) => (answer = () => response.destroy());
  accounts.valid = 'another';
  const waiting = a.cb.auth.me();
  await until(() => accounts.refreshes === 1);
  await b.cb.auth.login(login);
  assert.equal((await b.cb.auth.me()).name, 'Ada');
  answer();
  await assert.rejects(waiting, ConnectionError);
});

describe('a storage', () => {
  test('may answer with promises', async (t) => {
    const { accounts, tab } = await start(t);
    const store = storage();
    const slow: TokenStorage = {
      getItem: async (key) => store.getItem(key),
      setItem: async (key, value) => store.setItem(key, value),
      removeItem: async (key) => store.removeItem(key),
    };
    const { cb } = tab(slow);
    await cb.auth.login(login);
    accounts.valid = 'another';
    await Promise.all([cb.auth.me(), cb.auth.me()]);
    assert.equal(accounts.refreshes, 1);
  });

  test('that is full leaves the session in memory, and no used token behind', async (t) => {
    const { accounts, tab } = await start(t);
    const store = storage();
    const { cb, events } = tab(store);
    await cb.auth.login(login);
    store.setItem = () => {
      throw new Error('full');
    };
    accounts.valid = 'another';
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal(store.size, 0);
    accounts.valid = 'another';
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal(accounts.reused, 0);
    assert.deepEqual(events, ['change Ada']);
  });

  test('with nonsense in it is as good as empty', async (t) => {
    const { server, tab } = await start(t);
    const store = storage();
    const { cb } = tab(store);
    for (const nonsense of ['{nonsense', 'null', '7', '{}', '{"token":"t"}']) {
      store.set(`cloudbrain:${server.url}`, nonsense);
      await assert.rejects(cb.auth.me(), AuthenticationError);
    }
    await cb.auth.login(login);
    assert.equal((await cb.auth.me()).name, 'Ada');
  });

  test('keeps the sessions of two servers apart', async (t) => {
    const store = storage();
    const [one, two] = [await start(t), await start(t)];
    await one.tab(store).cb.auth.login(login);
    await assert.rejects(two.tab(store).cb.auth.me(), AuthenticationError);
    assert.equal((await one.tab(store).cb.auth.me()).name, 'Ada');
  });
});
