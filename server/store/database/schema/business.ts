import type { ColumnType } from 'kysely';
import type { DurationColumns, Grain } from './rollups.ts';

/** Written as an RFC 3339 string, read as a `Date`. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

/** What every record has: the version that is there, and what it says. */
interface Versioned {
  workspace_id: string;
  id: string;
  updated_at: Time;
  /** Taken back: kept, so that an older version that comes later stays out. */
  deleted: boolean;
  /** Of all that it says but its version. */
  digest: string;
}

/** A company or person who pays, or may. */
interface CustomerTable extends Versioned {
  name: string;
  domains: string[];
  created_at: Time;
  plan: string | null;
}

export type SubscriptionStatus = 'trial' | 'active' | 'paused' | 'ended';
export type BillingInterval = 'week' | 'month' | 'quarter' | 'year';

/** The domains of customers who are not taken back: what is looked up by them. */
interface CustomerDomainTable {
  workspace_id: string;
  domain: string;
  customer_id: string;
}

/** What a subscription is from one moment on. */
interface SubscriptionChangeTable extends Versioned {
  changed_at: Time;
  customer_id: string;
  status: SubscriptionStatus;
  amount_usd: string;
  interval: BillingInterval;
  /** The amount by the year, which no interval needs to be rounded to. */
  annual_usd: string;
  ended_at: NullableTime;
  /** The next change, or the end where that comes first; `null`: it holds still. */
  until: NullableTime;
}

/** What was spent to win customers. */
interface SpendTable extends Versioned {
  since: Time;
  until: Time;
  amount_usd: string;
}

/** Credits that a customer used or got. */
interface CreditTable extends Versioned {
  customer_id: string | null;
  kind: 'usage' | 'grant';
  credits: string;
  amount_usd: string | null;
  at: Time;
}

/** Credits summed by customer. */
interface CreditSumTable {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  /** Empty: of none that is known. */
  customer_id: string;
  entries: number;
  used: string;
  sales_usd: string;
}

/** Executions summed by the agents that have a name. */
interface AgentSumTable extends DurationColumns {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  agent: string;
  executions: number;
  completed: number;
  failed: number;
}

export interface BusinessSchema {
  customers: CustomerTable;
  customer_domains: CustomerDomainTable;
  subscription_changes: SubscriptionChangeTable;
  acquisition_spend: SpendTable;
  credits: CreditTable;
  credit_sums: CreditSumTable;
  agent_sums: AgentSumTable;
}
