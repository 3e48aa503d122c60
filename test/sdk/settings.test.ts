/** Settings that make no sense are refused where they are given, by their name. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiKey, CloudBrain, CloudBrainError, type ClientOptions } from '@cloudbrain/sdk';
import { Core } from '@cloudbrain/sdk/core';
import { startLoopback } from '../support/loopback.ts';
import { me } from './samples.ts';

const SECRET = 'cbk_SECRET';
const baseUrl = 'http://127.0.0.1:4400';

/** A `CloudBrainError` that names the setting, and never quotes a secret. */
const names = (setting: string) => (error: unknown) => {
  assert.ok(error instanceof CloudBrainError, String(error));
  assert.match(error.message, new RegExp(`\`${setting}\``));
  assert.doesNotMatch(error.message, /SECRET/);
  return true;
};

const times = ['5s', '', NaN, -1, -Infinity, null, {}, true, 5n];
const counts = [...times, 1.5];
const functions = ['fetch', null, {}, 7];
const headers = [
  'x-team: a',
  [['x-team', 'a']],
  new Headers({ 'x-team': 'a' }),
  { 'x team': 'a' },
  { 'x-secret': `${SECRET}\nx` },
  { 'x-team': 'ж' },
  { 'x-team': 7 },
  { 'x-team': ['a'] },
  { '': 'a' },
  null,
  7,
];
const signals = ['signal', {}, new AbortController(), 7];

const bad: Record<string, unknown[]> = {
  timeout: times,
  maxRetries: counts,
  maxRetryAfter: times,
  headers,
  fetch: functions,
  WebSocket: functions,
  auth: [SECRET, {}, () => SECRET, 7],
  logger: ['console', {}, { error() {} }, null],
  logLevel: ['verbose', '', 3, null],
  middleware: [() => {}, ['x'], {}, null],
};

describe('a client', () => {
  for (const [setting, values] of Object.entries(bad)) {
    test(`refuses a bad ${setting} at once`, () => {
      const good = new CloudBrain({ baseUrl });
      for (const value of values) {
        const options = { [setting]: value } as ClientOptions;
        assert.throws(() => new CloudBrain({ baseUrl, ...options }), names(setting));
        assert.throws(() => good.withOptions(options), names(setting));
      }
    });
  }

  test('refuses a bad address at once, and shows it', () => {
    const addresses = [
      'localhost:4400',
      '127.0.0.1:4400',
      'cloudbrain.example.com',
      'ftp://cloudbrain.example.com',
      'ws://127.0.0.1:4400',
      'file:///tmp/x',
      'javascript:alert(1)',
      'http://',
      'http://a b.example.com',
      'http://127.0.0.1:99999',
      '/brain',
      '',
      ' ',
      7,
      {},
    ];
    for (const address of addresses) {
      const options = { baseUrl: address as string };
      assert.throws(() => new CloudBrain(options), names('baseUrl'));
      assert.throws(() => new Core(options), names('baseUrl'));
      assert.throws(() => new CloudBrain({ baseUrl }).withOptions(options), names('baseUrl'));
    }
    assert.throws(() => new CloudBrain({ baseUrl: 'localhost:4400' }), /"localhost:4400"/);
    const withPassword = `http://ada:${SECRET}@127.0.0.1:4400`;
    for (const address of [withPassword, new URL(withPassword) as never]) {
      assert.throws(() => new CloudBrain({ baseUrl: address }), names('baseUrl'));
    }
    const address = new URL('http://127.0.0.1:4400/') as never;
    assert.equal(new CloudBrain({ baseUrl: address }).core.baseUrl, 'http://127.0.0.1:4400');
  });

  test('in a page it takes a path of the page, but no name of a host', (t) => {
    const page = { href: 'https://portal.example.com/team/figures?a=1' };
    Object.defineProperty(globalThis, 'location', { value: page, configurable: true });
    t.after(() => Reflect.deleteProperty(globalThis, 'location'));
    const at = (url?: string) => new CloudBrain({ baseUrl: url }).core.baseUrl;
    assert.equal(at(), 'https://portal.example.com');
    assert.equal(at('/brain/'), 'https://portal.example.com/brain');
    assert.equal(at('./brain'), 'https://portal.example.com/team/brain');
    assert.equal(at('//cb.example.com'), 'https://cb.example.com');
    assert.throws(() => at('cloudbrain.example.com'), names('baseUrl'));
    assert.throws(() => at('localhost:4400'), names('baseUrl'));
  });

  test('takes what makes sense', () => {
    const options: ClientOptions = {
      timeout: 0,
      maxRetries: Infinity,
      maxRetryAfter: Infinity,
      headers: { 'x-team': 'a', 'x-left-out': undefined as never, 'x-empty': '' },
      auth: apiKey(SECRET),
      logger: console,
      logLevel: 'off',
      middleware: [],
      fetch: globalThis.fetch,
      WebSocket: globalThis.WebSocket,
    };
    const none = Object.fromEntries(Object.keys(options).map((name) => [name, undefined]));
    for (const given of [options, none, { timeout: Infinity }, { timeout: 2 ** 40 }]) {
      assert.ok(new CloudBrain({ baseUrl, ...given }).withOptions(given));
    }
    assert.equal(new CloudBrain({ baseUrl: ` ${baseUrl}/ ` }).core.baseUrl, baseUrl);
  });
});

