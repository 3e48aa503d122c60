/** Money and customers. docs/executive.md has each definition in words. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { fromPico, plainUsd, type Pico } from '../../rollups/money.ts';
import { withData, type Span } from '../../time/period.ts';
import { changeBetween } from '../stats/change.ts';
import { ratio } from '../stats/figures.ts';
import {
  acrossWindows,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import type { Unavailable } from '../../rollups/query.ts';
import { time } from '../../database/batch-columns.ts';
import { DAY } from '../../time/zones.ts';
import { newCustomers, spendIn, type NewCustomers } from './acquisition.ts';
import { creditsAreTold, creditSums } from './credits.ts';
import { ofCustomers } from './customers.ts';
import { firstCreditAt, firstCustomerAt, firstSpendAt, firstSubscriptionAt } from './data-start.ts';
import { lackBefore, NO_BEFORE, Reasons, spansOf, type Part, type Question } from './part.ts';
import { areSubscriptionsTold, revenueOf, toCents, type Moment, type Movement } from './revenue.ts';

interface BusinessFigures {
  mrrUsd: string | null;
  arrUsd: string | null;
  ltvUsd: string | null;
  cacUsd: string | null;
  ltvCacRatio: number | null;
  activeCustomers: number | null;
  paidCustomers: number | null;
  trialCustomers: number | null;
  newCustomers: number | null;
  churnRate: number | null;
  creditSalesUsd: string | null;
}

export interface BusinessMetrics extends BusinessFigures {
  change: Record<keyof BusinessFigures, number | null>;
}

/** The mean month of the calendar. */
const MONTH = (365.25 / 12) * DAY;

