/** What follows a thread that belongs to another conversation now. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { RequestTable } from '../database/schema/telemetry.ts';
import { unnest, type Column } from '../database/batch-columns.ts';
import type { Place } from './conversation-rows.ts';
import type { MovedThread } from './links.ts';
import { fromRow, storedColumns, type RequestChanges, type StoredRequest } from './requests.ts';
import { threadOf } from './threads.ts';

const columns: readonly Column<MovedThread>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['thread', 'text', ({ thread }) => thread],
  ['was', 'text', ({ from }) => from],
  ['conversation', 'text', ({ to }) => to.conversation],
];

/**
 * The moved threads' stored requests.
 * @param handled those that are compared anyway
 */
export async function movedRequests(
  ws: WorkspaceTx,
  threads: readonly MovedThread[],
  handled: readonly { key: string }[],
): Promise<RequestChanges['moved']> {
  if (threads.length === 0) return [];
  const byThread = new Map(threads.map((moved) => [`${moved.domain}\0${moved.thread}`, moved]));
  const { rows } = await sql<Selectable<RequestTable>>`
    select trace_id, ${storedColumns} from requests
    where ${ws.of()} and link <> 'client'
      and (conversation, domain) in (select v.was, v.domain from ${unnest(columns, threads)})`.execute(
    ws.tx,
  );
  const skipped = new Set(handled.map(({ key }) => key));
  return rows.flatMap((row) => {
    const moved = byThread.get(`${row.domain}\0${threadOf(row.trace_id, row.key)}`);
    if (!moved || skipped.has(row.key)) return [];
    const before: StoredRequest = fromRow(row);
    return [{ before, after: { ...before, ...moved.to } }];
  });
}

/** Runs, and errors, of the moved threads. */
export async function moveExecutions(
  ws: WorkspaceTx,
  threads: readonly MovedThread[],
): Promise<void> {
  const moved = threads.filter(({ from, to }) => from !== to.conversation);
  if (moved.length === 0) return;
  for (const table of ['executions', 'errors']) {
    await sql`update ${sql.table(table)} t set conversation = v.conversation
      from ${unnest(columns, moved)}
      where ${ws.of('t.workspace_id')} and t.conversation = v.was and t.domain = v.domain
        and 'trace:' || t.trace_id = v.thread`.execute(ws.tx);
  }
}

/** Tags and favourites of a conversation that is now a part of another one. */
export async function moveAnnotations(
  ws: WorkspaceTx,
  threads: readonly MovedThread[],
  gone: readonly Place[],
): Promise<void> {
  const isGone = new Set(gone.map(({ domain, key }) => `${domain}\0${key}`));
  const merged = threads.filter(({ domain, from }) => isGone.has(`${domain}\0${from}`));
  if (merged.length === 0) return;
  const batch = unnest(columns, merged);
  const mine = sql`${ws.of('t.workspace_id')} and t.domain = v.domain and t.conversation = v.was`;
  await sql`insert into conversation_tags
    select t.workspace_id, t.domain, v.conversation, t.tag, t.set_at
    from ${batch} join conversation_tags t on ${mine} on conflict do nothing`.execute(ws.tx);
  await sql`insert into conversation_favorites
    select t.workspace_id, t.account_id, t.domain, v.conversation, t.set_at
    from ${batch} join conversation_favorites t on ${mine} on conflict do nothing`.execute(ws.tx);
  for (const table of ['conversation_tags', 'conversation_favorites']) {
    await sql`delete from ${sql.table(table)} t using ${batch} where ${mine}`.execute(ws.tx);
  }
}
