/** Guessing passwords is slow from however many networks, and shuts nobody out who was in before. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudBrain, passwordAuth } from '@cloudbrain/sdk';
import { hashPassword } from '../../server/auth/credentials.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { random, type Random } from '../../server/demo/random.ts';
import { isFull, seed } from '../support/effort.ts';
import { TestServer } from '../support/server.ts';

type Session = Schemas['Session'];

const LOCKOUT = { failures: 3, seconds: 900, accountFailures: 8, accountSeconds: 3_600 };
const LOGINS = 12;

let server: TestServer;
before(async () => {
  server = await TestServer.start({
    env: {
      TRUSTED_PROXIES: '1',
      RATE_LIMIT_LOGIN: String(LOGINS),
      RATE_LIMIT_REFRESH: '3',
      RATE_LIMIT_ANONYMOUS: '4',
    },
    lockout: LOCKOUT,
  });
});
after(() => server.close());

interface Login {
  email: string;
  password: string;
}

const login = ({ email, password }: Login, address: string, headers: Record<string, string> = {}) =>
  server.call<Session & Schemas['Problem']>('/api/auth/login', {
    body: { email, password },
    headers: { 'x-forwarded-for': address, ...headers },
  });

const hex = (r: Random): string => r.whole(0, 0xffff).toString(16);
/** Another address of the same 64 bits, written in some way. */
const within = (network: string, r: Random): string => {
  const address = `${network}:${hex(r)}:${hex(r)}:${hex(r)}:${hex(r)}`;
  return r.pick([
    address,
    address.toUpperCase(),
    `[${address}]`,
    `[${address}]:${r.whole(1, 999)}`,
  ]);
};

test(`guessing from many networks, in any order (seed ${seed})`, async () => {
  const r = random(seed);
  const stranger = await server.account('viewer');
  const own = await login(stranger, '192.0.2.200');
  const foreign = own.body.deviceToken ?? '';
  for (let round = 0; round < (isFull ? 3 : 1); round++) {
    const account = await server.account('viewer');
    const email = account.email;
    const owner = { email, password: account.password };
    const known = { 'cloudbrain-device': account.deviceToken ?? '' };
    const home = `2001:db8:${hex(r)}:ffff`;
    const networks = Array.from({ length: 12 }, (_, n) => `2001:db8:${hex(r)}:${n}`);
    let guesses = 0;
    const attack = async (): Promise<void> => {
      const wrong = { email: r.pick([email, email.toUpperCase(), ` ${email}`]), password: 'guess' };
      const device = r.pick<Record<string, string>>([
        {},
        { 'cloudbrain-device': foreign },
        { cookie: 'cloudbrain_device_=x' },
      ]);
      const answer = await login(wrong, within(r.pick([home, ...networks]), r), device);
      assert.ok([401, 429].includes(answer.status), String(answer.status));
      if (answer.status === 401) guesses += 1;
      else assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    };
    const enter = async (): Promise<void> => {
      const { status } = await login(owner, within(r.pick([home, ...networks]), r), known);
      assert.equal(status, 200, 'the owner gets in from a known device');
    };
    for (let step = 0; step < 20; step++) {
      await Promise.all(Array.from({ length: r.whole(1, 3) }, attack));
      if (r.whole(0, 3) === 0) await enter();
    }
    assert.ok(guesses <= LOCKOUT.accountFailures, `${guesses} guesses`);
    assert.equal((await login(owner, within('2001:db8:aaaa:1', r))).status, 429, 'nobody known');
    assert.equal((await login(stranger, '192.0.2.201')).status, 200, 'another account');
  }
});

