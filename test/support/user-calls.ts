/** Calls about users as telemetry names them. */
import { SHOP } from './cells.ts';
import type { Tenants } from './tenants.ts';
import type { SampleCall } from './sample-calls.ts';

/** Each party erases a user of its own: none may be taken from the others. */
export async function eraseCalls({ server, workspaceIds }: Tenants): Promise<SampleCall[]> {
  const user = `gone/${crypto.randomUUID()}`;
  const at = '2016-01-01T00:00:00Z';
  await server.store.asSystem((tx) =>
    tx
      .insertInto('users')
      .values({
        ...{ workspace_id: workspaceIds.ours, user_id: user, domain: SHOP },
        ...{ first_at: at, last_at: at },
      })
      .execute(),
  );
  const status: SampleCall['status'] = ({ workspace }) => (workspace === 'ours' ? undefined : 404);
  return [{ path: `/api/users/${encodeURIComponent(user)}`, status }];
}

export async function erasureCalls({ server, workspaceIds }: Tenants): Promise<SampleCall[]> {
  const id = crypto.randomUUID();
  const at = '2016-01-01T00:00:00Z';
  await server.store.asSystem((tx) =>
    tx
      .insertInto('user_erasures')
      .values({
        ...{ workspace_id: workspaceIds.ours, id, user_hash: id, user_id: null },
        ...{ requested_at: at, ended_at: at },
      })
      .execute(),
  );
  const status: SampleCall['status'] = ({ workspace }) => (workspace === 'ours' ? undefined : 404);
  return [{ path: `/api/users/erasures/${id}`, status }];
}
