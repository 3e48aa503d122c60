/** What is noted of refusals and uses, and who is told of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clientAddress, networkOf } from '../../../server/auth/address.ts';
import { SecurityEvents } from '../../../server/auth/security-events.ts';
import { digest } from '../../../server/auth/credentials.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { Retention } from '../../../server/store/write/retention.ts';
import type { Refusal, Use } from '../../../server/store/audit/security-log.ts';
import { PORTAL, TestServer } from '../../support/server.ts';

type Security = Schemas['AdminSecurity'];

/** Asks as if from this address: the server trusts one proxy. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('networks', () => {
  it('are IPv4 addresses, and the first half of IPv6 ones', () => {
    for (const [ip, network] of [
      ['203.0.113.7', '203.0.113.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:DB8:0001:2::6', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['0:0:0:0:0:FFFF:cb00:7107', '203.0.113.7'],
      ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
      ['', ''],
    ] as const) {
      assert.equal(networkOf(ip), network);
    }
    assert.ok(networkOf('x'.repeat(10_000)).length <= 64);
    assert.ok(networkOf('x:'.repeat(10_000)).length <= 64);
  });
});

describe('the address of a client', () => {
  it('is the connection, or what the trusted proxies say of it', () => {
    const of = (forwarded: string | undefined, proxies = 1) =>
      clientAddress('::ffff:10.0.0.1', forwarded, proxies);
    assert.equal(of('203.0.113.7', 0), '10.0.0.1');
    assert.equal(of(undefined), '10.0.0.1');
    assert.equal(of('192.0.2.1, 203.0.113.7'), '203.0.113.7');
    assert.equal(of('192.0.2.1, 203.0.113.7', 2), '192.0.2.1');
    assert.equal(of('192.0.2.1', 9), '192.0.2.1');
  });

  it('is told without a port, and is never what is no address', () => {
    for (const [told, address] of [
      ['198.51.100.4:50123', '198.51.100.4'],
      ['::ffff:198.51.100.4', '198.51.100.4'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:c633:6404', '198.51.100.4'],
      ['unknown', '10.0.0.1'],
      ['198.51.100.400', '10.0.0.1'],
      ['198.51.100.4:x', '10.0.0.1'],
      ['x'.repeat(100_000), '10.0.0.1'],
    ] as const) {
      assert.equal(clientAddress('10.0.0.1', told, 1), address, told.slice(0, 50));
    }
    assert.equal(clientAddress('', 'unknown', 1), '');
  });
});

describe('the watch', () => {
  let now = Date.UTC(2026, 10, 21, 10, 0, 30);
  const noted: Refusal[] = [];
  const used: Use[] = [];
  const watch = new SecurityEvents({
    log: {
      noteRefusals: async (refusals) => void noted.push(...refusals),
      noteUse: async (use) => void used.push(use),
      touchKey: async () => {},
    },
    now: () => new Date(now),
    onError: (error) => assert.fail(String(error)),
  });
  const key = { kind: 'key', id: 'k', name: 'Key', workspace: { id: 'w' } } as never;

  it('counts what is alike by the minute', async () => {
    for (let times = 0; times < 3; times++) watch.refused('token', 'unknown_key', '203.0.113.7');
    watch.refused('token', 'unknown_key', '203.0.113.8');
    now += 60_000;
    watch.refused('token', 'unknown_key', '203.0.113.7');
    await watch.flush();
    assert.deepEqual(
      noted.splice(0).map(({ minute, address, n }) => [minute % 3_600_000, address, n]),
      [
        [0, '203.0.113.7', 3],
        [0, '203.0.113.8', 1],
        [60_000, '203.0.113.7', 1],
      ],
    );
  });

  it('writes no more rows than it may, whatever comes', async () => {
    now += 3_600_000;
    for (let index = 0; index < 50_000; index++) {
      const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
      watch.refused('token', 'unknown_key', address, [{ kind: 'hash', id: String(index) }]);
    }
    await watch.flush();
    assert.equal(noted.length, 2_001);
    const rest = noted.find(({ address }) => address === '');
    assert.deepEqual([rest?.n, rest?.suspect], [48_000, null]);
    noted.length = 0;
    watch.refused('token', 'unknown_key', '192.0.2.1');
    await watch.flush();
    assert.deepEqual(
      noted.splice(0).map(({ address, n }) => [address, n]),
      [['', 1]],
    );
  });

  it('tells others apart though one knocks every second', async () => {
    now = Math.ceil(now / 3_600_000) * 3_600_000;
    for (let second = 0; second < 2_500; second++) {
      watch.refused('token', 'unknown_key', '203.0.113.7');
      await watch.flush();
      now += 1_000;
    }
    assert.equal(new Set(noted.splice(0).map(({ minute }) => minute)).size, 42);
    const ada = { kind: 'account', id: 'ada' } as const;
    watch.refused('login', 'password', '198.51.100.1', [ada]);
    await watch.flush();
    assert.deepEqual(
      noted.splice(0).map(({ suspect, address }) => [suspect, address]),
      [[ada, '198.51.100.1']],
    );
  });

  it('notes the use of a key once an hour from each network', async () => {
    for (let times = 0; times < 5; times++) watch.keyUsed(key, '203.0.113.7');
    watch.keyUsed(key, '203.0.113.8');
    now += 3_600_000;
    watch.keyUsed(key, '203.0.113.7');
    await watch.flush();
    assert.deepEqual(
      used.map(({ network }) => network),
      ['203.0.113.7', '203.0.113.8', '203.0.113.7'],
    );
    assert.equal(used[0]?.audit?.action, 'key.use');
    used.length = 0;
    for (let index = 0; index < 1_000; index++)
      watch.keyUsed(key, `10.0.${index >> 8}.${index & 255}`);
    await watch.flush();
    assert.equal(used.length, 199);
  });

  it('notes the next use where one could not be written', async () => {
    let isAway = true;
    const written: string[] = [];
    let touched = 0;
    const errors: unknown[] = [];
    const careful = new SecurityEvents({
      log: {
        noteRefusals: async () => {},
        noteUse: async ({ network }) => {
          if (isAway) throw new Error('The database is away');
          written.push(network);
        },
        touchKey: async () => {
          if (isAway) throw new Error('The database is away');
          touched += 1;
        },
      },
      now: () => new Date(now),
      onError: (error) => errors.push(error),
    });
    // More often than an hour has networks: what was not written counts as none.
    for (let times = 0; times < 201; times++) {
      careful.keyUsed(key, '203.0.113.7');
      await careful.flush();
    }
    isAway = false;
    for (let times = 0; times < 2; times++) {
      careful.keyUsed(key, '203.0.113.7');
      await careful.flush();
    }
    assert.deepEqual([written, touched], [['203.0.113.7'], 1]);
    assert.equal(errors.length, 2 * 201);
  });
});

describe('security', () => {
  let server: TestServer;
  let admin: string;
  let tenant: string;
  let theirs: string;
  let ada: Awaited<ReturnType<TestServer['account']>>;
  before(async () => {
    server = await TestServer.start({
      env: { TRUSTED_PROXIES: '1' },
      lockout: { failures: 8, seconds: 60 },
    });
    // What is counted by the quarter of an hour here begins in one and ends in it.
    const left = 900_000 - (Date.now() % 900_000);
    if (left < 120_000) server.advance(left);
    tenant = await server.tenancy.createWorkspace('Tenant');
    admin = (await server.account('admin')).accessToken;
    theirs = (await server.account('admin', { workspaceId: tenant })).accessToken;
    ada = await server.account('viewer');
  });
  after(() => server.close());

  const security = async (token = admin, query = ''): Promise<Security> => {
    const { status, body } = await server.call<Security>(`/api/admin/security${query}`, { token });
    assert.equal(status, 200);
    return body;
  };
  const login = (email: string, password: string, address: string) =>
    server.call('/api/auth/login', { ...from(address), body: { email, password } });

  it('tells of failed logins by account and address, and of none of what was typed', async () => {
    for (let times = 0; times < 6; times++) {
      assert.equal((await login(ada.email, 'wrong-password', '203.0.113.7')).status, 401);
    }
    assert.equal((await login('my-password-by-mistake@x', 'secret', '203.0.113.8')).status, 401);
    const told = await security();
    const { failedLogins } = told;
    assert.equal(failedLogins.total, 7);
    assert.deepEqual(
      failedLogins.bySubject.map(({ subject, count }) => [subject?.name ?? null, count]),
      [
        [ada.email, 6],
        [null, 1],
      ],
    );
    assert.deepEqual(
      failedLogins.byAddress.map(({ name, count }) => [name, count]),
      [
        ['203.0.113.7', 6],
        ['203.0.113.8', 1],
      ],
    );
    assert.deepEqual(
      failedLogins.byReason.map(({ name, count }) => [name, count]),
      [['password', 7]],
    );
    const { rows } = await server.store.query('select * from security_events');
    const text = JSON.stringify([told, rows]);
    for (const secret of ['wrong-password', 'my-password-by-mistake', 'secret']) {
      assert.ok(!text.includes(secret), secret);
    }
    assert.equal(
      told.timeline.reduce((sum, point) => sum + point.failedLogins, 0),
      7,
    );
    assert.equal(
      told.latest.reduce((sum, { count }) => sum + count, 0),
      7,
    );
  });

  it('tells of a locked account, and that failures came at once', async () => {
    for (let times = 0; times < 3; times++) await login(ada.email, 'wrong', '203.0.113.7');
    const { failedLogins, unusual } = await security();
    const reasons = Object.fromEntries(
      failedLogins.byReason.map(({ name, count }) => [String(name), count] as const),
    );
    assert.deepEqual(reasons, { password: 9, locked: 1 });
    const rules = unusual.map(({ rule, subject, address, detail: why }) => [
      rule,
      subject?.name ?? address,
      why,
    ]);
    const detail = '9 failed logins within 15 minutes.';
    const expected = [
      ['failed_logins', '203.0.113.7', detail],
      ['failed_logins', ada.email, detail],
    ];
    assert.deepEqual(rules.toSorted(), expected.toSorted());
  });

  it('tells of refused tokens by whose they were', async () => {
    const me = (token: string, more: object = {}) =>
      server.call('/api/auth/me', { token, ...from('198.51.100.1'), ...more });
    const key = await server.apiKey('viewer', { workspaceId: tenant });
    const { rows } = await server.store.query('select id from api_keys where hash = $1', [
      digest(key),
    ]);
    await server.tenancy.endKey(String(rows[0]?.id));
    assert.equal((await me(key)).status, 401);
    assert.equal((await me('cbk_api_nobody-has-it')).status, 401);
    assert.equal((await me('eyJhbGciOiJub25lIn0.eyJhIjoxfQ.')).status, 401);
    const leaving = await server.account('viewer', { workspaceId: tenant });
    await server.call('/api/auth/logout', { body: { refreshToken: leaving.refreshToken } });
    assert.equal((await me(leaving.accessToken)).status, 401);
    const { body } = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
      token: theirs,
      body: { domains: ['a.example'], origins: [PORTAL] },
    });
    assert.equal((await me(body.token, { origin: 'https://evil.example' })).status, 403);

    const reasons = ({ refusedTokens }: Security) =>
      Object.fromEntries(
        refusedTokens.byReason.map(({ name, count }) => [String(name), count] as const),
      );
    // What was somebody's is told to their workspace; what was nobody's to the operator.
    assert.deepEqual(reasons(await security()), { unknown_key: 1, invalid: 1 });
    const told = await security(theirs);
    assert.deepEqual(reasons(told), { unknown_key: 1, session_ended: 1, origin: 1 });
    const subjects = told.refusedTokens.bySubject.map(({ subject }) => subject?.name);
    assert.ok(subjects.includes(leaving.email), subjects.join());
    assert.equal(told.failedLogins.total, 0);
  });

  it('tells of a refresh token that came twice', async () => {
    const { refreshToken } = await server.account('viewer', { workspaceId: tenant });
    for (const status of [200, 401]) {
      const call = { ...from('198.51.100.2'), body: { refreshToken } };
      assert.equal((await server.call('/api/auth/refresh', call)).status, status);
    }
    const { unusual } = await security(theirs);
    const [first] = unusual.filter(({ rule }) => rule === 'reused_token');
    assert.equal(first?.address, '198.51.100.2');
    assert.equal(first.subject?.kind, 'account');
  });

  it('tells of a burst of refusals', async () => {
    for (let times = 0; times < 20; times++) {
      await server.call('/api/auth/me', { token: 'cbk_api_guess', ...from('198.51.100.9') });
    }
    const { unusual } = await security();
    const found = unusual.find(({ rule }) => rule === 'refused_tokens');
    assert.deepEqual(
      [found?.address, found?.detail],
      ['198.51.100.9', '20 refused tokens within 15 minutes.'],
    );
  });

  it('tells when each key was used last, and from where it never was before', async () => {
    const used = await server.apiKey('viewer', { workspaceId: tenant });
    await server.apiKey('support', { workspaceId: tenant });
    const me = (address: string) => server.call('/api/auth/me', { token: used, ...from(address) });
    await me('192.0.2.1');
    let told = await security(theirs);
    assert.deepEqual(
      told.keys.map(({ role, lastUsedAt, lastAddress }) => [
        role,
        lastUsedAt !== null,
        lastAddress,
      ]),
      [
        ['viewer', true, '192.0.2.1'],
        ['support', false, null],
      ],
    );
    const news = () => told.unusual.filter(({ rule }) => rule === 'new_key_address');
    // The first address of a key is no news.
    assert.deepEqual(news(), []);
    // Whatever port a proxy tells beside it.
    await me('192.0.2.2:50123');
    await me('192.0.2.2:50999');
    told = await security(theirs);
    assert.deepEqual(
      news().map(({ address, subject }) => [address, subject?.name]),
      [['192.0.2.2', 'viewer']],
    );
  });

  it('tells the address of the last use, also of one within the same hour', async () => {
    const left = 3_600_000 - (Date.now() % 3_600_000);
    if (left < 300_000) server.advance(left);
    const token = await server.apiKey('executive', { workspaceId: tenant });
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) {
      await server.call('/api/auth/me', { token, ...from(address) });
      server.advance(61_000);
    }
    const { keys } = await security(theirs);
    const told = keys.find(({ role }) => role === 'executive');
    assert.equal(told?.lastAddress, '192.0.2.1');
  });

  it('tells of a login from elsewhere', async () => {
    const { email, password } = await server.account('viewer', { workspaceId: tenant });
    assert.equal((await login(email, password, '192.0.2.77')).status, 200);
    const { unusual } = await security(theirs);
    const found = unusual.find(({ rule }) => rule === 'new_login_address');
    assert.deepEqual([found?.address, found?.subject?.name], ['192.0.2.77', email]);
  });

  it('is for admins of a whole workspace', async () => {
    for (const role of ['viewer', 'support', 'developer', 'sysops', 'executive'] as const) {
      const token = await server.apiKey(role);
      assert.equal((await server.call('/api/admin/security', { token })).status, 403);
    }
    const token = await server.apiKey('admin', { domains: ['a.example'] });
    const { status, body } = await server.call('/api/admin/security', { token });
    assert.equal(status, 403);
    assert.match(body.detail, /isn't restricted to domains/);
  });

  it('says so where a period begins before what is kept', async () => {
    for (const query of ['?timeframe=90d', '?timeframe=all']) {
      assert.deepEqual((await security(admin, query)).unavailable, []);
    }
    const { unavailable, failedLogins } = await security(
      admin,
      '?from=2016-01-01T00:00:00Z&to=2016-01-02T00:00:00Z',
    );
    assert.equal(failedLogins.total, 0);
    const paths = unavailable.map(({ path }) => path);
    assert.deepEqual(paths, ['failedLogins', 'refusedTokens', 'timeline', 'latest', 'unusual']);
    assert.match(unavailable[0]?.reason ?? '', /^Security events are kept for 90 days/);
  });

  it('forgets after 90 days', async () => {
    await new Retention({ store: server.store }).run(Date.now() + 91 * 86_400_000);
    for (const table of ['security_events', 'known_addresses', 'heartbeats']) {
      const { rows } = await server.store.query(`select count(*)::int as n from ${table}`);
      assert.equal(rows[0]?.n, 0, table);
    }
  });
});
