import { sql } from 'kysely';
import type { Store } from '../../server/store/database/database.ts';

/** All that is stored, as text by table: what is kept as bytes is read as text too. */
export async function everything(store: Store): Promise<Map<string, string>> {
  const { rows } = await store.query(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_toast'`,
  );
  const found = new Map<string, string>();
  for (const { name } of rows) {
    const table = String(name);
    const { rows: all } = await store.asSystem((tx) =>
      sql<{ row: string }>`select t::text as row from ${sql.raw(table)} t`.execute(tx),
    );
    const bytesOf = (row: string): string[] =>
      [...row.matchAll(/\\x([\da-f]+)/g)].map(([, hex = '']) =>
        Buffer.from(hex, 'hex').toString('latin1'),
      );
    found.set(table, all.flatMap(({ row }) => [row, ...bytesOf(row)]).join('\n'));
  }
  return found;
}
