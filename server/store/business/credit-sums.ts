/** Keeps `credit_sums` current: what was used and sold, by customer. */
import type { WorkspaceTx } from '../database/database.ts';
import { fromPico, toPico, type Pico } from '../rollups/money.ts';
import type { Grain } from '../database/schema/rollups.ts';
import { addTo, slotKeys, type Rollup } from '../rollups/rollups.ts';
import { slotsOf } from '../time/segments.ts';
import type { Change } from './keep.ts';
import type { StoredCredit } from './kinds.ts';
import type { CreditRow } from './records.ts';

interface CreditSum {
  grain: Grain;
  slot: number;
  customerId: string;
  entries: number;
  used: Pico;
  salesUsd: Pico;
}

const creditSums: Rollup<CreditSum> = {
  table: 'credit_sums',
  keys: [...slotKeys, ['customer_id', 'text', ({ customerId }) => customerId]],
  sums: [
    ['entries', 'bigint', ({ entries }) => entries],
    ['used', 'numeric', ({ used }) => fromPico(used)],
    ['sales_usd', 'numeric', ({ salesUsd }) => fromPico(salesUsd)],
  ],
  counts: ['entries'],
};

/** What of an entry is summed. */
interface Counted extends Pick<
  CreditRow,
  'customerId' | 'kind' | 'credits' | 'amountUsd' | 'deleted'
> {
  /** Epoch ms. */
  at: number;
}

export async function updateCreditSums(
  ws: WorkspaceTx,
  changes: readonly Change<CreditRow, StoredCredit>[],
): Promise<void> {
  const sums = new Map<string, CreditSum>();
  for (const { before, after } of changes) {
    if (before) count(sums, countedOf(before), -1);
    count(sums, { ...after, at: Date.parse(after.at) }, 1);
  }
  await addTo(ws, creditSums, sums.values());
}

const countedOf = (row: StoredCredit): Counted => ({
  customerId: row.customer_id,
  kind: row.kind,
  credits: row.credits,
  amountUsd: row.amount_usd,
  at: row.at.getTime(),
  deleted: row.deleted,
});

function count(sums: Map<string, CreditSum>, entry: Counted, sign: 1 | -1): void {
  if (entry.deleted) return;
  const customerId = entry.customerId ?? '';
  for (const { grain, slot } of slotsOf(entry.at)) {
    const key = `${grain}\0${slot}\0${customerId}`;
    const nothing = { grain, slot, customerId, entries: 0, used: 0n, salesUsd: 0n };
    const sum = sums.get(key) ?? nothing;
    sums.set(key, sum);
    sum.entries += sign;
    if (entry.kind === 'usage') sum.used += BigInt(sign) * toPico(entry.credits);
    else sum.salesUsd += BigInt(sign) * toPico(entry.amountUsd ?? '0');
  }
}
