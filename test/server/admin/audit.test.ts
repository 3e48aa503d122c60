/** The audit log: what is written, and who reads it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { PORTAL, TestServer } from '../../support/server.ts';

type Page = Schemas['AuditPage'];

/** Lets the next hour begin, by the server's clock, where this one is about to end. */
function beginHour(server: TestServer): void {
  const left = 3_600_000 - (Date.now() % 3_600_000);
  if (left < 60_000) server.advance(left);
}

describe('the audit log', () => {
  let server: TestServer;
  let admin: Awaited<ReturnType<TestServer['account']>>;
  before(async () => {
    server = await TestServer.start({ env: { TRUSTED_PROXIES: '1' } });
    admin = await server.account('admin');
  });
  after(() => server.close());

  const audit = async (query = '', token = admin.accessToken): Promise<Page> => {
    const { status, body } = await server.call<Page>(`/api/admin/audit${query}`, { token });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const told = async (action: string) => (await audit(`?action=${action}`)).data;
  const elsewhere = { headers: { 'x-forwarded-for': '203.0.113.7' } };

  it('tells of logins and logouts, with who and from where', async () => {
    const { email, password } = admin;
    const { body } = await server.call<Schemas['Session']>('/api/auth/login', {
      ...elsewhere,
      body: { email, password },
    });
    const logout = { ...elsewhere, body: { refreshToken: body.refreshToken } };
    await server.call('/api/auth/logout', logout);
    // An ended session, or none, is nobody's doing.
    await server.call('/api/auth/logout', logout);
    await server.call('/api/auth/logout', { body: { refreshToken: 'cbr_nobodys' } });
    for (const action of ['auth.login', 'auth.logout']) {
      const [latest] = await told(action);
      assert.deepEqual(
        [latest?.actor, latest?.ip, latest?.target],
        [{ kind: 'account', id: admin.me.id, name: email }, '203.0.113.7', null],
        action,
      );
    }
    assert.equal((await told('auth.logout')).length, 1);
    assert.equal((await told('auth.login')).length, 2);
  });

  it('tells of what was made, and ended, by the operator', async () => {
    const [key] = await told('key.create');
    assert.deepEqual(key?.actor, { kind: 'system', id: null, name: 'operator' });
    const [account] = await told('account.create');
    assert.equal(account?.target, admin.email);
    assert.deepEqual(account.details, { role: 'admin', domains: null });
    const viewer = await server.account('viewer');
    await server.tenancy.setPassword(viewer.me.id, 'hash');
    await server.tenancy.disableAccount(viewer.me.id);
    for (const action of ['account.password', 'account.disable']) {
      assert.equal((await told(action))[0]?.target, viewer.email, action);
    }
    assert.equal((await told('workspace.create')).length, 1);
    const all = JSON.stringify((await audit('?limit=200')).data);
    assert.ok(!all.includes('hash') && !all.includes(admin.password));
  });

  it('tells of a key once an hour, however often it is used', async () => {
    beginHour(server);
    const key = await server.apiKey('viewer');
    for (let times = 0; times < 4; times++) {
      await server.call('/api/auth/me', { token: key, ...elsewhere });
    }
    const uses = await told('key.use');
    assert.equal(uses.length, 1);
    assert.deepEqual(
      [uses[0]?.actor.kind, uses[0]?.actor.name, uses[0]?.ip],
      ['key', 'viewer', '203.0.113.7'],
    );
    server.advance(3_600_000);
    await server.call('/api/auth/me', { token: key, ...elsewhere });
    const { email, password } = admin;
    admin = { ...admin, ...(await server.login({ email, password })) };
    assert.equal((await told('key.use')).length, 2);
  });

  it('tells of embed tokens and of cleanup that was asked for', async () => {
    const { accessToken: token } = admin;
    const body = { domains: ['a.example'], origins: [PORTAL] };
    await server.call('/api/auth/embed-tokens', { token, body });
    const [minted] = await told('embed_token.create');
    assert.equal(minted?.actor.id, admin.me.id);
    assert.deepEqual(minted.details.domains, ['a.example']);
    const run = await server.call<Schemas['CleanupRun']>('/api/cleanup/runs', {
      token,
      body: { dryRun: true },
    });
    const [asked] = await told('cleanup.run');
    assert.deepEqual([asked?.target, asked?.details], [run.body.id, { dryRun: true }]);
  });

  it('is read page by page, by actor and period', async () => {
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Page = await audit(`?limit=3${next && `&cursor=${next}`}`);
      seen.push(...page.data.map(({ id }) => id));
      next = page.nextCursor;
    }
    assert.deepEqual(seen, [...new Set(seen)].sort().reverse());
    const mine = (await audit(`?actor=${admin.me.id}&limit=200`)).data;
    assert.ok(mine.length >= 4 && mine.every(({ actor }) => actor.id === admin.me.id));
    const to = mine.at(-1)?.at ?? '';
    const before = await audit(`?from=2026-01-01T00:00:00Z&to=${to}&limit=200`);
    assert.ok(before.data.length > 0 && before.data.every(({ at }) => at < to));
    assert.deepEqual((await audit('?from=2016-01-01T00:00:00Z&to=2016-02-01T00:00:00Z')).data, []);
    for (const query of ['cursor=x', 'cursor=%00', 'actor=ada', 'timeframe=year']) {
      const { status, body } = await server.call(`/api/admin/audit?${query}`, {
        token: admin.accessToken,
      });
      assert.deepEqual([status, body.errors[0]?.path], [400, query.split('=')[0]]);
    }
  });

  it('is for admins of the whole workspace, and of their own', async () => {
    for (const role of ['viewer', 'support', 'developer', 'sysops', 'executive'] as const) {
      const { status, body } = await server.call('/api/admin/audit', {
        token: await server.apiKey(role),
      });
      assert.deepEqual([status, body.requiredRoles], [403, ['admin']]);
    }
    const token = await server.apiKey('admin', { domains: ['a.example'] });
    assert.equal((await server.call('/api/admin/audit', { token })).status, 403);
    const workspaceId = await server.tenancy.createWorkspace('Tenant');
    const theirs = await audit('', await server.apiKey('admin', { workspaceId }));
    assert.deepEqual(theirs.data.map(({ action }) => action).sort(), [
      'key.create',
      'key.use',
      'workspace.create',
    ]);
  });
});
