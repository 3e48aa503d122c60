/** Calls that manage keys, with what is a party's own in their answers. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Schemas } from '../../server/contract/index.ts';
import { SHOP } from './cells.ts';
import type { SampleCall } from './sample-calls.ts';
import type { Party, Tenants } from './tenants.ts';

/** What keys are called that these calls are about. */
export const SAMPLE_KEY = 'sample';

/** A key of ours that nobody asks with: each call may end it or change its secret. */
const idle = ({ server, workspaceIds }: Tenants): Promise<string> =>
  server.tenancy.createKey(workspaceIds.ours, {
    ...{ kind: 'api', role: 'viewer', domains: [SHOP], name: SAMPLE_KEY },
    hash: randomUUID(),
  });

const unlessElsewhere: SampleCall['status'] = ({ workspace }) =>
  workspace === 'ours' ? undefined : 404;

export const keyListCalls = ({ server, workspaceIds }: Tenants): SampleCall[] =>
  ['', '?state=active', '?limit=1'].map((query) => ({
    path: `/api/keys${query}`,
    check: async (body: unknown, { workspace }: Party) => {
      const { rows } = await server.store.query('select id from api_keys where workspace_id = $1', [
        workspaceIds[workspace],
      ]);
      const own = new Set(rows.map(({ id }) => String(id)));
      const { data } = body as Schemas['KeyPage'];
      assert.ok(data.length > 0);
      for (const { id } of data) assert.ok(own.has(id), id);
    },
  }));

export const keyCreateCalls = ({ server, workspaceIds }: Tenants): SampleCall[] => [
  {
    path: '/api/keys',
    body: { kind: 'api', name: SAMPLE_KEY, role: 'viewer', domains: [SHOP] },
    check: async (body: unknown, { workspace }: Party) => {
      const { secret: token } = body as Schemas['IssuedKey'];
      const { body: me } = await server.call<Schemas['Me']>('/api/auth/me', { token });
      assert.equal(me.workspace.id, workspaceIds[workspace]);
    },
  },
];

export const keyCalls = async (tenants: Tenants): Promise<SampleCall[]> => [
  { path: `/api/keys/${await idle(tenants)}`, status: unlessElsewhere },
];

export const keyRotateCalls = async (tenants: Tenants): Promise<SampleCall[]> => [
  { path: `/api/keys/${await idle(tenants)}/rotate`, body: {}, status: unlessElsewhere },
];
