import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyPassword } from '../../../server/api/credentials.ts';
import { bootstrap } from '../../../server/bootstrap.ts';
import { openStore, type Store } from '../../../server/store/database.ts';
import { TenancyStore } from '../../../server/store/tenancy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const settings = { adminEmail: 'admin@localhost', adminPassword: undefined, ingestKey: undefined };

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
  const { workspaceId, generated } = await bootstrap(tenancy, settings);
  assert.notEqual(workspaceId, acme);
  assert.equal(await tenancy.operator(), workspaceId);
  const admin = await tenancy.findAccount(workspaceId, settings.adminEmail);
  assert.ok(await verifyPassword(admin?.passwordHash ?? '', generated.password ?? ''));
  assert.match(generated.ingestKey ?? '', /^cbk_ingest_/);
  assert.equal(await tenancy.findAccount(acme, settings.adminEmail), undefined);
  assert.deepEqual(await tenancy.lacks(acme), { accounts: true, ingestKeys: true });
});

test('the start after it makes nothing more', async () => {
  const { workspaceId, generated } = await bootstrap(tenancy, settings);
  assert.equal(workspaceId, await tenancy.operator());
  assert.deepEqual(generated, {});
});

test("whoever asks for the operator's workspace gets the same one", async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => tenancy.ensureOperator()));
  assert.equal(new Set(ids).size, 1);
});
