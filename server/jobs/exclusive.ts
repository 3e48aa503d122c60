import { sql } from 'kysely';
import type { Store } from '../store/database/database.ts';

/**
 * Runs `work` if nobody else, in any replica, runs work of this name. A process that dies lets go
 * at once: PostgreSQL holds the lock for a connection, and an embedded database has one process.
 * @returns whether it ran
 */
export async function exclusively(
  store: Store,
  name: string,
  work: () => Promise<void>,
): Promise<boolean> {
  if (store.dialect === 'pglite') return inProcess(store, name, work);
  return store.db.connection().execute(async (connection) => {
    // A machine that vanishes would keep the lock until its connection is found dead.
    const { rows } = await sql<{ held: boolean }>`select
      set_config('tcp_keepalives_idle', '15', false),
      set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false),
      pg_try_advisory_lock(hashtextextended(${`cloudbrain.${name}`}, 0)) as held`.execute(
      connection,
    );
    if (!rows[0]?.held) return false;
    try {
      await work();
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${`cloudbrain.${name}`}, 0))`
        .execute(connection)
        // The connection is lost, and the lock with it.
        .catch(() => {});
    }
    return true;
  });
}

const held = new WeakMap<Store, Set<string>>();

async function inProcess(store: Store, name: string, work: () => Promise<void>): Promise<boolean> {
  const names = held.get(store) ?? new Set();
  held.set(store, names);
  if (names.has(name)) return false;
  names.add(name);
  try {
    await work();
    return true;
  } finally {
    names.delete(name);
  }
}
