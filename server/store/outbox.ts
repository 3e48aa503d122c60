/** The outbox: what happened in a workspace, written in the transaction in which it happened. */
import { sql } from 'kysely';
import type { WorkspaceTx } from './database/database.ts';
import type { LiveEventTable } from './database/schema/telemetry.ts';
import { unnest } from './database/batch-columns.ts';
import { lockWorkspace } from './database/workspace-lock.ts';
import { cleanJson } from './database/clean.ts';

/** Hours for which an event is kept at least; what a reader missed for longer it fetches anew. */
export const OUTBOX_HOURS = 24;

export interface NewEvent {
  /** `null`: of the installation, not of a domain. */
  domain: string | null;
  topic: LiveEventTable['topic'];
  /** The `data` of the contract's event. */
  payload: unknown;
}

/**
 * The id that the next event of the workspace will have. Who tells it to nobody before adding one
 * in the same transaction has a number that grows with each commit.
 */
export async function nextEventId(ws: WorkspaceTx): Promise<number> {
  await lockWorkspace(ws);
  const { rows } = await sql<{ id: number }>`
    select coalesce(max(id), 0) + 1 as id from live_events where ${ws.of()}`.execute(ws.tx);
  return rows[0]?.id ?? 1;
}

/**
 * Adds events to the transaction's workspace, in their order. They are numbered by workspace, so
 * that no id tells what happens in others.
 * @returns the last id, to wake listeners with once the transaction has committed; `null` where
 *   there were none
 */
export async function appendEvents(
  ws: WorkspaceTx,
  events: readonly NewEvent[],
): Promise<number | null> {
  if (events.length === 0) return null;
  await lockWorkspace(ws);
  const batch = unnest<NewEvent & { place: number }>(
    [
      ['place', 'bigint', ({ place }) => place],
      ['domain', 'text', ({ domain }) => domain],
      ['topic', 'text', ({ topic }) => topic],
      ['payload', 'jsonb', ({ payload }) => cleanJson(payload)],
    ],
    events.map((event, index) => ({ ...event, place: index + 1 })),
  );
  // Whoever else adds some waits for the lock, and the newest is never removed.
  const { rows } = await sql<{ id: number }>`
    insert into live_events (workspace_id, id, domain, topic, payload)
    select ${ws.workspaceId}::uuid, last.id + v.place, v.domain, v.topic, v.payload
    from ${batch},
      (select coalesce(max(id), 0) as id from live_events where ${ws.of()}) last
    returning id`.execute(ws.tx);
  return rows.reduce((last, { id }) => Math.max(last, id), 0);
}