describe('a call', () => {
  test('refuses bad options before it sends anything', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    const cb = new CloudBrain({ baseUrl: server.url });
    const options = { timeout: times, maxRetries: counts, headers, signal: signals };
    for (const [setting, values] of Object.entries(options)) {
      for (const value of values) {
        const given = { [setting]: value } as object;
        await assert.rejects(cb.auth.me(given), names(setting));
        await assert.rejects(cb.executions.list({}, given), names(setting));
        await assert.rejects(cb.cleanup.run({ dryRun: true }, given), names(setting));
        await assert.rejects(cb.executive.export({ format: 'csv' }, given), names(setting));
        await assert.rejects(cb.health.get(given), names(setting));
        await assert.rejects(cb.conversations.exportEach({}, given).next(), names(setting));
      }
    }
    for (const idempotencyKey of ['a\nb', 7, null, 'ж']) {
      const given = { idempotencyKey } as object;
      await assert.rejects(cb.cleanup.run({ dryRun: true }, given), names('idempotencyKey'));
    }
    assert.equal(server.seen.length, 0);
    await cb.auth.me({ timeout: undefined, maxRetries: undefined, signal: undefined });
  });
});

describe('a stream', () => {
  const options: Record<string, unknown[]> = {
    idleTimeout: times,
    lastEventId: [7, null, {}, 'a\nb'],
    reconnect: ['no', null, 3],
    signal: signals,
    transport: ['websocket', '', null],
  };
  for (const [setting, values] of Object.entries(options)) {
    test(`refuses a bad ${setting} at once`, () => {
      const cb = new CloudBrain({ baseUrl });
      for (const value of values) {
        const given = { [setting]: value } as object;
        assert.throws(() => cb.live.subscribe(given), names(setting));
        if (setting !== 'transport') {
          assert.throws(() => cb.conversations.stream('x', given), names(setting));
        }
      }
    });
  }

  test('refuses rules of reconnection that make no sense', () => {
    const cb = new CloudBrain({ baseUrl });
    const rules = { minDelay: times, maxDelay: times, maxAttempts: counts };
    for (const [setting, values] of Object.entries(rules)) {
      for (const value of values) {
        const reconnect = { [setting]: value } as object;
        assert.throws(() => cb.live.subscribe({ reconnect }), names(setting));
      }
    }
    cb.live.subscribe({ reconnect: { maxAttempts: Infinity, minDelay: 0 }, idleTimeout: 0 });
    cb.live.subscribe({ reconnect: false, lastEventId: '', idleTimeout: Infinity });
  });
});