export async function businessMetrics(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<BusinessMetrics>> {
  const { period, domains, now } = question;
  const spans = spansOf(question);
  const isTold = await areSubscriptionsTold(ws, domains);
  const { moments, movements } = await revenueOf(ws, spans, domains);
  const customers = await newCustomers(ws, spans, domains);
  const areTold = await creditsAreTold(ws, domains);
  const credits = await creditSums(ws, spans, domains);
  const told: Snapshot[] = [];
  for (const [index, span] of spans.entries()) {
    told.push({
      span,
      hasBegin: !period.all,
      moment: isTold ? moments[index] : undefined,
      movement: isTold ? movements[index] : undefined,
      customers: isTold ? customers[index] : undefined,
      spend: domains === null ? await spendIn(ws, span) : undefined,
      activeCustomers: await activeCustomers(ws, withData(span, now), domains),
      creditSales: areTold ? (credits[index]?.salesUsd ?? null) : null,
    });
  }
  const [latest, before] = told as [Snapshot, Snapshot?];
  const current = figuresOf(latest);
  const starts = await startsOf(ws, question);
  const { change, unavailable } = changeBetween(
    current,
    before ? figuresOf(before) : null,
    (figure) => lackBefore(question, starts[figure as keyof BusinessFigures]),
    'businessMetrics.change',
  );
  return {
    value: { ...current, change },
    unavailable: [...reasonsFor(current, latest), ...unavailable],
  };
}

/** Since when each figure has all the data that it is made of. */
async function startsOf(
  ws: WorkspaceTx,
  { domains, firstData }: Question,
): Promise<Record<keyof BusinessFigures, number | null | undefined>> {
  const subscribed = await firstSubscriptionAt(ws, domains);
  const won = later(subscribed, await firstSpendAt(ws, domains));
  return {
    mrrUsd: subscribed,
    arrUsd: subscribed,
    ltvUsd: subscribed,
    cacUsd: won,
    ltvCacRatio: won,
    activeCustomers: later(firstData, await firstCustomerAt(ws, domains)),
    paidCustomers: subscribed,
    trialCustomers: subscribed,
    newCustomers: subscribed,
    churnRate: subscribed,
    creditSalesUsd: await firstCreditAt(ws, domains),
  };
}

type Start = Question['firstData'];

/** The later of two starts; `null` where one has none, `undefined` where one could not be found. */
function later(one: Start, other: Start): Start {
  if (one === undefined || other === undefined) return undefined;
  return one === null || other === null ? null : Math.max(one, other);
}

interface Snapshot {
  span: Span;
  /** Whether there is something before the span. */
  hasBegin: boolean;
  moment: Moment | undefined;
  movement: Movement | undefined;
  customers: NewCustomers | undefined;
  /** `null`: none was told for the span; `undefined`: it is not the question's. */
  spend: Pico | null | undefined;
  activeCustomers: number | null;
  creditSales: string | null;
}

function figuresOf(told: Snapshot): BusinessFigures {
  const { span, hasBegin, moment, movement, customers, spend, creditSales } = told;
  const churnRate = movement && hasBegin ? ratio(movement.lost, movement.atBegin) : null;
  const ltv = moment && churnRate !== null ? lifetimeValue(moment, churnRate, span) : null;
  const cac =
    spend != null && customers && customers.won > 0
      ? { amount: spend, by: BigInt(customers.won) }
      : null;
  return {
    mrrUsd: moment ? toCents(moment.annualUsd, 12n) : null,
    arrUsd: moment ? fromPico(moment.annualUsd) : null,
    ltvUsd: ltv && toCents(ltv.amount, ltv.by),
    cacUsd: cac && toCents(cac.amount, cac.by),
    ltvCacRatio: ltv && cac && ratio(valueOf(ltv), valueOf(cac)),
    activeCustomers: told.activeCustomers,
    paidCustomers: moment?.paid ?? null,
    trialCustomers: moment?.trial ?? null,
    newCustomers: customers?.new ?? null,
    churnRate,
    creditSalesUsd: creditSales === null ? null : plainUsd(creditSales),
  };
}

/** An amount that is yet to be divided, so that nothing is rounded twice. */
interface Quotient {
  amount: Pico;
  by: bigint;
}

const valueOf = ({ amount, by }: Quotient): number => Number(amount) / Number(by);

/** Digits of a share that count. */
const SHARE = 10n ** 18n;

/**
 * What a customer pays a month, for as many months as it stays where each month as large a share
 * leaves as has left in the span.
 */
function lifetimeValue(
  { annualUsd, paid }: Moment,
  churnRate: number,
  span: Span,
): Quotient | null {
  if (churnRate === 0 || paid === 0) return null;
  const monthlyChurn = 1 - (1 - churnRate) ** (MONTH / (span.to - span.from));
  const share = BigInt(Math.round(monthlyChurn * Number(SHARE)));
  return { amount: annualUsd * SHARE, by: 12n * BigInt(paid) * share };
}

function reasonsFor(figures: BusinessFigures, told: Snapshot): Unavailable[] {
  const { hasBegin, moment, spend } = told;
  const reasons = new Reasons('businessMetrics');
  const say = (figure: keyof BusinessFigures, reason: string): void =>
    reasons.say(figure, figures[figure] === null, reason);
  if (!moment) for (const figure of SUBSCRIBED) say(figure, 'No subscription has been reported.');
  say('churnRate', hasBegin ? 'No customer was paying at the start of the period.' : NO_BEFORE);
  if (figures.churnRate === 0) say('ltvUsd', 'No customer churned in the period.');
  say(
    'ltvUsd',
    moment?.paid === 0 ? 'There are no paying customers.' : 'The churn rate is not known.',
  );
  if (spend === undefined)
    say('cacUsd', 'Spend is reported for the whole workspace, not per domain.');
  if (spend === null) say('cacUsd', 'No spend has been reported for the period.');
  say('cacUsd', 'No customer was gained in the time for which spend has been reported.');
  if (figures.cacUsd === null) say('ltvCacRatio', 'Requires `cacUsd`, which is unavailable.');
  say(
    'ltvCacRatio',
    figures.ltvUsd === null ? 'Requires `ltvUsd`, which is unavailable.' : 'cacUsd is 0.',
  );
  say('activeCustomers', 'No customer has been reported.');
  say('creditSalesUsd', 'No credits have been reported.');
  return reasons.told;
}

/** What only subscriptions tell. */
const SUBSCRIBED = [
  'mrrUsd',
  'arrUsd',
  'ltvUsd',
  'paidCustomers',
  'trialCustomers',
  'newCustomers',
  'churnRate',
] as const;

/** Customers with telemetry in a span; `null` where no customer has been told at all. */
async function activeCustomers(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
): Promise<number | null> {
  const heard = ['requests', 'executions'].map((table) =>
    acrossWindows(rollupWindows([span], LEVELS), (grain) =>
      grain === 0
        ? sql`select distinct t.domain from ${sql.table(table)} t
            where ${within(ws, domains, 'started_at')}`
        : sql`select distinct t.domain from ${sql.table(table === 'requests' ? 'model_sums' : 'domain_sums')} t
            where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
    ),
  );
  const [requests, executions] = heard;
  const active =
    requests && executions
      ? sql`(select count(distinct c.id)
          from (select domain from (${requests} union all ${executions}) each group by domain) heard
          join customer_domains d on ${ws.of('d.workspace_id')} and d.domain = heard.domain
          join customers c on ${ws.of('c.workspace_id')} and c.id = d.customer_id
          where c.created_at < ${time(span.to)})`
      : sql`0`;
  const { rows } = await sql<{ told: boolean; active: number }>`
    select ${active} as active, exists (
      select from customers t
      where ${ws.of('t.workspace_id')} and not t.deleted and ${ofCustomers(ws, domains, 't.id')}
    ) as told`.execute(ws.tx);
  const [row] = rows;
  return row?.told ? row.active : null;
}
