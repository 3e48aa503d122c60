/** Threads: requests that have one conversation, for they are of one trace, or one that stands alone. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { unnest, type Column } from '../database/batch-columns.ts';

export interface Thread {
  domain: string;
  thread: string;
}

/** The thread of a request: its trace, else itself. */
export const threadOf = (traceId: string | null, key: string): string =>
  traceId === null ? `request:${key}` : `trace:${traceId}`;

/** How a thread is tied. */
export interface ThreadState extends Thread {
  /** Epoch ms: when its first request began. */
  began: number;
  /** Where it goes on from, and from which request; `null`: nowhere. */
  point: string | null;
  parent: string | null;
  conversation: string;
  branch: string | null;
}

export const threadColumns: readonly Column<Thread>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['thread', 'text', ({ thread }) => thread],
];

export const nameOf = ({ domain, thread }: Thread): string => JSON.stringify([domain, thread]);

export function uniqueThreads(threads: readonly Thread[]): Thread[] {
  const byName = new Map(
    threads.map(({ domain, thread }) => [nameOf({ domain, thread }), { domain, thread }]),
  );
  return [...byName.values()];
}

/** Those of which something is known, by their names. */
export async function loadThreads(
  ws: WorkspaceTx,
  threads: readonly Thread[],
): Promise<Map<string, ThreadState>> {
  if (threads.length === 0) return new Map();
  const { rows } = await sql<Omit<ThreadState, 'began'> & { started_at: Date }>`
    select v.domain, v.thread, one.*
    from ${unnest(threadColumns, uniqueThreads(threads))}
    cross join lateral (
      select h.started_at, h.point, h.parent, h.conversation, h.branch from histories h
      where ${ws.of('h.workspace_id')} and h.domain = v.domain and h.thread = v.thread
      order by h.started_at, h.key limit 1
    ) one`.execute(ws.tx);
  return new Map(
    rows.map(({ started_at: at, ...state }) => [nameOf(state), { ...state, began: at.getTime() }]),
  );
}
