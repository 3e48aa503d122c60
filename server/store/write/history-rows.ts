/** What requests may go on from, and lead to, as rows: what they are tied by (see links.ts). */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import { matching, namesOf, time, unnest, type Column } from '../unnest.ts';
import { marksOf, type Mark } from './history.ts';
import { digestOf } from './requests.ts';

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

export interface Thread {
  domain: string;
  thread: string;
}

/** The thread of a request: its trace, else itself. */
export const threadOf = (traceId: string | null, key: string): string =>
  traceId === null ? `request:${key}` : `trace:${traceId}`;

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

const markColumns: readonly Column<Mark & { key: string }>[] = [
  ...keyColumn,
  ['hash', 'text', ({ hash }) => hash],
  ['side', 'text', ({ side }) => side],
  ['depth', 'smallint', ({ depth }) => depth],
];

/** @returns the threads that may be tied otherwise now */
export async function replaceHistories(
  ws: WorkspaceTx,
  gone: readonly StoredHistory[],
  added: readonly History[],
): Promise<Thread[]> {
  const concerned: Thread[] = [...gone, ...added];
  if (gone.length > 0) {
    concerned.push(...(await threadsTouchedBy(ws, await marksIn(ws, gone))));
    const batch = unnest(keyColumn, gone);
    for (const table of ['history_marks', 'histories']) {
      await sql`delete from ${sql.table(table)} t using ${batch}
        where ${ws.of('t.workspace_id')} and ${matching(keyColumn)}`.execute(ws.tx);
    }
  }
  if (added.length > 0) {
    const marks = added.flatMap(({ key, marks: own }) => own.map((mark) => ({ ...mark, key })));
    await sql`insert into history_marks (workspace_id, ${namesOf(markColumns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(markColumns, marks)}
      on conflict do nothing`.execute(ws.tx);
    // As the rest of its thread is tied, where there is one.
    await sql`insert into histories (workspace_id, ${namesOf(historyColumns)},
        point, parent, conversation, branch)
      select ${ws.workspaceId}::uuid, v.*, one.point, one.parent,
        coalesce(one.conversation, v.thread), one.branch
      from ${unnest(historyColumns, added)}
      left join lateral (
        select h.point, h.parent, h.conversation, h.branch from histories h
        where ${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = v.thread limit 1
      ) one on true`.execute(ws.tx);
    concerned.push(...(await threadsTouchedBy(ws, marks)));
  }
  return concerned;
}

async function marksIn(ws: WorkspaceTx, histories: readonly { key: string }[]): Promise<Mark[]> {
  const keys = histories.map(({ key }) => key);
  const { rows } = await sql<Mark>`select hash, side, depth from history_marks
    where ${ws.of()} and key = any(${keys}::text[])`.execute(ws.tx);
  return rows;
}

/** Those that may go on from these points, and those that went on from one before them. */
async function threadsTouchedBy(ws: WorkspaceTx, marks: readonly Mark[]): Promise<Thread[]> {
  const hashes = (side: Mark['side']): string[] => [
    ...new Set(marks.flatMap((mark) => (mark.side === side ? [mark.hash] : []))),
  ];
  const { rows } = await sql<Thread>`
    select h.domain, h.thread from history_marks m
      join histories h on ${ws.of('h.workspace_id')} and h.key = m.key
      where ${ws.of('m.workspace_id')} and m.side = 'b' and m.hash = any(${hashes('p')}::text[])
    union
    select h.domain, h.thread from histories h
      where ${ws.of('h.workspace_id')} and h.point = any(${hashes('b')}::text[])`.execute(ws.tx);
  return rows;
}

export const threadColumns: readonly Column<Thread>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['thread', 'text', ({ thread }) => thread],
];
