/** What the questions of the admin dashboard have in common. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';

/** Milliseconds after its last event for which a session of a command line is active. */
export const ACTIVE_MS = 5 * 60_000;

/** The UTC day of the first row of some sums, as epoch ms; `null` where there are none. */
export async function firstDay(
  ws: WorkspaceTx,
  table: 'session_sums' | 'error_group_sums',
  domains: Domains,
): Promise<number | null> {
  const { rows } = await sql<{ slot: Date | null }>`
    select min(slot) as slot from ${sql.table(table)}
    where ${ws.of()} and grain = 1440 and ${isAmong(domains)}`.execute(ws.tx);
  return rows[0]?.slot?.getTime() ?? null;
}
