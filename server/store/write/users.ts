/** Keeps `users` current: when each user was first and last seen in each domain. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { matching, time, unnest, type Column } from '../database/batch-columns.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import type { RequestChanges } from './requests.ts';

interface Seen {
  user: string;
  domain: string;
  first: number;
  last: number;
}

const keys: readonly Column<Seen>[] = [
  ['user_id', 'text', ({ user }) => user],
  ['domain', 'text', ({ domain }) => domain],
];

const columns: readonly Column<Seen>[] = [
  ...keys,
  ['first_at', 'timestamptz', ({ first }) => time(first)],
  ['last_at', 'timestamptz', ({ last }) => time(last)],
];

/** Runs after the requests are written: where a user's first or last is gone, they tell the next. */
export async function updateUsers(ws: WorkspaceTx, changes: RequestChanges): Promise<void> {
  const added = seenIn(changes.added);
  const removed = [...seenIn(changes.removed).entries()];
  // Mostly a row is replaced by one of the same moment: nothing is to be looked for then.
  const firsts = removed.filter(([key, { first }]) => !(Number(added.get(key)?.first) <= first));
  const lasts = removed.filter(([key, { last }]) => !(Number(added.get(key)?.last) >= last));
  const seen = (some: typeof removed) => some.map(([, each]) => each);
  if (firsts.length > 0) await findFirsts(ws, seen(firsts));
  if (lasts.length > 0) await findLasts(ws, seen(lasts));
  if (added.size === 0) return;
  await sql`insert into users as t (workspace_id, user_id, domain, first_at, last_at)
    select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, [...added.values()])}
    order by v.user_id, v.domain
    on conflict (workspace_id, user_id, domain) do update
    set first_at = least(t.first_at, excluded.first_at),
      last_at = greatest(t.last_at, excluded.last_at)
    where excluded.first_at < t.first_at or excluded.last_at > t.last_at`.execute(ws.tx);
}

async function findFirsts(ws: WorkspaceTx, removed: readonly Seen[]): Promise<void> {
  const batch = unnest(columns, removed);
  await sql`delete from users t using ${batch}
    where ${ws.of('t.workspace_id')} and ${matching(keys)}
      and t.first_at >= v.first_at`.execute(ws.tx);
  await sql`insert into users (workspace_id, user_id, domain, first_at, last_at)
    select ${ws.workspaceId}::uuid, v.user_id, v.domain, first.started_at, last.started_at
    from ${batch}
    cross join lateral (${endOf(ws, 'asc')}) first
    cross join lateral (${endOf(ws, 'desc')}) last
    on conflict (workspace_id, user_id, domain) do nothing`.execute(ws.tx);
}

/** Where its other requests are gone by retention, a user was last seen when it was first. */
async function findLasts(ws: WorkspaceTx, removed: readonly Seen[]): Promise<void> {
  await sql`update users t
    set last_at = coalesce((select e.started_at from (${endOf(ws, 'desc')}) e), t.first_at)
    from ${unnest(columns, removed)}
    where ${ws.of('t.workspace_id')} and ${matching(keys)}
      and t.last_at <= v.last_at`.execute(ws.tx);
}

const endOf = (ws: WorkspaceTx, order: 'asc' | 'desc') => sql`
  select r.started_at from requests r
  where ${ws.of('r.workspace_id')} and r.user_id = v.user_id and r.domain = v.domain
  order by r.started_at ${sql.raw(order)} limit 1`;

/** The earliest and the latest of some requests of each user in each domain. */
function seenIn(requests: readonly CountedRequest[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { user, domain, startedAt: at } of requests) {
    if (user === null) continue;
    const key = `${user}\0${domain}`;
    const known = seen.get(key);
    const first = Math.min(known?.first ?? at, at);
    const last = Math.max(known?.last ?? at, at);
    seen.set(key, { user, domain, first, last });
  }
  return seen;
}
