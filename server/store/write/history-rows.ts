/** What requests may go on from, and lead to, as rows: what they are tied by (see links.ts). */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { matching, namesOf, time, unnest, type Column } from '../database/batch-columns.ts';
import { marksOf, type Mark } from './history.ts';
import { childrenOf, firstsAt, goingOnFrom, type Fork, type PlacedMark } from './history-index.ts';
import { digestOf } from './requests.ts';
import { loadThreads, nameOf, threadColumns, type Thread, type ThreadState } from './threads.ts';

/** A request that may be tied. */
export interface Linkable {
  key: string;
  startedAt: number;
  domain: string;
  user: string | null;
  thread: string;
  input: readonly string[];
  output: readonly string[];
}

export interface History extends Linkable {
  marks: readonly Mark[];
  digest: string;
}

export function historyOf(linkable: Linkable): History {
  const { domain, input, output, thread, startedAt, user } = linkable;
  const marks = marksOf(domain, input, output);
  return { ...linkable, marks, digest: digestOf([marks, domain, thread, startedAt, user]) };
}

export interface StoredHistory extends Thread {
  key: string;
  digest: string;
  purged: boolean;
}

export async function loadHistories(
  ws: WorkspaceTx,
  keys: readonly string[],
): Promise<Map<string, StoredHistory>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<StoredHistory>`
    select key, domain, thread, marks_digest as digest, purged from histories
    where ${ws.of()} and key = any(${keys}::text[])`.execute(ws.tx);
  return new Map(rows.map((row) => [row.key, row]));
}

const keyColumn: readonly Column<{ key: string }>[] = [['key', 'text', ({ key }) => key]];

const historyColumns: readonly Column<History>[] = [
  ...keyColumn,
  ['domain', 'text', ({ domain }) => domain],
  ['thread', 'text', ({ thread }) => thread],
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['user_id', 'text', ({ user }) => user],
  ['marks_digest', 'text', ({ digest }) => digest],
];

const markColumns: readonly Column<PlacedMark>[] = [
  ...keyColumn,
  ['hash', 'text', ({ hash }) => hash],
  ['side', 'text', ({ side }) => side],
  ['depth', 'smallint', ({ depth }) => depth],
  ['at', 'timestamptz', ({ at }) => time(at)],
  ['user_id', 'text', ({ user }) => user],
];

/** @returns the threads that may be tied otherwise now */
export async function replaceHistories(
  ws: WorkspaceTx,
  gone: readonly StoredHistory[],
  added: readonly History[],
): Promise<Thread[]> {
  const threads: Thread[] = [...gone, ...added];
  const goneOnFrom = [
    ...(await beginningsIn(ws, gone)),
    ...added.flatMap(({ domain, thread, marks }) =>
      marks.flatMap(({ side, hash }) => (side === 'b' ? [{ domain, thread, hash }] : [])),
    ),
  ];
  const before = await loadThreads(ws, threads);
  const concerned = [
    ...threads,
    ...(await firstsAt(ws, forksOf(before, goneOnFrom))),
    ...(await childrenOf(
      ws,
      gone.map(({ key }) => key),
    )),
  ];
  await removeHistories(ws, gone);
  await addHistories(ws, added);
  const after = await loadThreads(ws, threads);
  const marks = added.flatMap((history) => placedMarksOf(history, after));
  await addMarks(ws, marks);
  await moveBeginnings(ws, before, after);
  concerned.push(
    ...(await firstsAt(ws, forksOf(after, goneOnFrom))),
    ...(await goingOnFrom(ws, marks)),
  );
  return concerned;
}

function placedMarksOf(
  { key, user, startedAt, marks, ...thread }: History,
  threads: ReadonlyMap<string, ThreadState>,
): PlacedMark[] {
  const began = threads.get(nameOf(thread))?.began ?? startedAt;
  return marks.map((mark) => ({ ...mark, key, user, at: mark.side === 'p' ? startedAt : began }));
}

/** A point from which a request of the thread goes on. */
interface Beginning extends Thread {
  hash: string;
}

async function beginningsIn(
  ws: WorkspaceTx,
  histories: readonly StoredHistory[],
): Promise<Beginning[]> {
  if (histories.length === 0) return [];
  const keys = histories.map(({ key }) => key);
  const { rows } = await sql<Beginning>`
    select h.domain, h.thread, m.hash from histories h
    join history_marks m on ${ws.of('m.workspace_id')} and m.key = h.key and m.side = 'b'
    where ${ws.of('h.workspace_id')} and h.key = any(${keys}::text[])`.execute(ws.tx);
  return rows;
}

/** Where it may matter what the threads do: where they go on from, and where their requests do. */
function forksOf(
  threads: ReadonlyMap<string, ThreadState>,
  beginnings: readonly Beginning[],
): Fork[] {
  return [
    ...[...threads.values()].flatMap(({ point, conversation }) =>
      point === null ? [] : [{ point, conversation }],
    ),
    ...beginnings.flatMap(({ hash: point, ...thread }) => {
      const conversation = threads.get(nameOf(thread))?.conversation;
      return conversation === undefined ? [] : [{ point, conversation }];
    }),
  ];
}

async function removeHistories(ws: WorkspaceTx, gone: readonly StoredHistory[]): Promise<void> {
  if (gone.length === 0) return;
  const batch = unnest(keyColumn, gone);
  for (const table of ['history_marks', 'histories']) {
    await sql`delete from ${sql.table(table)} t using ${batch}
      where ${ws.of('t.workspace_id')} and ${matching(keyColumn)}`.execute(ws.tx);
  }
}

/** As the rest of its thread is tied, where there is one. */
async function addHistories(ws: WorkspaceTx, added: readonly History[]): Promise<void> {
  if (added.length === 0) return;
  await sql`insert into histories (workspace_id, ${namesOf(historyColumns)},
      point, parent, conversation, branch)
    select ${ws.workspaceId}::uuid, v.*, one.point, one.parent,
      coalesce(one.conversation, v.thread), one.branch
    from ${unnest(historyColumns, added)}
    left join lateral (
      select h.point, h.parent, h.conversation, h.branch from histories h
      where ${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = v.thread limit 1
    ) one on true`.execute(ws.tx);
}

async function addMarks(ws: WorkspaceTx, marks: readonly PlacedMark[]): Promise<void> {
  if (marks.length === 0) return;
  await sql`insert into history_marks (workspace_id, ${namesOf(markColumns)})
    select ${ws.workspaceId}::uuid, v.* from ${unnest(markColumns, marks)}
    on conflict do nothing`.execute(ws.tx);
}

const beganColumns: readonly Column<ThreadState>[] = [
  ...threadColumns,
  ['began', 'timestamptz', ({ began }) => time(began)],
];

/** What was there of threads that begin earlier or later now. */
async function moveBeginnings(
  ws: WorkspaceTx,
  before: ReadonlyMap<string, ThreadState>,
  after: ReadonlyMap<string, ThreadState>,
): Promise<void> {
  const moved = [...after.values()].filter((thread) => {
    const was = before.get(nameOf(thread));
    return was !== undefined && was.began !== thread.began;
  });
  if (moved.length === 0) return;
  await sql`update history_marks m set at = v.began
    from ${unnest(beganColumns, moved)}
    join histories h on ${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = v.thread
    where ${ws.of('m.workspace_id')} and m.key = h.key and m.side = 'b'`.execute(ws.tx);
}