describe('a device', () => {
  test('is known by its cookie as well, which no script reads, and after a logout', async () => {
    const account = await server.account('viewer');
    const first = await login(account, '192.0.2.1', { origin: 'https://portal.example.com' });
    const cookie = first.headers.get('set-cookie') ?? '';
    assert.match(cookie, /; HttpOnly; SameSite=Strict; Secure$/);
    await server.call('/api/auth/logout', { body: { refreshToken: first.body.refreshToken } });
    for (let n = 0; n < 9; n++) await login({ ...account, password: 'x' }, `192.0.2.${10 + n}`);
    assert.equal((await login(account, '192.0.2.99')).status, 429);
    const [pair = ''] = cookie.split(';');
    assert.equal((await login(account, '192.0.2.99', { cookie: `a=b; ${pair}` })).status, 200);
  });

  test('guesses no more than a network, and a forged or foreign one is none', async () => {
    const account = await server.account('viewer');
    const device = account.deviceToken ?? '';
    const guess = { ...account, password: 'x' };
    const headers = { 'cloudbrain-device': device };
    for (let n = 0; n < LOCKOUT.failures; n++) {
      assert.equal((await login(guess, '192.0.2.7', headers)).status, 401);
    }
    assert.equal((await login(guess, '192.0.2.7', headers)).status, 429);
    const [head = '', ...rest] = device.split('.');
    const other = await server.account('viewer');
    const forged = [
      `${head}.${rest.toSpliced(1, 1, '9999999999').join('.')}`,
      `cbd_${other.me.id}.${rest.join('.')}`,
      other.deviceToken ?? '',
      device.slice(0, -1),
      'cbd_',
      'x'.repeat(1_000),
    ];
    for (const token of forged) {
      const { status } = await login(account, '192.0.2.8', { 'cloudbrain-device': token });
      assert.equal(status, 200, 'it is a stranger, who knows the password');
    }
    const strangers = Array.from({ length: 12 }, (_, n) => login(guess, `192.0.2.${20 + n}`));
    await Promise.all(strangers);
    for (const token of forged) {
      const { status } = await login(account, '192.0.2.9', { 'cloudbrain-device': token });
      assert.equal(status, 429, token.slice(0, 60));
    }
  });

  test('that is old keeps no other device of the account out, and ends with the password', async () => {
    const account = await server.account('viewer');
    const old = { 'cloudbrain-device': account.deviceToken ?? '' };
    await server.tenancy.setPassword(account.me.id, await hashPassword('a new one'));
    const owner = { email: account.email, password: 'a new one' };
    const again = await login(owner, '192.0.2.31');
    const known = { 'cloudbrain-device': again.body.deviceToken ?? '' };
    const guess = { ...owner, password: 'x' };
    for (let n = 0; n < LOGINS + 2; n++) await login(guess, `192.0.2.${32 + n}`, old);
    assert.equal((await login(owner, '192.0.2.60', old)).status, 429);
    for (let n = 0; n < 9; n++) await login(guess, `192.0.2.${62 + n}`);
    assert.equal((await login(owner, '192.0.2.90')).status, 429, 'a stranger');
    assert.equal((await login(owner, '192.0.2.91', known)).status, 200);

    await server.tenancy.disableAccount(account.me.id);
    await server.tenancy.makeAdmin(account.me.id);
    assert.equal((await login(owner, '192.0.2.92', known)).status, 429, 'it has been ended');
  });

  test('of one account is a stranger to another of the same email', async () => {
    const account = await server.account('viewer');
    const { email } = account;
    const workspaceId = await server.tenancy.createWorkspace(`Of ${email}`);
    const told = { email, name: 'B', role: 'viewer', domains: null } as const;
    const passwordHash = await hashPassword('the other one');
    await server.tenancy.createAccount(workspaceId, { ...told, passwordHash });
    let guesses = 0;
    for (let n = 0; n < 6; n++) {
      const { body } = await login(account, `192.0.2.${100 + n}`);
      if (body.deviceToken === undefined) break;
      const device = { 'cloudbrain-device': body.deviceToken };
      for (let guess = 0; guess < LOCKOUT.failures; guess++) {
        const wrong = { email, password: `guess ${n} ${guess}` };
        const { status } = await login(wrong, `192.0.2.${120 + n * 3 + guess}`, device);
        if (status === 401) guesses += 1;
      }
    }
    assert.ok(guesses <= LOCKOUT.accountFailures, `${guesses} guesses`);
    const own = { 'cloudbrain-device': account.deviceToken ?? '' };
    assert.equal((await login(account, '192.0.2.199', own)).status, 200);
  });

  test('that gets in with one account has not taken back its guesses at another', async () => {
    const account = await server.account('viewer');
    const { email } = account;
    const workspaceId = await server.tenancy.createWorkspace(`Of ${email}`);
    const told = { email, name: 'B', role: 'viewer', domains: null } as const;
    const passwordHash = await hashPassword('the other one');
    await server.tenancy.createAccount(workspaceId, { ...told, passwordHash });
    let guesses = 0;
    for (let n = 0; n < LOCKOUT.failures + 2; n++) {
      const { status } = await login({ email, password: `guess ${n}` }, '192.0.2.190');
      if (status === 401) guesses += 1;
      await login(account, '192.0.2.190');
    }
    assert.equal(guesses, LOCKOUT.failures);
    // Its own logins were not held against it elsewhere.
    const other = { email, password: 'the other one' };
    assert.equal((await login(other, '192.0.2.191')).status, 200);
  });

  test('opens nothing', async () => {
    const { deviceToken = '' } = await server.account('admin');
    const { status } = await server.call('/api/auth/me', { token: deviceToken });
    assert.equal(status, 401);
  });

  test('is remembered by the SDK, for as long as its storage', async () => {
    const account = await server.account('viewer');
    const items = new Map<string, string>();
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    };
    const client = () =>
      new CloudBrain({
        baseUrl: server.url,
        auth: passwordAuth({ storage }),
        headers: { 'x-forwarded-for': '192.0.2.55' },
        maxRetries: 0,
      });
    const { email, password } = account;
    const first = client();
    await first.auth.login({ email, password });
    await first.auth.logout();
    for (let n = 0; n < 12; n++) await login({ email, password: 'x' }, `192.0.2.${60 + n}`);
    assert.equal((await login(account, '192.0.2.99')).status, 429);
    assert.equal((await client().auth.login({ email, password })).me.email, email);
  });
});

