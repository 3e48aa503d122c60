/** The tables of business data, as `keepLatest` writes them. */
import { sql, type Selectable } from 'kysely';
import type { BusinessSchema } from '../database/schema/business.ts';
import type { Column } from '../database/batch-columns.ts';
import type { Kind } from './keep.ts';
import type { CreditRow, CustomerRow, SpendRow, SubscriptionRow, VersionedRow } from './records.ts';

export type StoredCustomer = Selectable<BusinessSchema['customers']>;
export type StoredSubscription = Selectable<BusinessSchema['subscription_changes']>;
export type StoredSpend = Selectable<BusinessSchema['acquisition_spend']>;
export type StoredCredit = Selectable<BusinessSchema['credits']>;

const id: Column<VersionedRow> = ['id', 'text', (row) => row.id];

export const customers: Kind<CustomerRow> = {
  table: 'customers',
  keys: [id],
  columns: [
    ['name', 'text', ({ name }) => name],
    ['domains', 'jsonb', ({ domains }) => JSON.stringify(domains)],
    ['created_at', 'timestamptz', ({ createdAt }) => createdAt],
    ['plan', 'text', ({ plan }) => plan],
  ],
  // An array of arrays would be unnested as a whole.
  read: { domains: sql`array(select jsonb_array_elements_text(v.domains))` },
};

export const subscriptions: Kind<SubscriptionRow> = {
  table: 'subscription_changes',
  keys: [id, ['changed_at', 'timestamptz', ({ changedAt }) => changedAt]],
  columns: [
    ['customer_id', 'text', ({ customerId }) => customerId],
    ['status', 'text', ({ status }) => status],
    ['amount_usd', 'numeric', ({ amountUsd }) => amountUsd],
    ['interval', 'text', ({ interval }) => interval],
    ['annual_usd', 'numeric', ({ annualUsd }) => annualUsd],
    ['ended_at', 'timestamptz', ({ endedAt }) => endedAt],
  ],
};

export const spend: Kind<SpendRow> = {
  table: 'acquisition_spend',
  keys: [id],
  columns: [
    ['since', 'timestamptz', ({ from }) => from],
    ['until', 'timestamptz', ({ to }) => to],
    ['amount_usd', 'numeric', ({ amountUsd }) => amountUsd],
  ],
};

export const credits: Kind<CreditRow> = {
  table: 'credits',
  keys: [id],
  columns: [
    ['customer_id', 'text', ({ customerId }) => customerId],
    ['kind', 'text', ({ kind }) => kind],
    ['credits', 'numeric', (row) => row.credits],
    ['amount_usd', 'numeric', ({ amountUsd }) => amountUsd],
    ['at', 'timestamptz', ({ at }) => at],
  ],
};
