/** Business data as they are told, and the rows that they become. Pure. */
import { hash } from 'node:crypto';
import { fromPico, plainUsd, toPico } from '../rollups/money.ts';
import type { BillingInterval, SubscriptionStatus } from '../database/schema/business.ts';
import { instantOf, type Instant } from './instant.ts';

interface ToldRecord {
  id: string;
  /** RFC 3339, as every time in here. */
  updatedAt: string;
  deleted: boolean;
}

export interface CustomerTold extends ToldRecord {
  name: string;
  domains: readonly string[];
  createdAt: string;
  plan: string | null;
}

export interface SubscriptionTold extends ToldRecord {
  customerId: string;
  status: SubscriptionStatus | StripeStatus;
  amountUsd: string;
  interval: BillingInterval;
  changedAt: string;
  endedAt: string | null;
}

export interface SpendTold extends ToldRecord {
  from: string;
  to: string;
  amountUsd: string;
}

export interface CreditTold extends ToldRecord {
  customerId: string | null;
  kind: 'usage' | 'grant';
  credits: number;
  amountUsd: string | null;
  at: string;
}

export interface BusinessBatch {
  customers: readonly CustomerTold[];
  subscriptions: readonly SubscriptionTold[];
  spend: readonly SpendTold[];
  credits: readonly CreditTold[];
}

/** What every row has. */
export interface VersionedRow {
  id: string;
  updatedAt: Instant;
  deleted: boolean;
  /** Of all that it says but its version: equal digests, equal rows. */
  digest: string;
}

export interface CustomerRow extends VersionedRow {
  name: string;
  domains: readonly string[];
  createdAt: Instant;
  plan: string | null;
}

export interface SubscriptionRow extends VersionedRow {
  customerId: string;
  status: SubscriptionStatus;
  amountUsd: string;
  interval: BillingInterval;
  annualUsd: string;
  changedAt: Instant;
  endedAt: Instant | null;
}

export interface SpendRow extends VersionedRow {
  from: Instant;
  to: Instant;
  amountUsd: string;
}

export interface CreditRow extends VersionedRow {
  customerId: string | null;
  kind: CreditTold['kind'];
  credits: string;
  amountUsd: string | null;
  at: Instant;
}

/** Words for a status that are Stripe's alone; `active` and `paused` are ours too. */
type StripeStatus =
  'trialing' | 'past_due' | 'unpaid' | 'canceled' | 'incomplete' | 'incomplete_expired';

const OURS: Record<StripeStatus, SubscriptionStatus> = {
  trialing: 'trial',
  // Stripe is still trying to collect a payment.
  past_due: 'active',
  // It has given up, and draws no invoices until somebody pays.
  unpaid: 'paused',
  canceled: 'ended',
  // The first payment has yet to succeed.
  incomplete: 'paused',
  incomplete_expired: 'ended',
};

const statusOf = (status: SubscriptionStatus | StripeStatus): SubscriptionStatus =>
  isStripes(status) ? OURS[status] : status;

const isStripes = (status: string): status is StripeStatus => Object.hasOwn(OURS, status);

/** How often a year it is paid. */
const TIMES_A_YEAR: Record<BillingInterval, bigint> = {
  week: 52n,
  month: 12n,
  quarter: 4n,
  year: 1n,
};

/** One spelling for each amount and time, so that saying it otherwise changes nothing. */
function versioned<Content extends object>(
  { id, updatedAt, deleted }: ToldRecord,
  content: Content,
): VersionedRow & Content {
  const digest = hash('sha256', JSON.stringify([deleted, Object.values(content)]), 'base64url');
  return { ...content, id, updatedAt: instantOf(updatedAt), deleted, digest };
}

export const customerRow = (told: CustomerTold): CustomerRow =>
  versioned(told, {
    name: told.name,
    domains: [...told.domains].sort(),
    createdAt: instantOf(told.createdAt),
    plan: told.plan,
  });

export const subscriptionRow = (told: SubscriptionTold): SubscriptionRow =>
  versioned(told, {
    customerId: told.customerId,
    status: statusOf(told.status),
    amountUsd: plainUsd(told.amountUsd),
    interval: told.interval,
    annualUsd: fromPico(toPico(told.amountUsd) * TIMES_A_YEAR[told.interval]),
    changedAt: instantOf(told.changedAt),
    endedAt: told.endedAt === null ? null : instantOf(told.endedAt),
  });

export const spendRow = (told: SpendTold): SpendRow =>
  versioned(told, {
    from: instantOf(told.from),
    to: instantOf(told.to),
    amountUsd: plainUsd(told.amountUsd),
  });

export const creditRow = (told: CreditTold): CreditRow =>
  versioned(told, {
    customerId: told.customerId,
    kind: told.kind,
    // To six places, as money: sums of numbers would drift.
    credits: plainUsd(told.credits.toFixed(6)),
    amountUsd: told.amountUsd === null ? null : plainUsd(told.amountUsd),
    at: instantOf(told.at),
  });
