/** Adds to sums that are kept by slot, and removes those that have come to nothing. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Grain } from '../schema/telemetry.ts';
import { slotOf } from '../segments.ts';
import { matching, namesOf, unnest, type Column } from '../unnest.ts';

/** A table of sums: what names a row of it, what is added up, and which column counts. */
export interface SumTable<Row> {
  table: string;
  keys: readonly Column<Row>[];
  sums: readonly Column<Row>[];
  /** One of `sums`: a row in which it is 0 has nothing left. */
  counter: string;
}

const GRAINS: readonly Grain[] = [15, 60, 1440];

/** The slots of every grain that an instant lies in. */
export const slotsOf = (instant: number): { grain: Grain; slot: number }[] =>
  GRAINS.map((grain) => ({ grain, slot: slotOf(instant, grain) }));

/** @param rows one for each key; may be negative */
export async function addSums<Row>(
  ws: WorkspaceTx,
  { table, keys, sums, counter }: SumTable<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const additions = sums.map(
    ([name]) => sql`${sql.ref(name)} = t.${sql.ref(name)} + ${sql.ref(`excluded.${name}`)}`,
  );
  // In key order: whoever else upserts the same rows takes their locks in the same order.
  await sql`insert into ${sql.table(table)} as t (workspace_id, ${namesOf([...keys, ...sums])})
    select ${ws.workspaceId}::uuid, v.* from ${unnest([...keys, ...sums], rows)}
    order by ${namesOf(keys)}
    on conflict (workspace_id, ${namesOf(keys)}) do update set ${sql.join(additions)}`.execute(
    ws.tx,
  );
  const taken = rows.filter((row) =>
    sums.some(([name, , value]) => name === counter && Number(value(row)) < 0),
  );
  if (taken.length === 0) return;
  await sql`delete from ${sql.table(table)} t using ${unnest(keys, taken)}
    where ${ws.of('t.workspace_id')} and ${matching(keys)}
      and t.${sql.ref(counter)} = 0`.execute(ws.tx);
}
