/**
 * Which users were erased. Only a keyed hash of each name is kept; the key is random, one for a
 * workspace, in the database: it has to outlive every change of the service's secret, or names
 * would come back.
 */
import { sql } from 'kysely';
import { ERASED } from '../../../model/erased.ts';
import { newKey, userHash } from '../../../model/user-hash.ts';
import type { WorkspaceTx } from '../../database/database.ts';

export class Tombstones {
  readonly #ws: WorkspaceTx;
  /** `null`: no user of the workspace was ever erased. */
  readonly #key: string | null;
  readonly #known = new Map<string, boolean>([[ERASED, true]]);

  private constructor(ws: WorkspaceTx, key: string | null) {
    this.#ws = ws;
    this.#key = key;
  }

  static async load(ws: WorkspaceTx): Promise<Tombstones> {
    return new Tombstones(ws, await readKey(ws));
  }

  /** Looks users up, so that `has` knows them. */
  async look(users: Iterable<string | null>): Promise<void> {
    if (this.#key === null) return;
    const byHash = new Map<string, string>();
    for (const user of users) {
      if (user === null || this.#known.has(user)) continue;
      this.#known.set(user, false);
      byHash.set(userHash(this.#key, user), user);
    }
    if (byHash.size === 0) return;
    const { rows } = await sql<{ user_hash: string }>`select user_hash from user_erasures
      where ${this.#ws.of()} and user_hash = any(${[...byHash.keys()]}::text[])`.execute(
      this.#ws.tx,
    );
    for (const { user_hash: hash } of rows) this.#known.set(byHash.get(hash) ?? ERASED, true);
  }

  /** Whether a user that was looked up is erased. */
  has(user: string | null): boolean {
    return user !== null && this.#known.get(user) === true;
  }
}

async function readKey(ws: WorkspaceTx): Promise<string | null> {
  const row = await ws.tx
    .selectFrom('erasure_keys')
    .select('key')
    .where(ws.of())
    .executeTakeFirst();
  return row?.key ?? null;
}

/** The hash of a user's name, by which the audit log and the list of erasures know it. */
export async function hashOf(ws: WorkspaceTx, user: string): Promise<string> {
  const known = await readKey(ws);
  if (known !== null) return userHash(known, user);
  await ws.tx
    .insertInto('erasure_keys')
    .values({ workspace_id: ws.workspaceId, key: newKey() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return userHash((await readKey(ws)) ?? '', user);
}
