/** Who has become a customer, and what it took to win them, as far as spend has been told. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { toPico, type Pico } from '../../rollups/money.ts';
import type { Span } from '../../time/period.ts';
import type { Domains } from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { ofCustomers } from './customers.ts';
import { holding, PAYS } from './revenue.ts';

export interface NewCustomers {
  /** Customers who have paid for the first time in the span. */
  new: number;
  /** Those of them who did so in the parts of the span that spend was told for. */
  won: number;
}

/** Those of each span. */
export async function newCustomers(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<NewCustomers[]> {
  const begin = sql`${time(Math.min(...spans.map(({ from }) => from)))}::timestamptz`;
  const end = sql`${time(Math.max(...spans.map(({ to }) => to)))}::timestamptz`;
  const count = (condition: RawBuilder<unknown>, { from, to }: Span): RawBuilder<unknown> =>
    sql`count(*) filter (where first_paid >= ${time(from)}::timestamptz
      and first_paid < ${time(to)}::timestamptz and ${condition})`;
  const counts = spans.map(
    (span) => sql`jsonb_build_object('new', ${count(sql`true`, span)},
      'won', ${count(sql`told.during @> first_paid`, span)})`,
  );
  const { rows } = await sql<{ counts: NewCustomers[] }>`
    with told as (
      select range_agg(tstzrange(t.since, t.until)) as during from acquisition_spend t
      where ${ws.of('t.workspace_id')} and not t.deleted
        and t.since < ${end} and t.until > ${begin}
    ), firsts as (
      select t.customer_id, min(t.changed_at) as first_paid from subscription_changes t
      where ${holding(ws)} and ${PAYS} and t.changed_at >= ${begin} and t.changed_at < ${end}
        and ${ofCustomers(ws, domains, 't.customer_id')}
      group by t.customer_id
    )
    select jsonb_build_array(${sql.join(counts)}) as counts
    from firsts cross join told
    where not exists (
      select from subscription_changes t
      where ${holding(ws)} and ${PAYS} and t.customer_id = firsts.customer_id
        and t.changed_at < ${begin}
    )`.execute(ws.tx);
  return rows[0]?.counts ?? [];
}

/**
 * The part of each spend that lies in the span: spend is even over its time, so that a part of a
 * month has a part of the month's spend.
 * @returns USD; `null` where none was told for any of the span
 */
export async function spendIn(ws: WorkspaceTx, { from, to }: Span): Promise<Pico | null> {
  const [since, until] = [sql`${time(from)}::timestamptz`, sql`${time(to)}::timestamptz`];
  const seconds = (begin: unknown, end: unknown) => sql`extract(epoch from ${end} - ${begin})`;
  const inside = seconds(sql`greatest(t.since, ${since})`, sql`least(t.until, ${until})`);
  // Rounded, or what thirds add up to would lack its last digit.
  const { rows } = await sql<{ usd: string | null }>`
    select round(sum(t.amount_usd * ${inside} / ${seconds(sql`t.since`, sql`t.until`)}), 12)::text
      as usd
    from acquisition_spend t
    where ${ws.of('t.workspace_id')} and not t.deleted
      and t.since < ${until} and t.until > ${since}`.execute(ws.tx);
  const usd = rows[0]?.usd;
  return usd == null ? null : toPico(usd);
}
