/** Users that are erased: at once from every answer, within minutes from every table. */
import { sql, type Selectable } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/audit.ts';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import type { ErasureSchema } from '../../database/schema/erasure.ts';
import { uuidv7 } from '../../database/uuid.ts';
import { lockWorkspace } from '../../database/workspace-lock.ts';
import { ERASED } from '../../../model/erased.ts';
import { time } from '../../database/batch-columns.ts';
import { cleanName } from '../../database/clean.ts';
import { tryEach } from '../try-each.ts';
import { isNamed } from './names.ts';
import { HIDDEN_AFTER, runChunk, STEPS } from './steps.ts';
import { hashOf } from './tombstones.ts';

/** The contract's `UserErasure`. */
export interface UserErasure {
  id: string;
  state: 'running' | 'completed';
  requestedAt: string;
  endedAt: string | null;
  /** Conversations that were deleted, and requests that are the erased user's now. */
  conversations: number;
  requests: number;
  steps: { done: number; total: number };
}

type Row = Selectable<ErasureSchema['user_erasures']>;

export interface ErasuresOptions {
  store: Store;
  /** Called when something new is in a workspace's outbox, up to this id. */
  notify: (workspaceId: string, lastEventId: number) => void;
  /** How long `erase` works at most, in milliseconds: a request doesn't wait for longer. */
  workMs?: number;
}

/** With the longest statement it is still within the time that a request has. */
const WORK_MS = 10_000;

export class Erasures {
  readonly #store: Store;
  readonly #notify: ErasuresOptions['notify'];
  readonly #workMs: number;

  constructor({ store, notify, workMs = WORK_MS }: ErasuresOptions) {
    this.#store = store;
    this.#notify = notify;
    this.#workMs = workMs;
  }

  /**
   * Starts to erase a user, and hides all of it. Again it goes on; one that is over is done again
   * where something names the user, and changes nothing otherwise.
   * @param signal ends the wait, as the time does; `continueAll` does the rest then
   * @returns `null` where no such user is known
   */
  async erase(
    workspaceId: string,
    given: string,
    entry: Omit<AuditEntry, 'action'>,
    { now, signal }: { now: number; signal?: AbortSignal },
  ): Promise<UserErasure | null> {
    const user = cleanName(given);
    const end = performance.now() + this.#workMs;
    const isWaiting = () => !signal?.aborted && performance.now() < end;
    const id = await this.#store.inWorkspace(workspaceId, (ws) => start(ws, user, entry, now));
    if (id === null) return null;
    while (isWaiting() && (await this.#advance(workspaceId, id, HIDDEN_AFTER, now)));
    return this.find(workspaceId, id);
  }

  find(workspaceId: string, id: string): Promise<UserErasure | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row = await load(ws, id);
      return row ? erasureOf(row) : null;
    });
  }

  /**
   * Does what is left of all erasures of all workspaces.
   * @returns how many were running
   * @throws AggregateError where some have failed, once the others are done
   */
  async continueAll(now: number, signal?: AbortSignal): Promise<number> {
    const { rows } = await this.#store.asSystem((tx) =>
      sql<{ workspace_id: string; id: string }>`select workspace_id, id from user_erasures
        where ended_at is null order by id`.execute(tx),
    );
    await tryEach(
      rows,
      ({ id }) => `The erasure ${id}`,
      async ({ workspace_id: workspaceId, id }) => {
        while (!signal?.aborted && (await this.#advance(workspaceId, id, Infinity, now)));
      },
    );
    return rows.length;
  }

  /** One chunk in one transaction. @returns whether there may be more to do before step `end` */
  async #advance(workspaceId: string, id: string, end: number, now: number): Promise<boolean> {
    const { lastEventId, isMore } = await this.#store.inWorkspace(workspaceId, async (ws) => {
      await lockWorkspace(ws);
      const row = await load(ws, id);
      if (row?.user_id == null || row.step >= end) return { lastEventId: null, isMore: false };
      const chunk = await runChunk(ws, row.step, row.user_id, row.position, now);
      const next = chunk.next === null ? row.step + 1 : row.step;
      const isLast = next >= STEPS.length;
      // What was written between two steps may have brought the name back to where it was removed.
      const isOver = isLast && !(await isNamed(ws, row.user_id));
      const step = isLast && !isOver ? 0 : next;
      await sql`update user_erasures set step = ${step}, position = ${chunk.next ?? ''},
          conversations = conversations + ${chunk.conversations ?? 0},
          requests = requests + ${chunk.requests ?? 0},
          user_id = case when ${isOver} then null else user_id end,
          ended_at = ${isOver ? time(now) : null}
        where ${ws.of()} and id = ${id}`.execute(ws.tx);
      return { lastEventId: chunk.lastEventId, isMore: step < Math.min(end, STEPS.length) };
    });
    if (lastEventId !== null) this.#notify(workspaceId, lastEventId);
    return isMore;
  }
}

/** @returns the erasure's id; `null` where there is no such user */
async function start(
  ws: WorkspaceTx,
  user: string,
  entry: Omit<AuditEntry, 'action'>,
  now: number,
): Promise<string | null> {
  // The erased user is nobody.
  if (user === ERASED) return null;
  await lockWorkspace(ws);
  const hash = await hashOf(ws, user);
  const known = await sql<{ id: string; is_over: boolean }>`
    select id, ended_at is not null as is_over from user_erasures
    where ${ws.of()} and user_hash = ${hash}`.execute(ws.tx);
  const [before] = known.rows;
  if (before && !before.is_over) return before.id;
  if (!(await isNamed(ws, user))) return before?.id ?? null;
  const id = before?.id ?? uuidv7(now);
  await sql`insert into user_erasures (workspace_id, id, user_hash, user_id, requested_at)
    values (${ws.workspaceId}, ${id}, ${hash}, ${user}, ${time(now)})
    on conflict (workspace_id, id) do update
    set user_id = excluded.user_id, step = 0, position = '', ended_at = null`.execute(ws.tx);
  await appendAudit(ws, { ...entry, action: 'user.erase', target: id }, now);
  return id;
}

async function load(ws: WorkspaceTx, id: string): Promise<Row | undefined> {
  return ws.tx
    .selectFrom('user_erasures')
    .selectAll()
    .where(ws.of())
    .where('id', '=', id)
    .executeTakeFirst();
}

const erasureOf = (row: Row): UserErasure => ({
  id: row.id,
  state: row.ended_at === null ? 'running' : 'completed',
  requestedAt: row.requested_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  conversations: row.conversations,
  requests: row.requests,
  // One that is over may have had fewer steps than there are now.
  steps: { done: row.ended_at === null ? row.step : STEPS.length, total: STEPS.length },
});
