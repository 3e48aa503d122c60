/** When the first telemetry ever of a scope came. */
import { sql } from 'kysely';
import { time } from '../database/batch-columns.ts';
import type { WorkspaceTx } from '../database/database.ts';
import { DAY, QUARTER } from '../time/zones.ts';
import { dataBegin } from './query.ts';
import { isAmong, type Domains } from './windows.ts';

/**
 * To the millisecond while its rows are kept, then to the quarter of an hour. Looks up the day, the
 * quarter and the row, each in a range of an index.
 * @returns epoch ms; `null` where there has been none
 */
export async function firstDataAt(ws: WorkspaceTx, domains: Domains): Promise<number | null> {
  const day = await dataBegin(ws, domains);
  if (day === null) return null;
  const mine = sql`${ws.of()} and ${isAmong(domains)}`;
  const ofDay = sql`${mine} and grain = 15
    and slot >= ${time(day)} and slot < ${time(day + DAY)}`;
  const slots = await sql<{ at: Date | null }>`
    select min(at) as at from (
      select min(slot) as at from model_sums where ${ofDay}
      union all select min(slot) from domain_sums where ${ofDay}
    ) firsts`.execute(ws.tx);
  const slot = slots.rows[0]?.at?.getTime() ?? day;
  const inSlot = (column: string) => sql`${mine}
    and ${sql.ref(column)} >= ${time(slot)} and ${sql.ref(column)} < ${time(slot + QUARTER)}`;
  const rows = await sql<{ at: Date | null }>`
    select min(at) as at from (
      select min(started_at) as at from requests where ${inSlot('started_at')}
      union all select min(started_at) from executions where ${inSlot('started_at')}
      union all select min(first_at) from conversations where ${inSlot('first_at')}
    ) firsts`.execute(ws.tx);
  return rows.rows[0]?.at?.getTime() ?? slot;
}
