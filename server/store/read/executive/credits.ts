/** Credits used and sold, from sums and, at the ragged edges, from entries. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import type { Span } from '../../time/period.ts';
import { changeBetween } from '../stats/change.ts';
import { acrossWindows, LEVELS, rollupWindows, type Domains } from '../../rollups/windows.ts';
import { ofCustomers } from './customers.ts';
import { firstCreditAt } from './data-start.ts';
import { lackBefore, Reasons, spansOf, type Part, type Question } from './part.ts';

interface CreditFigures {
  creditsUsed: number | null;
}

export interface CreditMetrics extends CreditFigures {
  change: Record<keyof CreditFigures, number | null>;
}

/** The part of `executionMetrics` that credits tell. */
export async function creditMetrics(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<CreditMetrics>> {
  const { domains } = question;
  const isTold = await creditsAreTold(ws, domains);
  const sums = await creditSums(ws, spansOf(question), domains);
  const figures = sums.map(({ used }): CreditFigures => ({
    creditsUsed: isTold ? Number(used) : null,
  }));
  const [current, previous = null] = figures as [CreditFigures, CreditFigures?];
  const reasons = new Reasons('executionMetrics');
  reasons.say('creditsUsed', !isTold, 'No credits have been reported.');
  const lack = lackBefore(question, await firstCreditAt(ws, domains));
  const { change, unavailable } = changeBetween(
    current,
    previous,
    lack,
    'executionMetrics.change',
    false,
  );
  return {
    value: { ...current, change },
    unavailable: [...reasons.told, ...unavailable],
  };
}

/** Whether credits of the question's customers have ever been told. */
export async function creditsAreTold(ws: WorkspaceTx, domains: Domains): Promise<boolean> {
  const { rows } = await sql<{ told: boolean }>`
    select exists (
      select from credit_sums t
      where ${ws.of('t.workspace_id')} and t.grain = 1440
        and ${ofCustomers(ws, domains, 't.customer_id')}
    ) as told`.execute(ws.tx);
  return rows[0]?.told ?? false;
}

/** Decimal strings. */
export interface CreditSums {
  used: string;
  salesUsd: string;
}

/** The sums of each span. */
export async function creditSums(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<CreditSums[]> {
  const sums = spans.map((): CreditSums => ({ used: '0', salesUsd: '0' }));
  const mine = sql`${ws.of('t.workspace_id')} and ${ofCustomers(ws, domains, 't.customer_id')}`;
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select sum(t.credits) filter (where t.kind = 'usage') as used,
            sum(t.amount_usd) filter (where t.kind = 'grant') as sales
          from credits t where ${mine} and t.at >= p.since and t.at < p.until and not t.deleted`
      : sql`select sum(t.used) as used, sum(t.sales_usd) as sales
          from credit_sums t
          where ${mine} and t.grain = ${sql.lit(grain)} and t.slot >= p.since and t.slot < p.until`,
  );
  if (!query) return sums;
  const { rows } = await sql<CreditSums & { index: number }>`
    select index, coalesce(sum(used), 0)::text as used, coalesce(sum(sales), 0)::text as "salesUsd"
    from (${query}) windows group by index`.execute(ws.tx);
  for (const { index, ...sum } of rows) sums[index] = sum;
  return sums;
}
