/** A workspace's keys, as its admins and the operator manage them. */
import { sql, type SqlBool } from 'kysely';
import type { Schemas } from '../../contract/index.ts';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import type { Role, TenancySchema } from '../database/schema/tenancy.ts';
import { time } from '../database/batch-columns.ts';
import { uuidv7 } from '../database/uuid.ts';
import { toKey, type KeyRow } from '../to-contract/key.ts';

/** The name of the key that this setting gives: at every start it holds, and no other of the name. */
export const SETTING_KEY = 'CLOUDBRAIN_INGEST_KEY';

/** What is kept of a secret. */
interface KeptSecret {
  hash: string;
  /** Of one that was generated. */
  lastFour?: string | undefined;
}

export type NewKey = KeptSecret & { name: string; expiresAt?: Date | null } & (
    | { kind: 'ingest'; domain: string | null; team?: string | null }
    | { kind: 'api'; role: Role; domains: readonly string[] | null }
  );

type Key = Schemas['Key'];

/** On whose behalf something is done, and when. */
export interface Doing {
  actor: AuditEntry['actor'];
  ip?: string | undefined;
  /** Epoch ms. */
  now: number;
}

export interface KeyListQuery {
  state?: Key['state'] | undefined;
  /** The id after which the page starts. */
  after?: string | undefined;
  limit: number;
  now: number;
}

/** Keys for their workspace's admins. */
export class KeyStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. `next` is the `after` of the page that follows, or `null`. */
  list(
    workspaceId: string,
    { state, after, limit, now }: KeyListQuery,
  ): Promise<{ keys: Key[]; next: string | null }> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      let query = ws.tx
        .selectFrom('api_keys')
        .selectAll()
        .where(ws.of())
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (state !== undefined) query = query.where(isIn(state, now));
      if (after !== undefined) query = query.where('id', '<', after);
      const rows = await query.execute();
      const keys = rows.slice(0, limit).map((row) => toKey(row, now));
      return { keys, next: rows.length > limit ? (keys.at(-1)?.id ?? null) : null };
    });
  }

  get(workspaceId: string, id: string, now: number): Promise<Key | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row = await ofId(ws, id).executeTakeFirst();
      return row ? toKey(row, now) : null;
    });
  }

  create(workspaceId: string, key: NewKey, doing: Doing): Promise<Key> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const row = await ws.tx
        .insertInto('api_keys')
        .values(rowOf(workspaceId, key, doing))
        .returningAll()
        .executeTakeFirstOrThrow();
      await auditCreation(ws, row, doing);
      return toKey(row, doing.now);
    });
  }

  /**
   * Gives a key another secret; the one before holds for a while, and the one before that ends.
   * @returns `null` where the key has ended or expired, or there is none
   */
  rotate(
    workspaceId: string,
    id: string,
    secret: KeptSecret,
    overlapMs: number,
    doing: Doing,
  ): Promise<Key | null> {
    const { now } = doing;
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const row = await ws.tx
        .updateTable('api_keys')
        .set(({ ref, eb }) => ({
          previous_hash: ref('hash'),
          previous_last_four: ref('last_four'),
          // It holds no longer than the key itself; `least` leaves nulls out.
          previous_until: sql<string>`least(${time(now + overlapMs)}::timestamptz, expires_at)`,
          hash: secret.hash,
          last_four: secret.lastFour ?? null,
          generation: eb('generation', '+', 1),
          rotated_at: new Date(now).toISOString(),
        }))
        .where(ws.of())
        .where('id', '=', id)
        .where(isIn('active', now))
        .returningAll()
        .executeTakeFirst();
      if (!row) return null;
      const key = toKey(row, now);
      const details = { id, previousEndsAt: row.previous_until?.toISOString() ?? null };
      await append(ws, doing, 'key.rotate', row.name, details);
      return key;
    });
  }

  /** Ends a key that has not ended. @returns whether there is one of this id */
  end(workspaceId: string, id: string, doing: Doing): Promise<boolean> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      if (await endKey(ws, id, doing)) return true;
      return (await ofId(ws, id).executeTakeFirst()) !== undefined;
    });
  }
}

const ofId = (ws: WorkspaceTx, id: string) =>
  ws.tx.selectFrom('api_keys').selectAll().where(ws.of()).where('id', '=', id);

/** Whether a row is of a key in this state. */
export function isIn(state: Key['state'], now: number) {
  const isExpired = sql`coalesce(expires_at <= ${time(now)}, false)`;
  return {
    ended: sql<SqlBool>`ended_at is not null`,
    expired: sql<SqlBool>`ended_at is null and ${isExpired}`,
    active: sql<SqlBool>`ended_at is null and not ${isExpired}`,
  }[state];
}

/** What a new key is stored as. */
export function rowOf(workspaceId: string, key: NewKey, { actor, now }: Doing) {
  const isApi = key.kind === 'api';
  return {
    workspace_id: workspaceId,
    id: uuidv7(now),
    kind: key.kind,
    name: key.name,
    role: isApi ? key.role : null,
    domains: isApi && key.domains ? [...key.domains] : null,
    domain: isApi ? null : key.domain,
    team: isApi ? null : (key.team ?? null),
    hash: key.hash,
    last_four: key.lastFour ?? null,
    rotated_at: null,
    previous_hash: null,
    previous_last_four: null,
    previous_until: null,
    created_at: new Date(now).toISOString(),
    creator_kind: actor.kind as TenancySchema['api_keys']['creator_kind'],
    creator_id: actor.id,
    creator_name: actor.name,
    last_used_at: null,
    last_network: null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    ended_at: null,
  };
}

/** Writes down who made a key. */
export function auditCreation(
  ws: WorkspaceTx,
  row: Pick<KeyRow, 'id' | 'kind' | 'name' | 'role' | 'domains' | 'domain' | 'team' | 'expires_at'>,
  doing: Doing,
): Promise<void> {
  const { id, kind, name, role, domains, domain, team, expires_at } = row;
  const rights = kind === 'api' ? { role, domains } : { role, domain, team };
  const details = { id, kind, ...rights, expiresAt: expires_at?.toISOString() ?? null };
  return append(ws, doing, 'key.create', name, details);
}

/** @returns whether there was one that had not ended */
export async function endKey(ws: WorkspaceTx, id: string, doing: Doing): Promise<boolean> {
  const ended = await ws.tx
    .updateTable('api_keys')
    .set({ ended_at: new Date(doing.now).toISOString() })
    .where(ws.of())
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  if (ended) await append(ws, doing, 'key.end', ended.name, { id });
  return ended !== undefined;
}

const append = (
  ws: WorkspaceTx,
  { actor, ip, now }: Doing,
  action: string,
  target: string,
  details: Record<string, unknown>,
): Promise<void> =>
  appendAudit(ws, { actor, action, target, details, ...(ip !== undefined && { ip }) }, now);
