import { sql } from 'kysely';
import type { Store } from '../../server/store/database/database.ts';

/** Names of the database's tables with a row that has the word anywhere. */
export function tablesWith(store: Store, word: string): Promise<string[]> {
  return store.asSystem(async (tx) => {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(tx);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql`select from ${sql.table(name)} t
        where t::text ilike ${`%${word}%`} limit 1`.execute(tx);
      if (rows.length > 0) found.push(name);
    }
    return found;
  });
}
