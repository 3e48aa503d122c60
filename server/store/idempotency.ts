import { sql } from 'kysely';
import type { Store } from './database/database.ts';

/** What makes a request the same one again. */
export interface IdempotencyKey {
  workspaceId: string;
  callerId: string;
  operation: string;
  key: string;
  bodyHash: string;
}

export type Claim =
  /** Nobody has asked this before: do it, then `complete` or `release`. */
  | { state: 'mine' }
  /** It has been done: this was the answer. */
  | { state: 'done'; answer: string }
  /** Somebody is at it. */
  | { state: 'busy' }
  /** The key was used for another body. */
  | { state: 'other' };

const HOUR_MS = 3_600_000;
/** How long an answer is kept. */
const KEPT_MS = 24 * HOUR_MS;
/** Whoever has been at it for so long has died over it. */
const ABANDONED_MS = 60_000;

const ago = (now: Date, ms: number) =>
  sql<Date>`${new Date(now.getTime() - ms).toISOString()}::timestamptz`;

/** Answers of writes, kept so that a repetition gets the same one. */
export class IdempotencyStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  claim(key: IdempotencyKey, now: Date): Promise<Claim> {
    return this.#store.inWorkspace(key.workspaceId, async (ws) => {
      const { tx } = ws;
      const mine = await tx
        .insertInto('idempotency_keys')
        .values({
          workspace_id: key.workspaceId,
          caller_id: key.callerId,
          operation: key.operation,
          key: key.key,
          body_hash: key.bodyHash,
          answer: null,
          created_at: now.toISOString(),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['workspace_id', 'caller_id', 'operation', 'key'])
            .doUpdateSet((row) => ({
              body_hash: row.ref('excluded.body_hash'),
              answer: null,
              created_at: row.ref('excluded.created_at'),
            }))
            .where((row) =>
              row.or([
                row('idempotency_keys.created_at', '<', ago(now, KEPT_MS)),
                row.and([
                  row('idempotency_keys.answer', 'is', null),
                  row('idempotency_keys.created_at', '<', ago(now, ABANDONED_MS)),
                ]),
              ]),
            ),
        )
        .returning('key')
        .executeTakeFirst();
      if (mine) return { state: 'mine' };
      const other = await tx
        .selectFrom('idempotency_keys')
        .select(['body_hash', 'answer'])
        .where(ws.of())
        .where(sameKey(key))
        .executeTakeFirst();
      // It was released between the two statements.
      if (!other) return { state: 'busy' };
      if (other.body_hash !== key.bodyHash) return { state: 'other' };
      return other.answer === null ? { state: 'busy' } : { state: 'done', answer: other.answer };
    });
  }

  /** Keeps the answer. */
  async complete(key: IdempotencyKey, answer: string): Promise<void> {
    await this.#store.inWorkspace(key.workspaceId, (ws) =>
      ws.tx
        .updateTable('idempotency_keys')
        .set({ answer })
        .where(ws.of())
        .where(sameKey(key))
        .execute(),
    );
  }

  /** Nothing has been done: the next to ask may try. */
  async release(key: IdempotencyKey): Promise<void> {
    await this.#store.inWorkspace(key.workspaceId, (ws) =>
      ws.tx
        .deleteFrom('idempotency_keys')
        .where(ws.of())
        .where(sameKey(key))
        .where('answer', 'is', null)
        .execute(),
    );
  }

  /** Removes the answers that are no longer kept, of all workspaces. */
  async prune(now: Date): Promise<void> {
    await this.#store.asSystem((tx) =>
      tx.deleteFrom('idempotency_keys').where('created_at', '<', ago(now, KEPT_MS)).execute(),
    );
  }
}

const sameKey = ({ callerId, operation, key }: IdempotencyKey) =>
  sql<boolean>`(caller_id, operation, key) = (${callerId}::uuid, ${operation}::text, ${key}::text)`;
