/** What a client takes from where it runs: server and key, and what it says of itself. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, describe, test } from 'node:test';
import {
  apiKey,
  bearer,
  type ClientOptions,
  CloudBrain,
  CloudBrainError,
  passwordAuth,
} from '@cloudbrain/sdk';
import { Core, StatsResource } from '@cloudbrain/sdk/core';
import { startLoopback } from '../support/loopback.ts';
import { patience } from '../support/patience.ts';
import { me, overview, session } from './samples.ts';

/** Runs something with other globals. */
function withGlobals<T>(globals: Record<string, unknown>, run: () => T): T {
  const before = Object.keys(globals).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return run();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

/** A client that is made in an environment with these variables. */
const madeIn = (variables: Record<string, string>, options: ClientOptions = {}): CloudBrain =>
  withGlobals({ process: { env: variables } }, () => new CloudBrain(options));

/** An environment that names a server, where none is, and a key. */
const named = { CLOUDBRAIN_BASE_URL: 'http://127.0.0.1:1', CLOUDBRAIN_API_KEY: 'cbk_env' };

describe('the environment', () => {
  test('names server and key', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    const cb = madeIn({ ...named, CLOUDBRAIN_BASE_URL: `${server.url}/brain/` });
    await cb.auth.me();
    await cb.withOptions({ timeout: patience(1_000) }).auth.me();
    assert.deepEqual(
      server.seen.map(({ path, headers }) => [path, headers.authorization]),
      [
        ['/brain/api/auth/me', 'Bearer cbk_env'],
        ['/brain/api/auth/me', 'Bearer cbk_env'],
      ],
    );
    assert.equal(
      cb.withOptions({ timeout: patience(1_000) }).core.auth,
      cb.core.auth,
      'one session',
    );
  });

  test('is not read again by a copy, where a setting is undefined', () => {
    const cb = madeIn(named, { baseUrl: 'http://127.0.0.1:2', auth: null });
    const copy = () => cb.withOptions({ auth: undefined, baseUrl: undefined });
    const { core } = withGlobals({ process: { env: named } }, copy);
    assert.deepEqual([core.auth, core.baseUrl], [undefined, 'http://127.0.0.1:2']);
  });

  test('gives way to what is passed', async (t) => {
    const server = await startLoopback(t, ({ path }) => ({
      json: path === '/api/auth/login' ? session(1) : me,
    }));
    const baseUrl = server.url;
    await madeIn(named, { baseUrl }).auth.me();
    await madeIn(named, { baseUrl, auth: apiKey('cbk_mine') }).auth.me();
    await madeIn(named, { baseUrl, auth: bearer('t1') }).auth.me();
    await madeIn(named, { baseUrl, auth: null }).auth.me();
    const anonymous = madeIn(named, { baseUrl, auth: null });
    const copy = () => anonymous.withOptions({ timeout: patience(1_000) });
    await withGlobals({ process: { env: named } }, copy).auth.me();
    const auth = passwordAuth();
    await madeIn(named, { baseUrl, auth }).auth.login({ email: 'a', password: 'b' });
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.authorization),
      ['Bearer cbk_env', 'Bearer cbk_mine', 'Bearer t1', undefined, undefined, undefined],
    );
  });

  test('of empty variables is as if they were not set', async (t) => {
    const server = await startLoopback(t, () => ({ json: me }));
    for (const empty of ['', ' ', '\n']) {
      const variables = { CLOUDBRAIN_BASE_URL: empty, CLOUDBRAIN_API_KEY: empty };
      assert.throws(() => madeIn(variables), CloudBrainError);
      await madeIn(variables, { baseUrl: server.url }).auth.me();
      assert.equal(server.seen.at(-1)?.headers.authorization, undefined);
    }
    const padded = { CLOUDBRAIN_BASE_URL: ` ${server.url}\n`, CLOUDBRAIN_API_KEY: ' cbk_env\n' };
    await madeIn(padded).auth.me();
    assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer cbk_env');
  });

  test('is checked, and named where it is wrong', () => {
    const wrong = { CLOUDBRAIN_BASE_URL: 'localhost:4400' };
    assert.throws(() => madeIn(wrong), /`CLOUDBRAIN_BASE_URL` must be .*"localhost:4400"/);
    assert.ok(madeIn(wrong, { baseUrl: 'http://127.0.0.1:4400' }));
    assert.throws(() => madeIn({}), /`baseUrl`.*CLOUDBRAIN_BASE_URL/);
  });

  test('may be missing, or forbidden as in Deno', () => {
    const forbidden = {
      get env(): never {
        throw new Error('NotCapable');
      },
    };
    for (const process of [undefined, {}, { env: undefined }, forbidden, { env: {} }]) {
      const make = (baseUrl?: string) =>
        withGlobals({ process }, () => new CloudBrain({ baseUrl }));
      assert.throws(() => make(), CloudBrainError);
      assert.equal(make('http://127.0.0.1:4400').core.auth, undefined);
    }
  });

  test('is the affair of clients: a core takes what it is given', () => {
    const core = (baseUrl?: string) =>
      withGlobals({ process: { env: named } }, () => new Core({ baseUrl }));
    assert.throws(() => core(), CloudBrainError);
    assert.equal(core('http://127.0.0.1:2').auth, undefined);
  });

  test('an empty key that is passed is an error', () => {
    assert.throws(() => apiKey(''), /^CloudBrainError: The token or key is missing$/);
  });
});

