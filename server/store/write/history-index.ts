/**
 * Who leads to a point of a history, and who goes on from there. Many may be at one point (who says
 * "hello" is often told "hi"), so each question is one look-up in an index, with an end.
 */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { time, unnest, type Column } from '../database/batch-columns.ts';
import type { Mark } from './history.ts';
import type { Thread } from './threads.ts';

/** A mark of a request. */
export interface PlacedMark extends Mark {
  key: string;
  /** Epoch ms: when the request began (`p`), or the first of its thread (`b`). */
  at: number;
  user: string | null;
}

/**
 * Marks at a point of those who may be the user: they are, or one of the two is not known.
 * @param hash of the point
 * @param user an expression
 * @param which further conditions, and what else belongs to each part of the query
 */
export function marksOfUser(
  ws: WorkspaceTx,
  side: Mark['side'],
  hash: RawBuilder<unknown>,
  user: RawBuilder<unknown>,
  which: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const marks = sql`select m.key, m.at from history_marks m
    where ${ws.of('m.workspace_id')} and m.side = ${sql.lit(side)} and m.hash = ${hash}`;
  return sql`(${marks} and ${user} is null ${which})
    union all (${marks} and m.user_id = ${user} ${which})
    union all (${marks} and ${user} is not null and m.user_id is null ${which})`;
}

const markColumns: readonly Column<PlacedMark>[] = [
  ['hash', 'text', ({ hash }) => hash],
  ['at', 'timestamptz', ({ at }) => time(at)],
  ['user_id', 'text', ({ user }) => user],
];

/**
 * The threads that may go on from these requests: those that began after one, but before the next
 * that they would rather go on from.
 */
export async function goingOnFrom(
  ws: WorkspaceTx,
  marks: readonly PlacedMark[],
): Promise<Thread[]> {
  const points = marks.filter(({ side }) => side === 'p');
  if (points.length === 0) return [];
  const nextOf = (isUser: RawBuilder<unknown>) => sql`(
    select m.at from history_marks m
    where ${ws.of('m.workspace_id')} and m.side = 'p' and m.hash = v.hash and ${isUser}
      and m.at > v.at order by m.at limit 1)`;
  const between = sql`and m.at > v.at and m.at <= next.at`;
  const { rows } = await sql<Thread>`
    select distinct h.domain, h.thread
    from ${unnest(markColumns, points)}
    cross join lateral (
      select coalesce(
        least(${nextOf(sql`m.user_id = v.user_id`)}, ${nextOf(sql`m.user_id is null`)}),
        'infinity') as at
    ) next
    cross join lateral (
      ${marksOfUser(ws, 'b', sql`v.hash`, sql`v.user_id`, between)}
    ) found
    join histories h on ${ws.of('h.workspace_id')} and h.key = found.key`.execute(ws.tx);
  return rows;
}

/** A point of a conversation, from where it may go on more than once. */
export interface Fork {
  point: string;
  conversation: string;
}

const forkColumns: readonly Column<Fork>[] = [
  ['point', 'text', ({ point }) => point],
  ['conversation', 'text', ({ conversation }) => conversation],
];

/** The thread that goes on first at each: all after it are branches, whatever becomes of others. */
export async function firstsAt(ws: WorkspaceTx, forks: readonly Fork[]): Promise<Thread[]> {
  if (forks.length === 0) return [];
  const unique = new Map(forks.map((fork) => [`${fork.point} ${fork.conversation}`, fork]));
  const { rows } = await sql<Thread>`
    select first.* from ${unnest(forkColumns, [...unique.values()])}
    cross join lateral (
      select h.domain, h.thread from histories h
      where ${ws.of('h.workspace_id')} and h.point = v.point
        and h.conversation = v.conversation
      order by h.started_at, h.key limit 1
    ) first`.execute(ws.tx);
  return rows;
}

/** The threads that go on from these requests. */
export async function childrenOf(ws: WorkspaceTx, keys: readonly string[]): Promise<Thread[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<Thread>`select domain, thread from histories
    where ${ws.of()} and parent = any(${keys}::text[])`.execute(ws.tx);
  return rows;
}
