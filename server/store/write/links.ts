/**
 * Ties requests without an id of their client's. Those of a trace are a thread, and have one
 * conversation. A thread goes on from the latest request before it whose history it repeats, and
 * shares its conversation; where another thread went on from there before, it is a branch. All of
 * it follows from the requests alone: any order of arrival ends alike, for when one comes late the
 * threads that it concerns are looked at again.
 */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { ConversationLink } from '../database/schema/conversations.ts';
import { unnest, type Column } from '../database/batch-columns.ts';
import { historyOf, loadHistories, replaceHistories, type Linkable } from './history-rows.ts';
import { childrenOf, firstsAt, marksOfUser } from './history-index.ts';
import { loadThreads, nameOf, threadColumns, uniqueThreads, type Thread } from './threads.ts';

export interface Link {
  conversation: string;
  link: ConversationLink;
  branch: string | null;
}

/** A thread whose conversation or branch is another one now. */
export interface MovedThread extends Thread {
  from: string;
  to: Link;
}

export interface Links {
  /** `null` for a thread of which nothing is known. */
  of(domain: string, thread: string): Link | null;
  moved: MovedThread[];
}

/**
 * @param keys of the requests that are being looked at, those that are gone as well
 * @param linkables those that there are now
 */
export async function linkRequests(
  ws: WorkspaceTx,
  keys: readonly string[],
  linkables: readonly Linkable[],
): Promise<Links> {
  const wanted = linkables.map(historyOf).filter(({ marks }) => marks.length > 0);
  const before = await loadHistories(ws, [...keys, ...wanted.map(({ key }) => key)]);
  const purged = [...before.values()].flatMap((history) => (history.purged ? [history.key] : []));
  const kept = new Set([...wanted.map(({ key }) => key), ...purged]);
  const changed = wanted.filter(({ key, digest }) => {
    const known = before.get(key);
    return !known?.purged && known?.digest !== digest;
  });
  const gone = [...before.values()].filter(({ key }) => !kept.has(key));
  const moved: MovedThread[] = [];
  if (changed.length > 0 || gone.length > 0) {
    const replaced = changed.flatMap(({ key }) => before.get(key) ?? []);
    const concerned = await replaceHistories(ws, [...gone, ...replaced], changed);
    moved.push(...(await settle(ws, concerned)));
  }
  const states = await loadThreads(ws, linkables);
  const of = (domain: string, thread: string): Link | null => {
    const state = states.get(nameOf({ domain, thread }));
    if (!state) return null;
    const { conversation, branch, parent } = state;
    return { conversation, branch, link: parent === null ? 'trace' : 'history' };
  };
  return { moved, of };
}

interface Finding extends Thread {
  was_point: string | null;
  was_parent: string | null;
  was_conversation: string;
  was_branch: string | null;
  point: string | null;
  parent: string | null;
  parent_conversation: string | null;
  parent_branch: string | null;
  is_second: boolean;
}

/** Where each thread goes on from, as things are now. */
async function findPoints(ws: WorkspaceTx, threads: readonly Thread[]): Promise<Finding[]> {
  const own = sql`${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = v.thread`;
  // From what was there before it began, and so from an older one: none goes on from itself.
  const latest = sql`and m.at < was.started_at order by m.at desc, m.key desc limit 1`;
  const { rows } = await sql<Finding>`
    select v.domain, v.thread, was.point as was_point, was.parent as was_parent,
      was.conversation as was_conversation, was.branch as was_branch,
      found.point, found.parent, found.conversation as parent_conversation,
      found.branch as parent_branch,
      found.point is not null and (exists (
        select from histories h
        where ${ws.of('h.workspace_id')} and h.point = found.point
          and h.conversation = found.conversation
          and (h.started_at, h.key) < (was.started_at, was.key)
      ) or exists (
        select from histories h
        join history_marks m on ${ws.of('m.workspace_id')} and m.key = h.key
          and m.side = 'b' and m.hash = found.point
        where ${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = found.thread
          and h.started_at >= found.at and (h.started_at, h.key) < (was.started_at, was.key)
      )) as is_second
    from ${unnest(threadColumns, threads)}
    cross join lateral (
      select h.started_at, h.key, h.point, h.parent, h.conversation, h.branch from histories h
      where ${own} order by h.started_at, h.key limit 1
    ) was
    left join lateral (
      select h.key, h.user_id from histories h
      where ${own} and exists (select from history_marks m
        where ${ws.of('m.workspace_id')} and m.key = h.key and m.side = 'b')
      order by h.started_at, h.key limit 1
    ) head on true
    left join lateral (
      select b.hash as point, h.key as parent, p.at, h.thread, h.conversation, h.branch
      from history_marks b
      cross join lateral (
        select each.* from (
          ${marksOfUser(ws, 'p', sql`b.hash`, sql`head.user_id`, latest)}
        ) each order by each.at desc, each.key desc limit 1
      ) p
      join histories h on ${ws.of('h.workspace_id')} and h.key = p.key
      where ${ws.of('b.workspace_id')} and b.key = head.key and b.side = 'b'
      order by b.depth limit 1
    ) found on true`.execute(ws.tx);
  return rows;
}

