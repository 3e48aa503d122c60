import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, type Access } from '../../server/auth/access.ts';
import type { Role } from '../../server/auth/caller.ts';
import { Contract, type OperationId } from '../../server/contract/index.ts';
import { TestServer } from '../support/server.ts';

const roles: Role[] = ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'];
const contract = new Contract();

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

test('the contract and the table of access agree on what needs a token', () => {
  for (const [id, { token, method }] of contract.operations) {
    const rule: Access = access[id];
    assert.equal(rule.open === true, token !== 'required', id);
    if (method === 'GET') assert.equal(rule.writes, undefined, id);
  }
});

/** The status with which a caller is let in or not, whatever the handler would make of it. */
async function admitted(id: OperationId, token: string): Promise<number> {
  const operation = contract.operations.get(id);
  assert.ok(operation);
  const path = operation.path.replace('{id}', '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99');
  const { status } = await server.call(path, {
    method: operation.method,
    token,
    ...(operation.body && { body: {} }),
  });
  return status;
}

/** Those whose answer ends: a stream's own tests are elsewhere. */
const tested = [...contract.operations.values()].filter(
  ({ id, tag }) => tag !== 'live' && tag !== 'otlp' && access[id] !== access['auth.login'],
);

test('each operation lets in the roles of its entry, and names them to others', async () => {
  const foreign = await server.tenancy.createWorkspace('Foreign');
  const keys = await Promise.all(
    roles.map(async (role) => ({
      role,
      own: await server.apiKey(role),
      foreign: await server.apiKey(role, { workspaceId: foreign }),
    })),
  );
  for (const { id } of tested) {
    const rule: Access = access[id];
    for (const { role, own, foreign: outside } of keys) {
      const isForKeys = rule.kinds?.includes('key') ?? true;
      const may = isForKeys && (rule.roles?.includes(role) ?? true);
      const status = await admitted(id, own);
      // What it needs is missing from the request, so that nobody gets further than being let in.
      assert.equal(status === 403, !may, `${id} as ${role}: ${status}`);
      if (rule.operatorOnly) assert.equal(await admitted(id, outside), 403, `${id} from outside`);
    }
  }
});

test('a refusal names the roles that may', async () => {
  const { status, body } = await server.call('/api/cleanup', {
    token: await server.apiKey('viewer'),
  });
  assert.equal(status, 403);
  assert.equal(body.detail, 'Requires the role admin or sysops.');
  assert.deepEqual(body.requiredRoles, ['admin', 'sysops']);
});