test('limits go by the network: 64 bits of IPv6, and IPv4 however it is written', async () => {
  const r = random(seed);
  const ask = (kind: 'refresh' | 'anonymous' | 'login', address: string) => {
    const headers = { 'x-forwarded-for': address };
    if (kind === 'anonymous') return server.call('/api/auth/me', { headers });
    if (kind === 'refresh') {
      return server.call('/api/auth/refresh', { headers, body: { refreshToken: 'cbr_x' } });
    }
    return login({ email: `${r.whole(0, 1e9)}@example.com`, password: 'x' }, address);
  };
  const most = { refresh: 3, anonymous: 4, login: LOGINS } as const;
  for (const kind of ['refresh', 'anonymous', 'login'] as const) {
    const network = `2001:db8:${hex(r)}:${hex(r)}`;
    const last = r.whole(1, 254);
    const mapped = `::ffff:c0a8:${((7 << 8) | last).toString(16)}`;
    const spellings: [string, ...string[]] = [
      `192.168.7.${last}`,
      `::ffff:192.168.7.${last}`,
      mapped,
      `[${mapped}]:80`,
    ];
    for (const next of [() => within(network, r), () => r.pick(spellings)]) {
      for (let n = 0; n < most[kind]; n++)
        assert.equal((await ask(kind, next())).status, 401, kind);
      assert.equal((await ask(kind, next())).status, 429, kind);
    }
    assert.equal((await ask(kind, within(`2001:db8:${hex(r)}:1`, r))).status, 401, 'elsewhere');
  }
});
