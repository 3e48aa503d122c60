/** What it took to win customers, as far as spend has been told. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Span } from '../period.ts';
import type { Domains } from '../stats/pieces.ts';
import { time } from '../unnest.ts';
import { ofCustomers } from './customers.ts';

export interface Acquisition {
  /** USD, the part of each spend that lies in the span; `null` where none was told for any of it. */
  spend: number | null;
  /** Customers who paid for the first time in the parts of the span that spend was told for. */
  won: number;
}

/**
 * Spend is even over its time, so that a part of a month has a part of the month's spend; where
 * none was told for a part of the span, the customers who came in it don't count either.
 */
export async function acquisitionOf(
  ws: WorkspaceTx,
  { from, to }: Span,
  domains: Domains,
): Promise<Acquisition> {
  const [since, until] = [sql`${time(from)}::timestamptz`, sql`${time(to)}::timestamptz`];
  const seconds = (begin: unknown, end: unknown) => sql`extract(epoch from ${end} - ${begin})`;
  const { rows } = await sql<{ spend: number | null; won: number }>`
    with spent as (
      select tstzrange(t.since, t.until) as during,
        t.amount_usd * ${seconds(
          sql`greatest(t.since, ${since})`,
          sql`least(t.until, ${until})`,
        )} / ${seconds(sql`t.since`, sql`t.until`)} as usd
      from acquisition_spend t
      where ${ws.of('t.workspace_id')} and not t.deleted
        and t.since < ${until} and t.until > ${since}
    ), told as (
      select range_agg(during) as during, sum(usd)::float8 as usd from spent
    )
    select told.usd as spend, (
      select count(*) from (
        select min(t.changed_at) as first_paid from subscription_changes t
        where ${ws.of('t.workspace_id')} and not t.deleted
          and t.status = 'active' and t.annual_usd > 0
          and (t.until is null or t.until > t.changed_at)
          and ${ofCustomers(ws, domains, 't.customer_id')}
        group by t.customer_id
      ) customers
      where first_paid >= ${since} and first_paid < ${until} and told.during @> first_paid
    ) as won
    from told`.execute(ws.tx);
  return rows[0] ?? { spend: null, won: 0 };
}
