/** From where on a workspace still has what retention removes. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { slotOf } from './segments.ts';
import { time } from '../database/batch-columns.ts';
import { DAY } from './zones.ts';

/**
 * Epoch ms. What a commit adds to sums, or takes back from them, below a floor is not kept, so that
 * both agree.
 */
export interface RetentionFloors {
  /** Sketches of the 15-minute grain, and hourly ones of single models and agents. */
  fine: number;
  /** Of the hour grain: sketches of all models and agents, sums by user, agent, team and link. */
  hour: number;
  /** Single requests and executions. */
  rows: number;
}

/** How long the finer grains are kept: hourly figures of a week, daily ones of a quarter year. */
const FINE_DAYS = 10;
const HOUR_DAYS = 100;

/** Where the floors are for a workspace that begins now, and where retention may move them. */
export function floorsAt(now: number): Pick<RetentionFloors, 'fine' | 'hour'> {
  return {
    fine: slotOf(now - FINE_DAYS * DAY, 1440),
    hour: slotOf(now - HOUR_DAYS * DAY, 1440),
  };
}

/** The workspace's floors; its first commit sets them, from then on retention alone moves them. */
export async function settleFloors(ws: WorkspaceTx, now: number): Promise<RetentionFloors> {
  const known = await readFloors(ws);
  if (known) return known;
  const floors = { ...floorsAt(now), rows: -Infinity };
  await sql`insert into floors (workspace_id, fine, hour)
    values (${ws.workspaceId}, ${time(floors.fine)}, ${time(floors.hour)})`.execute(ws.tx);
  return floors;
}

/** `null` where nothing was ever written. */
export async function readFloors(ws: WorkspaceTx): Promise<RetentionFloors | null> {
  const { rows } = await sql<{ fine: Date; hour: Date; rows: Date | null }>`
    select fine, hour, rows from floors where ${ws.of()}`.execute(ws.tx);
  const [row] = rows;
  if (!row) return null;
  const { fine, hour } = row;
  return { fine: fine.getTime(), hour: hour.getTime(), rows: row.rows?.getTime() ?? -Infinity };
}
