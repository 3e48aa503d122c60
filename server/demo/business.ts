import { setTimeout as wait } from 'node:timers/promises';
import { agents } from './cast.ts';
import { random, type Random } from './random.ts';
import { sendBusiness, type Target } from './send.ts';

/** Who pays in the demo, as a billing system would tell it. */
const DAY = 86_400_000;
const CUSTOMERS = 64;
/** For how long there have been customers. */
const DAYS = 420;
/** For how long their credits are told. */
const CREDIT_DAYS = 60;
/** Records of a kind in one request. */
const BATCH = 500;

const plans = [
  { name: 'starter', amountUsd: '49.00', interval: 'month', share: 6 },
  { name: 'team', amountUsd: '199.00', interval: 'month', share: 5 },
  { name: 'business', amountUsd: '1490.00', interval: 'quarter', share: 2 },
  { name: 'enterprise', amountUsd: '9600.00', interval: 'year', share: 1 },
] as const;

type Plan = (typeof plans)[number];

const places = ['Alder', 'Birch', 'Cedar', 'Delta', 'Ember', 'Fjord', 'Grove', 'Harbor'] as const;
const trades = [
  'Books',
  'Cycles',
  'Foods',
  'Labs',
  'Logistics',
  'Media',
  'Studio',
  'Travel',
] as const;

interface Customer {
  id: string;
  name: string;
  domains: string[];
  createdAt: string;
  plan: string;
  updatedAt: string;
}

interface BusinessHistory {
  customers: Customer[];
  subscriptions: object[];
  spend: object[];
  credits: object[];
}

/** Customers and what they paid, until a moment; the same seed and end give the same. */
function businessHistory(seed: number, until: number): BusinessHistory {
  const r = random(seed);
  const domains = [...new Set(agents.map(({ domain }) => domain))] as [string, ...string[]];
  const history: BusinessHistory = { customers: [], subscriptions: [], spend: [], credits: [] };
  for (let index = 0; index < CUSTOMERS; index++) {
    // More and more of them, the last ones on trial.
    const start = until - DAYS * DAY * (1 - Math.sqrt((index + r.next()) / CUSTOMERS));
    const plan = r.weighted(plans.map((each) => [each, each.share] as const) as PlanShares);
    const id = `customer-${index + 1}`;
    const name = `${places[index % 8] ?? ''} ${trades[(index >> 3) % 8] ?? ''}`;
    // Most are served by an agent of the demo; the others have not begun to use theirs.
    const domain = r.chance(0.8) ? r.pick(domains) : `${id}.example.com`;
    const createdAt = time(start);
    history.customers.push({
      ...{ id, name, domains: [domain], createdAt, plan: plan.name, updatedAt: createdAt },
    });
    const end = subscribe(r, history, { id, plan, start, until });
    useCredits(r, history, id, Math.max(start, until - CREDIT_DAYS * DAY), Math.min(end, until));
  }
  for (let month = 0; month < 15; month++) spendIn(r, history, until, month);
  return history;
}

type PlanShares = [readonly [Plan, number]];

interface Subscribing {
  id: string;
  plan: Plan;
  start: number;
  until: number;
}

/** A trial, then payment; some upgrade, and some leave. @returns when it ends */
function subscribe(
  r: Random,
  { subscriptions }: BusinessHistory,
  { id, plan, start, until }: Subscribing,
): number {
  const change = (at: number, status: string, { amountUsd, interval }: Plan): void => {
    if (at >= until) return;
    const [changedAt, updatedAt] = [time(at), time(at)];
    subscriptions.push({
      ...{ id: `subscription-of-${id}`, customerId: id, status, amountUsd, interval },
      ...{ changedAt, updatedAt },
    });
  };
  change(start, 'trial', plan);
  const paid = start + 14 * DAY;
  if (r.chance(0.15)) {
    change(paid, 'ended', plan);
    return paid;
  }
  change(paid, 'active', plan);
  const upgrade = plans[plans.indexOf(plan) + 1];
  let current: Plan = plan;
  if (upgrade && r.chance(0.25)) {
    change(paid + r.whole(30, 200) * DAY, 'active', upgrade);
    current = upgrade;
  }
  const end = paid + r.whole(20, 1_500) * DAY;
  change(end, 'ended', current);
  return end;
}

function useCredits(
  r: Random,
  { credits }: BusinessHistory,
  customerId: string,
  from: number,
  to: number,
): void {
  for (let at = from + r.next() * DAY; at < to; at += DAY) {
    const id = `${customerId}-${Math.floor(at / DAY)}`;
    credits.push(usage(`usage-${id}`, customerId, r.spread(40, 0.6), at));
    if (r.chance(0.02)) credits.push(grant(`grant-${id}`, customerId, at));
  }
}

/** What a calendar month cost, the one that goes on included. */
function spendIn(r: Random, { spend }: BusinessHistory, until: number, monthsAgo: number): void {
  const date = new Date(until);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - monthsAgo];
  const [from, to] = [time(Date.UTC(year, month, 1)), time(Date.UTC(year, month + 1, 1))];
  for (const [channel, usd] of [
    ['ads', 3_400],
    ['events', 1_300],
  ] as const) {
    const amountUsd = r.spread(usd, 0.2).toFixed(2);
    spend.push({ id: `${channel}-${from.slice(0, 7)}`, from, to, amountUsd, updatedAt: from });
  }
}

const time = (at: number): string => new Date(at).toISOString();

const usage = (id: string, customerId: string, credits: number, at: number): object => ({
  ...{ id, customerId, kind: 'usage', credits: Math.round(credits * 100) / 100 },
  ...{ at: time(at), updatedAt: time(at) },
});

const grant = (id: string, customerId: string, at: number): object => ({
  ...{ id, customerId, kind: 'grant', credits: 1_000, amountUsd: '90.00' },
  ...{ at: time(at), updatedAt: time(at) },
});

/** Sends the history, a batch after the other. */
export async function sendBusinessHistory(
  target: Target,
  options: { seed: number; until: number },
): Promise<void> {
  const history = businessHistory(options.seed, options.until);
  for (const [kind, records] of Object.entries(history) as [string, object[]][]) {
    for (let from = 0; from < records.length; from += BATCH) {
      await sendBusiness(target, { [kind]: records.slice(from, from + BATCH) });
    }
  }
}

/** Customers use credits, and now and then buy some, until `target.signal` aborts. */
export async function runBusiness(target: Target, r: Random): Promise<void> {
  while (!target.signal.aborted) {
    await wait(r.spread(12_000, 0.5), undefined, { signal: target.signal });
    const customerId = `customer-${r.whole(1, CUSTOMERS)}`;
    const now = Date.now();
    const id = `live-${now}-${r.hex(6)}`;
    const record = r.chance(0.05)
      ? grant(id, customerId, now)
      : usage(id, customerId, r.spread(2, 0.6), now);
    await sendBusiness(target, { credits: [record] });
  }
}
