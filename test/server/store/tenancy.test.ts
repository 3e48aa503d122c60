import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { digest, hashPassword, verifyPassword } from '../../../server/auth/credentials.ts';
import { bootstrap } from '../../../server/commands/bootstrap.ts';
import { AuthStore } from '../../../server/store/tenancy/auth.ts';
import { openStore, type Store } from '../../../server/store/database/database.ts';
import { TenancyStore } from '../../../server/store/tenancy/tenancy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const settings = {
  adminEmail: 'admin@localhost',
  adminIsNamed: false,
  adminPassword: undefined,
  ingestKey: undefined,
};

let database: TestDatabase;
let store: Store;
let tenancy: TenancyStore;
before(async () => {
  database = await createTestDatabase();
  store = await openStore(database);
  tenancy = new TenancyStore(store);
});
after(async () => {
  await store.close();
  await database.drop();
});

test("a workspace that is made before the first start is a tenant's, and the start finds its own", async () => {
  const acme = await tenancy.createWorkspace('Acme');
  const workspaceId = await tenancy.ensureOperator();
  const generated = await bootstrap(tenancy, workspaceId, settings);
  assert.notEqual(workspaceId, acme);
  assert.equal(await tenancy.operator(), workspaceId);
  const admin = await tenancy.findAccount(workspaceId, settings.adminEmail);
  assert.ok(await verifyPassword(admin?.passwordHash ?? '', generated.password ?? ''));
  assert.match(generated.ingestKey ?? '', /^cbk_ingest_/);
  assert.equal(await tenancy.findAccount(acme, settings.adminEmail), undefined);
  assert.deepEqual(await tenancy.lacks(acme), { accounts: true, ingestKeys: true });
});

test('the start after it makes nothing more', async () => {
  assert.deepEqual(await bootstrap(tenancy, await tenancy.ensureOperator(), settings), {});
});

test('whom the settings name is an admin at every start, whatever happened to the account', async () => {
  const workspaceId = await tenancy.ensureOperator();
  const passwordHash = await hashPassword('an earlier password');
  const bob = { email: 'bob@example.com', name: 'Bob', role: 'viewer', domains: ['a'] } as const;
  const id = await tenancy.createAccount(workspaceId, { ...bob, passwordHash });
  await tenancy.disableAccount(id);
  const named = { ...settings, adminEmail: bob.email, adminIsNamed: true };
  const adminPassword = 'another password';
  assert.deepEqual(await bootstrap(tenancy, workspaceId, { ...named, adminPassword }), {});
  const [account] = await new AuthStore(store).accountsByEmail(bob.email);
  assert.deepEqual([account?.role, account?.domains], ['admin', null]);
  assert.ok(await verifyPassword(account?.passwordHash ?? '', adminPassword));

  const eve = { ...named, adminEmail: 'eve@example.com' };
  const { password = '' } = await bootstrap(tenancy, workspaceId, eve);
  const made = await tenancy.findAccount(workspaceId, eve.adminEmail);
  assert.ok(await verifyPassword(made?.passwordHash ?? '', password), 'a new one is told once');
  assert.deepEqual(await bootstrap(tenancy, workspaceId, eve), {});
});

test('another ingest key in the settings takes the place of the one before, and of no other', async () => {
  const workspaceId = await tenancy.ensureOperator();
  const keys = async () => (await tenancy.listKeys(workspaceId)).map(({ name }) => name).toSorted();
  const others = await keys();
  const holds = async (key: string) =>
    Boolean(await new AuthStore(store).key({ hash: digest(key) }));
  for (const ingestKey of ['ingestkey-one', 'ingestkey-two', 'ingestkey-one']) {
    await bootstrap(tenancy, workspaceId, { ...settings, ingestKey });
    assert.deepEqual(await keys(), ['CLOUDBRAIN_INGEST_KEY', ...others]);
    assert.ok(await holds(ingestKey));
  }
  assert.equal(await holds('ingestkey-two'), false);
});

test("whoever asks for the operator's workspace gets the same one", async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => tenancy.ensureOperator()));
  assert.equal(new Set(ids).size, 1);
});
