/** Where what is known begins: `all` reaches back to the first of it. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { slotOf } from '../../time/segments.ts';
import type { Domains } from '../../rollups/windows.ts';
import { dataBegin } from '../../rollups/query.ts';
import { ofCustomers } from './customers.ts';

/** @returns the UTC day of the first as epoch ms; `null` where there is none */
type DataStart = (ws: WorkspaceTx, domains: Domains) => Promise<number | null>;

/** One for each kind of data, so that each can be asked for by itself. */
export const dataStarts: readonly DataStart[] = [
  dataBegin,
  first((ws, domains) => {
    const mine = ofCustomers(ws, domains, 't.id');
    return sql`select min(t.created_at) as begin from customers t
      where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
  }),
  first((ws, domains) => {
    const mine = ofCustomers(ws, domains, 't.customer_id');
    return sql`select min(t.changed_at) as begin from subscription_changes t
      where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
  }),
  // Spend is of the whole workspace.
  first((ws, domains) => {
    const mine = domains === null ? sql`true` : sql`false`;
    return sql`select min(t.since) as begin from acquisition_spend t
      where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
  }),
  first((ws, domains) => {
    const mine = ofCustomers(ws, domains, 't.customer_id');
    return sql`select min(t.slot) as begin from credit_sums t
      where ${ws.of('t.workspace_id')} and t.grain = 1440 and ${mine}`;
  }),
];

/** @param query one row with `begin`, a time or null */
function first(query: (ws: WorkspaceTx, domains: Domains) => RawBuilder<unknown>): DataStart {
  return async (ws, domains) => {
    const { rows } = await sql<{ begin: Date | null }>`${query(ws, domains)}`.execute(ws.tx);
    const begin = rows[0]?.begin;
    return begin ? slotOf(begin.getTime(), 1440) : null;
  };
}
