/** Keeps `users` current: when each user was first seen in each domain. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import { time, unnest, type Column } from '../unnest.ts';
import type { CountedRequest, RequestChanges } from './requests.ts';

interface Seen {
  user: string;
  domain: string;
  at: number;
}

const columns: readonly Column<Seen>[] = [
  ['user_id', 'text', ({ user }) => user],
  ['domain', 'text', ({ domain }) => domain],
  ['first_at', 'timestamptz', ({ at }) => time(at)],
];

/** Runs after the requests are written: where a user's first is gone, they tell the next. */
export async function updateUsers(ws: WorkspaceTx, changes: RequestChanges): Promise<void> {
  const removed = earliest(changes.removed);
  if (removed.length > 0) {
    const batch = unnest(columns, removed);
    await sql`delete from users t using ${batch}
      where ${ws.of('t.workspace_id')} and t.user_id = v.user_id and t.domain = v.domain
        and t.first_at >= v.first_at`.execute(ws.tx);
    await sql`insert into users (workspace_id, user_id, domain, first_at)
      select ${ws.workspaceId}::uuid, v.user_id, v.domain, first.started_at
      from ${batch} cross join lateral (
        select r.started_at from requests r
        where ${ws.of('r.workspace_id')} and r.user_id = v.user_id and r.domain = v.domain
        order by r.started_at limit 1
      ) first
      on conflict (workspace_id, user_id, domain) do nothing`.execute(ws.tx);
  }
  const added = earliest(changes.added);
  if (added.length === 0) return;
  await sql`insert into users as t (workspace_id, user_id, domain, first_at)
    select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, added)}
    on conflict (workspace_id, user_id, domain) do update set first_at = excluded.first_at
    where excluded.first_at < t.first_at`.execute(ws.tx);
}

/** The earliest of some requests of each user in each domain. */
function earliest(requests: readonly CountedRequest[]): Seen[] {
  const seen = new Map<string, Seen>();
  for (const { user, domain, startedAt: at } of requests) {
    if (user === null) continue;
    const key = `${user}\0${domain}`;
    const known = seen.get(key);
    if (!known || at < known.at) seen.set(key, { user, domain, at });
  }
  return [...seen.values()];
}
