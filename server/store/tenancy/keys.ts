/** A workspace's keys, as its admins and the operator manage them. */
import { sql } from 'kysely';
import type { Schemas } from '../../contract/index.ts';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import type { Role, TenancySchema } from '../database/schema/tenancy.ts';
import { time } from '../database/batch-columns.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../database/pages.ts';
import { uuidv7 } from '../database/uuid.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { isIn, toKey, type KeyRow } from '../to-contract/key.ts';

/** The setting of an ingest key, and that key's name: each start ends other keys of this name. */
export const SETTING_KEY = 'CLOUDBRAIN_INGEST_KEY';

/** Valid keys that admins of a workspace may have at a time. */
export const MAX_KEYS = 1_000;

/** What is stored of a secret. */
interface KeptSecret {
  hash: string;
  /** Of a generated secret only. */
  lastFour?: string | undefined;
}

export type NewKey = KeptSecret & { name: string; expiresAt?: Date | null } & (
    | { kind: 'ingest'; domain: string | null; team?: string | null }
    | { kind: 'api'; role: Role; domains: readonly string[] | null }
  );

type Key = Schemas['Key'];

/** Who changes a key, from where and when. */
export interface Doing {
  actor: AuditEntry['actor'];
  ip?: string | undefined;
  /** Epoch ms. */
  now: number;
}

const NEWEST_FIRST: readonly SortKey[] = [{ value: sql`id`, type: 'uuid', order: 'desc' }];

/** Keys for their workspace's admins. */
export class KeyStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Keys, the newest first.
   * @param now epoch ms
   */
  list(
    workspaceId: string,
    state: Key['state'] | undefined,
    page: PageQuery,
    now: number,
  ): Promise<Page<Key>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { isBeyond, inOrder } = seek(NEWEST_FIRST, page.from);
      const all = ws.tx.selectFrom('api_keys').selectAll().where(ws.of()).where(isBeyond);
      const rows = await (state === undefined ? all : all.where(isIn(state, now)))
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`)
        .execute();
      const keys = rows.map((row) => toKey(row, now));
      return pageOf(keys, page, ({ id }) => [id]);
    });
  }

  get(workspaceId: string, id: string, now: number): Promise<Key | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row = await ofId(ws, id).executeTakeFirst();
      return row ? toKey(row, now) : null;
    });
  }

  /** @returns `null` where the workspace has as many valid keys as it may have */
  create(workspaceId: string, key: NewKey, doing: Doing): Promise<Key | null> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      // Two at once would both find room for one more.
      await lockWorkspace(ws);
      const { valid } = await ws.tx
        .selectFrom('api_keys')
        .select(({ fn }) => fn.countAll<string>().as('valid'))
        .where(ws.of())
        .where(isIn('active', doing.now))
        .executeTakeFirstOrThrow();
      if (Number(valid) >= MAX_KEYS) return null;
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
   * Replaces the secret of a key. The previous one stays valid for the overlap; an older one ends.
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
          // It isn't valid for longer than the key itself; `least` ignores nulls.
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

/** Adds the creation of a key to the audit log. */
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
