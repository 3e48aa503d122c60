/** Where what is known begins: `all` reaches back to the first of it, changes and trends to each. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { slotOf } from '../../time/segments.ts';
import type { Domains } from '../../rollups/windows.ts';
import { dataBegin } from '../../rollups/query.ts';
import { ofCustomers } from './customers.ts';

/** @returns epoch ms; `null` where there is none */
type DataStart = (ws: WorkspaceTx, domains: Domains) => Promise<number | null>;

export const firstCustomerAt = first((ws, domains) => {
  const mine = ofCustomers(ws, domains, 't.id');
  return sql`select min(t.created_at) as begin from customers t
    where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
});

export const firstSubscriptionAt = first((ws, domains) => {
  const mine = ofCustomers(ws, domains, 't.customer_id');
  return sql`select min(t.changed_at) as begin from subscription_changes t
    where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
});

/** Spend is of the whole workspace. */
export const firstSpendAt = first((ws, domains) => {
  const mine = domains === null ? sql`true` : sql`false`;
  return sql`select min(t.since) as begin from acquisition_spend t
    where ${ws.of('t.workspace_id')} and not t.deleted and ${mine}`;
});

/** Of what sums tell: to the quarter of an hour. */
export const firstCreditAt = first((ws, domains) => {
  const mine = ofCustomers(ws, domains, 't.customer_id');
  return sql`select min(t.slot) as begin from credit_sums t
    where ${ws.of('t.workspace_id')} and t.grain = 15 and ${mine}`;
});

/** The UTC day of it. */
const dayOf =
  (start: DataStart): DataStart =>
  async (ws, domains) => {
    const at = await start(ws, domains);
    return at === null ? null : slotOf(at, 1440);
  };

/** One for each kind of data, so that each can be asked for by itself; UTC days. */
export const dataStarts: readonly DataStart[] = [
  dataBegin,
  dayOf(firstCustomerAt),
  dayOf(firstSubscriptionAt),
  dayOf(firstSpendAt),
  dayOf(firstCreditAt),
];

/** @param query one row with `begin`, a time or null */
function first(query: (ws: WorkspaceTx, domains: Domains) => RawBuilder<unknown>): DataStart {
  return async (ws, domains) => {
    const { rows } = await sql<{ begin: Date | null }>`${query(ws, domains)}`.execute(ws.tx);
    const begin = rows[0]?.begin;
    return begin ? begin.getTime() : null;
  };
}
