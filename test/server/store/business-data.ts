/** Business data to begin from, for tests of the store alone. */
import { BusinessStore } from '../../../server/store/business/business.ts';
import type {
  BusinessBatch,
  CreditTold,
  CustomerTold,
  SpendTold,
  SubscriptionTold,
} from '../../../server/store/business/records.ts';
import type { Telemetry, Workspace } from './telemetry.ts';

export const DAY = 86_400_000;

const VERSION = { updatedAt: '2026-01-01T00:00:00Z', deleted: false };

export const customer = (id: string, more: Partial<CustomerTold> = {}): CustomerTold => ({
  ...{ id, name: id, domains: [`${id}.example.com`], plan: null, ...VERSION },
  createdAt: '2020-01-01T00:00:00Z',
  ...more,
});

/** Of the customer of the same name, $100 a month. */
export const subscription = (
  id: string,
  changedAt: string,
  more: Partial<SubscriptionTold> = {},
): SubscriptionTold => ({
  ...{ id, customerId: id, status: 'active', amountUsd: '100', interval: 'month', ...VERSION },
  ...{ changedAt, endedAt: null },
  ...more,
});

export const spend = (
  id: string,
  from: string,
  to: string,
  amountUsd: string,
  more: Partial<SpendTold> = {},
): SpendTold => ({ id, from, to, amountUsd, ...VERSION, ...more });

export const credit = (
  id: string,
  at: string,
  credits: number,
  more: Partial<CreditTold> = {},
): CreditTold => ({
  ...{ id, customerId: 'acme', kind: 'usage', credits, amountUsd: null, at, ...VERSION },
  ...more,
});

const batch = (some: Partial<BusinessBatch>): BusinessBatch => ({
  ...{ customers: [], subscriptions: [], spend: [], credits: [] },
  ...some,
});

/** Sends business data to workspaces of a store. */
export class Business {
  readonly store: BusinessStore;
  /** What listeners were told: workspace and last event id. */
  readonly notices: [workspaceId: string, lastEventId: number][] = [];

  constructor({ store }: Telemetry) {
    const notify = (workspaceId: string, lastEventId: number): void => {
      this.notices.push([workspaceId, lastEventId]);
    };
    this.store = new BusinessStore({ store, notify });
  }

  send({ id }: Workspace, some: Partial<BusinessBatch>) {
    return this.store.ingest(id, batch(some));
  }
}