describe('a client says', () => {
  const agentOf = async (t: TestContext, headers?: Record<string, string>) => {
    const server = await startLoopback(t, () => ({ json: me }));
    await new CloudBrain({ baseUrl: server.url, headers }).auth.me();
    return server.seen[0]?.headers['user-agent'];
  };

  test('its version and Node’s', async (t) => {
    const manifest = await readFile(new URL('../../sdk/package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    const expected = `cloudbrain-sdk/${version} node/${process.versions.node}`;
    assert.equal(await agentOf(t), expected);
    assert.equal(await agentOf(t, { 'User-Agent': 'mine/1' }), 'mine/1');
  });

  for (const [name, globals, expected] of [
    ['Deno', { process: { versions: { node: '24.2.0', deno: '2.5.1' } } }, 'deno/2.5.1'],
    ['Bun', { process: { versions: { node: '24.3.0', bun: '1.3.0' } } }, 'bun/1.3.0'],
    [
      'workers',
      { process: undefined, navigator: { userAgent: 'Cloudflare-Workers' } },
      'cloudflare-workers',
    ],
  ] as const) {
    test(`its version and that of ${name}`, async () => {
      assert.match(
        String(await sentWith(globals)),
        new RegExp(`^cloudbrain-sdk/\\S+ ${expected}$`),
      );
    });
  }

  test('nothing in a browser, where the header is not its own', async () => {
    const navigator = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0' };
    assert.equal(await sentWith({ navigator }), null);
  });

  test('nothing where it does not know', async () => {
    assert.equal(await sentWith({ process: undefined, navigator: undefined }), null);
  });

  test('which version of the API it was made for, unless it is told another', async (t) => {
    const server = await startLoopback(t, () => ({ json: overview }));
    const { url: baseUrl } = server;
    await new CloudBrain({ baseUrl }).stats.overview();
    await new StatsResource(new Core({ baseUrl })).overview();
    await new CloudBrain({ baseUrl, apiVersion: '2027-01-31' }).stats.overview();
    await new CloudBrain({ baseUrl }).stats.overview(
      {},
      { headers: { 'CloudBrain-Version': '2027-02-01' } },
    );
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['cloudbrain-version']),
      ['2026-12-01', '2026-12-01', '2027-01-31', '2027-02-01'],
    );
    for (const apiVersion of ['latest', '2026-12', '', 20261201, null]) {
      const options = { baseUrl, apiVersion } as object;
      assert.throws(() => new CloudBrain(options), /`apiVersion` must be a date/);
    }
  });
});

/** The user agent that a client sends which was made where these globals are. */
async function sentWith(globals: Record<string, unknown>): Promise<string | null> {
  let agent: string | null = null;
  const fetch = async (input: unknown) => {
    agent = (input as Request).headers.get('user-agent');
    return Response.json(me);
  };
  const cb = withGlobals(globals, () => new CloudBrain({ baseUrl: 'http://127.0.0.1', fetch }));
  await cb.auth.me();
  return agent;
}
