/** Money and customers. docs/executive.md has each definition in words. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import { fromPico, plainUsd } from '../money.ts';
import { withData, type Span } from '../period.ts';
import { changeBetween } from '../stats/change.ts';
import { ratio } from '../stats/figures.ts';
import { acrossPieces, LEVELS, piecesOf, within, type Domains } from '../stats/pieces.ts';
import type { Unavailable } from '../stats/question.ts';
import { time } from '../unnest.ts';
import { DAY } from '../zones.ts';
import { acquisitionOf, type Acquisition } from './acquisition.ts';
import { creditSums } from './credits.ts';
import { creditsAreTold } from './executions.ts';
import { NO_BEFORE, Reasons, spansOf, type Part, type Question } from './part.ts';
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
  const areTold = await creditsAreTold(ws, question);
  const credits = await creditSums(ws, spans, domains);
  const told: Told[] = [];
  for (const [index, span] of spans.entries()) {
    told.push({
      span,
      hasBegin: !period.all,
      moment: isTold ? moments[index] : undefined,
      movement: isTold ? movements[index] : undefined,
      acquisition: domains === null ? await acquisitionOf(ws, span, domains) : null,
      activeCustomers: await activeCustomers(ws, withData(span, now), domains),
      creditSales: areTold ? (credits[index]?.salesUsd ?? null) : null,
    });
  }
  const [latest, before] = told as [Told, Told?];
  const current = figuresOf(latest);
  return {
    value: { ...current, change: changeBetween(current, before ? figuresOf(before) : null) },
    unavailable: reasonsFor(current, latest),
  };
}

interface Told {
  span: Span;
  /** Whether there is something before the span. */
  hasBegin: boolean;
  moment: Moment | undefined;
  movement: Movement | undefined;
  acquisition: Acquisition | null;
  activeCustomers: number | null;
  creditSales: string | null;
}

function figuresOf(told: Told): BusinessFigures {
  const { span, hasBegin, moment, movement, acquisition, activeCustomers, creditSales } = told;
  const churnRate = movement && hasBegin ? ratio(movement.lost, movement.atBegin) : null;
  const ltv = moment && churnRate !== null ? lifetimeValue(moment, churnRate, span) : null;
  const cac =
    acquisition?.spend != null && acquisition.won > 0 ? acquisition.spend / acquisition.won : null;
  return {
    mrrUsd: moment ? toCents(moment.annualUsd, 12n) : null,
    arrUsd: moment ? fromPico(moment.annualUsd) : null,
    ltvUsd: ltv === null ? null : ltv.toFixed(2),
    cacUsd: cac === null ? null : cac.toFixed(2),
    ltvCacRatio: ltv === null || cac === null ? null : ratio(ltv, cac),
    activeCustomers,
    paidCustomers: moment?.paid ?? null,
    trialCustomers: moment?.trial ?? null,
    newCustomers: movement?.new ?? null,
    churnRate,
    creditSalesUsd: creditSales === null ? null : plainUsd(creditSales),
  };
}

/**
 * What a customer pays a month, for as many months as it stays where each month as large a share
 * leaves as has left in the span.
 */
function lifetimeValue({ annualUsd, paid }: Moment, churnRate: number, span: Span): number | null {
  if (churnRate === 0 || paid === 0) return null;
  const monthlyChurn = 1 - (1 - churnRate) ** (MONTH / (span.to - span.from));
  return Number(fromPico(annualUsd)) / 12 / paid / monthlyChurn;
}

function reasonsFor(figures: BusinessFigures, told: Told): Unavailable[] {
  const { hasBegin, moment, acquisition } = told;
  const reasons = new Reasons('businessMetrics');
  const say = (figure: keyof BusinessFigures, reason: string): void =>
    reasons.say(figure, figures[figure] === null, reason);
  if (!moment) for (const figure of SUBSCRIBED) say(figure, 'No subscription has been told.');
  say('churnRate', hasBegin ? 'No customer paid at the begin of the period.' : NO_BEFORE);
  if (figures.churnRate === 0) say('ltvUsd', 'No customer has left in the period.');
  say('ltvUsd', moment?.paid === 0 ? 'No customer pays.' : 'The churn rate is not known.');
  if (!acquisition) say('cacUsd', 'Spend is of the whole workspace, not of a domain.');
  else if (acquisition.spend === null) say('cacUsd', 'No spend has been told for the period.');
  say('cacUsd', 'No customer was won in the time that spend has been told for.');
  say('ltvCacRatio', Number(figures.cacUsd) > 0 ? 'It needs ltvUsd.' : 'It needs cacUsd.');
  say('activeCustomers', 'No customer has been told.');
  say('creditSalesUsd', 'No credits have been told.');
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
    acrossPieces(piecesOf([span], LEVELS), (grain) =>
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
      ? sql`array(select domain::text from (${requests} union all ${executions}) heard)`
      : sql`'{}'::text[]`;
  const mine = domains === null ? sql`true` : sql`domains && ${domains}::text[]`;
  const { rows } = await sql<{ told: number; active: number }>`
    select count(*) as told, count(*) filter (where domains && ${active}) as active
    from customers where ${ws.of()} and not deleted and created_at < ${time(span.to)} and ${mine}`.execute(
    ws.tx,
  );
  const [row] = rows;
  return row && row.told > 0 ? row.active : null;
}
