import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hashPassword } from '../../server/auth/credentials.ts';
import type { Schemas } from '../../server/contract/index.ts';
import type { TenancyStore } from '../../server/store/tenancy/tenancy.ts';
import { eventually } from '../support/eventually.ts';
import { Listener } from '../support/listener.ts';
import { PORTAL, TestServer } from '../support/server.ts';

type EmbedToken = Schemas['EmbedToken'];
type Me = Schemas['Me'];

const DOMAINS = ['app.example.com'];

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

const mint = async (token: string, changes: object = {}): Promise<string> => {
  const asked = { domains: DOMAINS, origins: [PORTAL], expiresIn: 3600, ...changes };
  const answer = await server.call<EmbedToken>('/api/auth/embed-tokens', { token, body: asked });
  assert.equal(answer.status, 201);
  return answer.body.token;
};
const me = (token: string) => server.call<Me>('/api/auth/me', { token, origin: PORTAL });

/** What takes away what a minter has, and whether its token outlasts it. */
const ends: Record<string, (tenancy: TenancyStore, accountId: string) => Promise<unknown>> = {
  'a new password': async (tenancy, id) => tenancy.setPassword(id, await hashPassword('another')),
  'a disabled account': (tenancy, id) => tenancy.disableAccount(id),
  'a disabled account that is back': async (tenancy, id) => {
    await tenancy.disableAccount(id);
    await tenancy.makeAdmin(id);
  },
  'a role that may not give it': (_, id) =>
    server.store.query("update accounts set role = 'executive' where id = $1", [id]),
  'a domain that was withdrawn': (_, id) =>
    server.store.query("update accounts set domains = '{shop.example.com}' where id = $1", [id]),
  'an account that was removed': (_, id) =>
    server.store.query('delete from accounts where id = $1', [id]),
};

describe('an embed token, and the streams that it opened, end with', () => {
  for (const [what, end] of Object.entries(ends)) {
    test(what, async (t) => {
      const minter = await server.account('admin');
      const bystander = await server.account('admin');
      const token = await mint(minter.accessToken);
      const others = await mint(bystander.accessToken);
      assert.equal((await me(token)).status, 200);
      const options = { token, origin: PORTAL };
      const listeners = [
        await Listener.stream(`${server.url}/api/live`, options),
        await Listener.socket(`${server.url}/api/ws/metrics`, options),
      ];
      const other = await Listener.stream(`${server.url}/api/live`, { ...options, token: others });
      t.after(() => [...listeners, other].forEach((listener) => listener.close()));
      await Promise.all(listeners.map((listener) => listener.until((all) => all.length > 0)));

      await end(server.tenancy, minter.me.id);
      // What was just looked up is remembered for a few seconds.
      server.advance(11_000);
      const { status } = await me(token);
      assert.equal(status, 401);
      const isExpired = ({ event }: { event: string }) => event === 'expired';
      await eventually('both streams end', () =>
        listeners.every(({ events }) => events.some(isExpired)),
      );
      assert.equal((await me(others)).status, 200, 'another minter’s token holds');
      assert.ok(!other.events.some(isExpired));
      if (what === 'a new password') {
        const again = await server.login({ email: minter.email, password: 'another' });
        assert.equal((await me(token)).status, 401, 'also after the next login');
        assert.equal((await me(await mint(again.accessToken))).status, 200);
      }
    });
  }
});

test('a session does not start where the password changed while it was checked', async () => {
  const { email, password, me: account } = await server.account('viewer');
  const login = () =>
    server.call<Partial<Schemas['Session']>>('/api/auth/login', { body: { email, password } });
  const racing = Array.from({ length: 6 }, login);
  await server.tenancy.setPassword(account.id, await hashPassword('another'));
  for (const { status, body } of await Promise.all(racing)) {
    if (status !== 200) continue;
    server.advance(11_000);
    assert.equal((await me(body.accessToken ?? '')).status, 401);
  }
  server.advance(11_000);
  const { rows } = await server.store.query(
    'select count(*)::int as open from sessions where account_id = $1 and ended_at is null',
    [account.id],
  );
  assert.equal(rows[0]?.open, 0);
});
