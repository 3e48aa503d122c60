import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { digest } from '../../server/auth/credentials.ts';
import { Secret } from '../../server/auth/secret.ts';
import { hashPassword } from '../../server/auth/credentials.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { AuthStore } from '../../server/store/tenancy/auth.ts';
import { TestServer } from '../support/server.ts';

type Session = Schemas['Session'];
type Me = Schemas['Me'];

const SECRET = 'a secret of more than thirty-two characters';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let server: TestServer;
before(async () => {
  server = await TestServer.start({ env: { CLOUDBRAIN_SECRET: SECRET } });
});
after(() => server.close());

const login = (body: object) => server.call<Session>('/api/auth/login', { body });
const refusedLogin = (body: object) => server.call('/api/auth/login', { body });
const refresh = (refreshToken: string) =>
  server.call<Session>('/api/auth/refresh', { body: { refreshToken } });
const me = (token: string) => server.call<Me>('/api/auth/me', { token });

describe('login', () => {
  test('gives a session that says who it is and when it ends', async () => {
    const { email, password } = await server.account('support', { domains: ['a.example.com'] });
    const { status, body } = await login({ email: ` ${email.toUpperCase()} `, password });
    assert.equal(status, 200);
    assert.equal(body.expiresIn, 900);
    assert.equal(body.refreshExpiresIn, 14 * 24 * 3600);
    assert.match(body.refreshToken, /^cbr_/);
    const answer = await me(body.accessToken);
    assert.deepEqual(answer.body, body.me);
    assert.equal(answer.body.role, 'support');
    assert.deepEqual(answer.body.domains, ['a.example.com']);
    assert.equal(answer.body.workspace.operator, true);
  });

  test('answers a wrong password and an unknown email alike', async () => {
    const { email } = await server.account('viewer');
    const wrong = await refusedLogin({ email, password: 'not this one' });
    const unknown = await refusedLogin({ email: 'nobody@example.com', password: 'not this one' });
    for (const { status, body } of [wrong, unknown]) {
      assert.equal(status, 401);
      assert.equal(body.detail, 'The email or the password is wrong.');
    }
  });

  test('locks an account after ten failures, for the right password too', async () => {
    const { email, password } = await server.account('viewer');
    const failures = Array.from({ length: 10 }, () => refusedLogin({ email, password: 'wrong' }));
    for (const { status } of await Promise.all(failures)) assert.equal(status, 401);
    const locked = await refusedLogin({ email, password });
    assert.equal(locked.status, 429);
    const seconds = Number(locked.headers.get('retry-after'));
    assert.ok(seconds > 14 * 60 && seconds <= 15 * 60, `${seconds} s`);
    // Nobody learns from it whether there is such an account, and others are not locked.
    const ghost = { email: 'ghost@example.com', password: 'wrong' };
    for (let attempt = 0; attempt < 10; attempt++) await refusedLogin(ghost);
    assert.equal((await refusedLogin(ghost)).status, 429);
    await server.login();
  });

  test('forgets the failures once somebody gets in', async () => {
    const { email, password } = await server.account('viewer');
    for (let round = 0; round < 2; round++) {
      for (let attempt = 0; attempt < 9; attempt++) {
        assert.equal((await refusedLogin({ email, password: 'wrong' })).status, 401);
      }
      assert.equal((await login({ email, password })).status, 200);
    }
  });

  test('asks for a domain where an email opens several workspaces', async () => {
    const { email, password } = await server.account('viewer');
    const other = await server.tenancy.createWorkspace('Other');
    const account = await server.tenancy.findAccount(server.workspaceId, email);
    assert.ok(account);
    const { passwordHash } = account;
    const copy = { email, name: 'Ada', role: 'executive', passwordHash } as const;
    await server.tenancy.createAccount(other, { ...copy, domains: ['shop.example.com'] });

    const both = await refusedLogin({ email, password });
    assert.equal(both.status, 409);
    assert.doesNotMatch(JSON.stringify(both.body), /Other|shop/);
    const wrong = await refusedLogin({ email, password: 'wrong' });
    assert.equal(wrong.status, 401, 'only who knows the password learns of the workspaces');

    const { status, body } = await login({ email, password, domain: 'shop.example.com' });
    assert.equal(status, 200);
    assert.equal(body.me.workspace.id, other);
    assert.equal(body.me.workspace.operator, false);
    const nowhere = await refusedLogin({ email, password, domain: 'nowhere.example.com' });
    assert.equal(nowhere.status, 401);
    const byName = await login({ email, password, domain: 'Other' });
    assert.equal(byName.body.me.workspace.id, other, 'one that has no domain yet has a name');
    for (let attempt = 0; attempt < 12; attempt++) {
      const { status: again } = await refusedLogin({ email, password });
      assert.equal(again, 409, 'a password that fits is no failed attempt');
    }

    await server.tenancy.setPassword(account.id, await hashPassword('of this workspace alone'));
    const one = await login({ email, password: 'of this workspace alone' });
    assert.equal(one.body.me.workspace.id, server.workspaceId, 'where a password tells, it does');
  });

  test('refuses an account that has been disabled', async () => {
    const { email, password, accessToken, refreshToken } = await server.account('viewer');
    const account = await server.tenancy.findAccount(server.workspaceId, email);
    await server.tenancy.disableAccount(account?.id ?? '');
    server.advance(10_000);
    assert.equal((await refusedLogin({ email, password })).status, 401);
    assert.equal((await me(accessToken)).status, 401);
    assert.equal((await refresh(refreshToken)).status, 401);
  });
});

