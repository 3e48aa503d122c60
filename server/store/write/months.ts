/** The months of `requests`: each is a table of its own, so that it can be dropped as a whole. */
import { sql } from 'kysely';
import type { Store } from '../database/database.ts';

/** Some rows belong to months that have no table yet: make them, and run the transaction again. */
export class MissingMonths extends Error {
  readonly months: readonly string[];
  constructor(months: readonly string[]) {
    super(`No partition for ${months.join(', ')}`);
    this.name = 'MissingMonths';
    this.months = months;
  }
}

/** `2026-11`, in UTC. */
export const monthOf = (instant: number): string => new Date(instant).toISOString().slice(0, 7);

const partitionOf = (month: string): string => `requests_${month.replace('-', '_')}`;

/** The months that are known to have a table. */
export class Months {
  readonly #store: Store;
  readonly #known = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws MissingMonths where one of the rows would have no place */
  check(rows: readonly { startedAt: number }[]): void {
    const missing = new Set<string>();
    for (const { startedAt } of rows) {
      const month = monthOf(startedAt);
      if (!this.#known.has(month)) missing.add(month);
    }
    if (missing.size > 0) throw new MissingMonths([...missing]);
  }

  /** Makes the tables that are not there yet. Not to be called inside a transaction. */
  async ensure(wanted: Iterable<string>): Promise<void> {
    const months = [...wanted].filter((month) => !this.#known.has(month));
    if (months.length === 0) return;
    await this.#store.asSystem(async (tx) => {
      // Two processes that make one table at once would see each other's half of it.
      await sql`select pg_advisory_xact_lock(hashtext('cloudbrain.months'))`.execute(tx);
      for (const month of months) {
        const [year = 0, number = 0] = month.split('-').map(Number);
        const from = new Date(Date.UTC(year, number - 1, 1)).toISOString();
        const to = new Date(Date.UTC(year, number, 1)).toISOString();
        await sql`create table if not exists ${sql.table(partitionOf(month))}
          partition of requests for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(tx);
      }
    });
    for (const month of months) this.#known.add(month);
  }

  /** A month may have been dropped by another process. */
  forget(): void {
    this.#known.clear();
  }
}

/** The months that have ended before a time (epoch ms) and have a table, as `2026-11`. */
export async function monthsBefore(store: Store, before: number): Promise<string[]> {
  const first = partitionOf(monthOf(before));
  const { rows } = await store.asSystem((tx) =>
    sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'requests'::regclass and c.relname < ${first}
      order by c.relname`.execute(tx),
  );
  return rows.map(({ name }) => name.slice(-7).replace('_', '-'));
}

/** Drops months with all requests in them. */
export async function dropMonths(store: Store, months: readonly string[]): Promise<void> {
  await store.asSystem(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('cloudbrain.months'))`.execute(tx);
    for (const month of months) {
      await sql`drop table if exists ${sql.table(partitionOf(month))}`.execute(tx);
    }
  });
}
