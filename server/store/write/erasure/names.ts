/** Where a user is named in a column of its own. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';

export const NAMING: readonly string[] = [
  'users',
  'conversations',
  'requests',
  'executions',
  'errors',
  'cli_sessions',
  'user_sets',
  'histories',
  'history_marks',
];

export async function isNamed(ws: WorkspaceTx, user: string): Promise<boolean> {
  for (const table of NAMING) {
    const { rows } = await sql`select from ${sql.table(table)}
      where ${ws.of()} and user_id = ${user} limit 1`.execute(ws.tx);
    if (rows.length > 0) return true;
  }
  return false;
}