describe('logout', () => {
  test('ends the session at once, and tells nobody whether there was one', async () => {
    const { accessToken, refreshToken } = await server.account('viewer');
    assert.equal((await me(accessToken)).status, 200);
    for (const token of [refreshToken, refreshToken, 'cbr_unknown']) {
      const { status, body } = await server.call('/api/auth/logout', {
        body: { refreshToken: token },
      });
      assert.equal(status, 204);
      assert.equal(body, '');
    }
    const { status, body } = await server.call('/api/auth/me', { token: accessToken });
    assert.equal(status, 401);
    assert.equal(body.detail, 'The session has ended.');
    assert.equal((await refresh(refreshToken)).status, 401);
  });
});

describe('an access token', () => {
  const key = () => new Secret(SECRET).key('tokens');
  const forge = (change: (jwt: SignJWT) => SignJWT, sid: string, header: object = {}) =>
    change(
      new SignJWT({ sid })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
        .setIssuer('cloudbrain')
        .setAudience('cloudbrain:api')
        .setExpirationTime('52 weeks'),
    );
  const sidOf = (token: string): string => {
    const [, payload = ''] = token.split('.');
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid;
  };

  test('ends after fifteen minutes', async () => {
    const { accessToken } = await server.account('viewer');
    server.advance(14 * MINUTE);
    assert.equal((await me(accessToken)).status, 200);
    server.advance(2 * MINUTE);
    const { status, body, headers } = await server.call('/api/auth/me', { token: accessToken });
    assert.equal(status, 401);
    assert.equal(body.detail, 'The token has expired.');
    assert.equal(headers.get('www-authenticate'), 'Bearer');
  });

  test('is nothing without our signature, algorithm, issuer, audience and type', async () => {
    const { accessToken } = await server.account('viewer');
    const sid = sidOf(accessToken);
    const genuine = await forge((jwt) => jwt, sid).sign(key());
    assert.equal((await me(genuine)).status, 200, 'the forger would know how');

    const [head = '', payload = ''] = genuine.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    const forged: Record<string, string> = {
      'alg none': `${none}.${payload}.`,
      'no signature': `${head}.${payload}.`,
      'another secret': await forge((jwt) => jwt, sid).sign(
        new Secret('x'.repeat(32)).key('tokens'),
      ),
      'the raw secret': await forge((jwt) => jwt, sid).sign(new TextEncoder().encode(SECRET)),
      'another algorithm': await forge((jwt) => jwt, sid, { alg: 'HS512' }).sign(
        new Uint8Array(64),
      ),
      'another issuer': await forge((jwt) => jwt.setIssuer('elsewhere'), sid).sign(key()),
      'another audience': await forge((jwt) => jwt.setAudience('cloudbrain:embed'), sid).sign(
        key(),
      ),
      'another type': await forge((jwt) => jwt, sid, { typ: 'JWT' }).sign(key()),
      'the embed type': await forge((jwt) => jwt, sid, { typ: 'embed+jwt' }).sign(key()),
      'a changed payload': `${head}.${Buffer.from(`{"sid":"${sid}"}`).toString('base64url')}.x`,
    };
    for (const [what, token] of Object.entries(forged)) {
      assert.equal((await me(token)).status, 401, what);
    }
    const endless = new SignJWT({ sid })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('cloudbrain')
      .setAudience('cloudbrain:api');
    assert.equal((await me(await endless.sign(key()))).status, 401, 'no end');
  });

  test('has to come as a bearer', async () => {
    const { accessToken } = await server.account('viewer');
    for (const authorization of [`Basic ${accessToken}`, 'Bearer', accessToken, 'Bearer a b']) {
      const { status } = await server.call('/api/auth/me', { headers: { authorization } });
      assert.equal(status, 401, authorization);
    }
    const { status } = await server.call('/api/auth/me', {
      headers: { authorization: `bearer ${accessToken}` },
    });
    assert.equal(status, 200);
  });
});

test('a role that was changed is changed for tokens that are out', async () => {
  const { accessToken, email } = await server.account('viewer');
  assert.equal((await me(accessToken)).body.role, 'viewer');
  await server.store.asSystem((tx) =>
    tx.updateTable('accounts').set({ role: 'support' }).where('email', '=', email).execute(),
  );
  server.advance(10_000);
  assert.equal((await me(accessToken)).body.role, 'support');
});

test('what has ended is removed in time, and nothing else', async () => {
  const store = new AuthStore(server.store);
  const old = await server.account('viewer');
  server.advance(10 * DAY);
  const { body: kept } = await refresh((await server.account('viewer')).refreshToken);
  server.advance(5 * DAY);
  const count = () =>
    server.store.asSystem(async (tx) => {
      const hashes = [old.refreshToken, kept.refreshToken].map(digest);
      const rows = await tx
        .selectFrom('refresh_tokens')
        .select('hash')
        .where('hash', 'in', hashes)
        .execute();
      return rows.map(({ hash }) => hashes.indexOf(hash)).sort();
    });
  assert.deepEqual(await count(), [0, 1]);
  const { body } = await refresh(kept.refreshToken);
  await store.prune(new Date(Date.parse(body.me.expiresAt ?? '') - 900_000));
  assert.deepEqual(await count(), [1]);
  assert.equal((await me(body.accessToken)).status, 200);
});
