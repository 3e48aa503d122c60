/** What customers pay, when, and who left: from the changes of their subscriptions. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { fromPico, toPico, type Pico } from '../../rollups/money.ts';
import type { Span } from '../../time/period.ts';
import type { Domains } from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { ofCustomers } from './customers.ts';

/** What is so just before a moment, which belongs to what comes after it. */
export interface Moment {
  /** Revenue by the year. */
  annualUsd: Pico;
  paid: number;
  trial: number;
}

/** What a span has made of its customers. */
export interface Movement {
  /** Customers who paid at its begin, and those of them who don't at its end. */
  atBegin: number;
  lost: number;
}

export interface Revenue {
  /** At the end of each span, which is the begin of the one before it. */
  moments: Moment[];
  movements: Movement[];
}

/** The changes `t` of a workspace that hold at all. */
export const holding = (ws: WorkspaceTx): RawBuilder<unknown> => sql`
  ${ws.of('t.workspace_id')} and not t.deleted and (t.until is null or t.until > t.changed_at)`;

/** Whether a customer pays by a change `t`. */
export const PAYS = sql`(t.status = 'active' and t.annual_usd > 0)`;

/** The changes that still held just before an instant, or came after it. */
const changesSince = (
  ws: WorkspaceTx,
  instant: number,
  domains: Domains,
): RawBuilder<unknown> => sql`
  select t.customer_id, t.status, t.annual_usd, t.changed_at, t.until, ${PAYS} as pays
  from subscription_changes t
  where ${holding(ws)} and coalesce(t.until, 'infinity') >= ${time(instant)}::timestamptz
    and ${ofCustomers(ws, domains, 't.customer_id')}`;

/** Whether any subscription of the question's customers has been told. */
export async function areSubscriptionsTold(ws: WorkspaceTx, domains: Domains): Promise<boolean> {
  const { rows } = await sql<{ told: boolean }>`
    select exists (
      select from subscription_changes t
      where ${holding(ws)} and ${ofCustomers(ws, domains, 't.customer_id')}
    ) as told`.execute(ws.tx);
  return rows[0]?.told ?? false;
}

/**
 * What ended before the oldest of the spans is not read.
 * @param spans the latest first, each beginning where the next one ends; at least one
 */
export async function revenueOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<Revenue> {
  const oldest = Math.min(...spans.map(({ from }) => from));
  const instants = [...spans.map(({ to }) => to), oldest];
  const column = (name: string, index: number) => sql.ref(`${name}${index}`);
  const ofCustomer = instants.flatMap((instant, index) => {
    const at = time(instant);
    const holds = sql`changed_at < ${at}::timestamptz
      and (until is null or until >= ${at}::timestamptz)`;
    return [
      sql`coalesce(sum(annual_usd) filter (where pays and ${holds}), 0) as ${column('annual', index)}`,
      sql`coalesce(bool_or(status = 'trial' and ${holds}), false) as ${column('trial', index)}`,
    ];
  });
  const count = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`count(*) filter (where ${condition})`;
  const pays = (index: number) => sql`${column('annual', index)} > 0`;
  const moments = instants.map(
    (_, index) => sql`jsonb_build_object(
      'annualUsd', coalesce(sum(${column('annual', index)}), 0)::text,
      'paid', ${count(pays(index))},
      'trial', ${count(sql`${column('trial', index)} and not ${pays(index)}`)})`,
  );
  const movements = spans.map(
    (_, index) => sql`jsonb_build_object(
      'atBegin', ${count(pays(index + 1))},
      'lost', ${count(sql`${pays(index + 1)} and not ${pays(index)}`)})`,
  );
  const { rows } = await sql<{
    moments: { annualUsd: string; paid: number; trial: number }[];
    movements: Movement[];
  }>`
    select jsonb_build_array(${sql.join(moments)}) as moments,
      jsonb_build_array(${sql.join(movements)}) as movements
    from (
      select customer_id, ${sql.join(ofCustomer)}
      from (${changesSince(ws, oldest, domains)}) changes group by customer_id
    ) customers`.execute(ws.tx);
  const [row] = rows;
  return {
    moments: (row?.moments ?? []).map((it) => ({ ...it, annualUsd: toPico(it.annualUsd) })),
    movements: row?.movements ?? [],
  };
}

/** Revenue by the year just before each of some instants, oldest first; at least one. */
export async function annualRevenueAt(
  ws: WorkspaceTx,
  instants: readonly number[],
  domains: Domains,
): Promise<Pico[]> {
  const [oldest = 0] = instants;
  const times = instants.map(time);
  // What begins or ends at an instant counts from the next one on.
  const place = (column: string) =>
    sql`width_bucket(${sql.ref(column)}, ${times}::timestamptz[]) as place`;
  const { rows } = await sql<{ place: number; usd: string }>`
    with paying as (select * from (${changesSince(ws, oldest, domains)}) changes where pays)
    select place, sum(usd)::text as usd
    from (
      select ${place('changed_at')}, annual_usd as usd from paying
      union all
      select ${place('until')}, -annual_usd from paying where until is not null
    ) moves group by place`.execute(ws.tx);
  const moves = new Map(rows.map(({ place: index, usd }) => [index, toPico(usd)]));
  let annual: Pico = 0n;
  return instants.map((_, index) => (annual += moves.get(index) ?? 0n));
}

const CENT: Pico = 10n ** 10n;

/** An amount divided and rounded to cents, half up; it is not negative. */
export const toCents = (amount: Pico, by = 1n): string =>
  fromPico(((amount * 2n + CENT * by) / (CENT * by * 2n)) * CENT);