/** Ties the threads anew, and those that follow from them, until nothing changes any more. */
async function settle(ws: WorkspaceTx, threads: readonly Thread[]): Promise<MovedThread[]> {
  const moved = new Map<string, MovedThread>();
  let waiting = uniqueThreads(threads);
  while (waiting.length > 0) {
    const changes = (await findPoints(ws, waiting)).flatMap((finding) => {
      const change = tie(finding);
      return change ? [change] : [];
    });
    if (changes.length === 0) break;
    for (const { domain, thread, from, to } of changes) {
      const name = nameOf({ domain, thread });
      moved.set(name, { domain, thread, to, from: moved.get(name)?.from ?? from });
    }
    waiting = uniqueThreads(await saveTies(ws, changes));
  }
  return [...moved.values()];
}

interface Tie extends MovedThread {
  point: string | null;
  wasPoint: string | null;
  parent: string | null;
}

/** `null` where the thread stays as it is. */
function tie(found: Finding): Tie | null {
  const { domain, thread, point, parent } = found;
  const to: Link =
    found.parent_conversation === null
      ? { conversation: thread, link: 'trace', branch: null }
      : {
          conversation: found.parent_conversation,
          link: 'history',
          branch: found.is_second ? thread : found.parent_branch,
        };
  const isSame =
    point === found.was_point &&
    parent === found.was_parent &&
    to.conversation === found.was_conversation &&
    to.branch === found.was_branch;
  if (isSame) return null;
  return {
    domain,
    thread,
    point,
    parent,
    to,
    from: found.was_conversation,
    wasPoint: found.was_point,
  };
}

const tieColumns: readonly Column<Tie>[] = [
  ...threadColumns,
  ['point', 'text', ({ point }) => point],
  ['parent', 'text', ({ parent }) => parent],
  ['conversation', 'text', ({ to }) => to.conversation],
  ['branch', 'text', ({ to }) => to.branch],
];

/** @returns the threads that follow from these: what goes on from them, or from where they do */
async function saveTies(ws: WorkspaceTx, ties: readonly Tie[]): Promise<Thread[]> {
  const forks = ties.flatMap(({ point, wasPoint, from, to }) =>
    [point, wasPoint].flatMap((it) =>
      it === null
        ? []
        : [from, to.conversation].map((conversation) => ({ point: it, conversation })),
    ),
  );
  const firsts = await firstsAt(ws, forks);
  const { rows } = await sql<{ key: string }>`update histories t set point = v.point,
      parent = v.parent, conversation = v.conversation, branch = v.branch
    from ${unnest(tieColumns, ties)}
    where ${ws.of('t.workspace_id')} and t.domain = v.domain and t.thread = v.thread
    returning t.key`.execute(ws.tx);
  const keys = rows.map(({ key }) => key);
  // Themselves as well: those that are tied together have not seen each other.
  return [...ties, ...firsts, ...(await firstsAt(ws, forks)), ...(await childrenOf(ws, keys))];
}
