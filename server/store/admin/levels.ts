/** What the sums of the admin dashboard have in common. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { GrainLevel } from '../segments.ts';
import type { Domains } from '../stats/pieces.ts';

/** They are kept for good in every grain. */
export const LEVELS: readonly GrainLevel[] = [
  { grain: 1440, floor: -Infinity },
  { grain: 60, floor: -Infinity },
  { grain: 15, floor: -Infinity },
];

/** Milliseconds after its last event for which a session of a command line is active. */
export const ACTIVE_MS = 5 * 60_000;

/** A condition for the domains of a question; of no domain at all where the list is empty. */
export const isAmong = (domains: Domains, column = 'domain'): RawBuilder<boolean> =>
  domains === null
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(column)} = any(${domains}::text[])`;

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
