/** Business data in: customers, subscriptions, spend and credits. */
import { sql } from 'kysely';
import { updateCreditSums } from './credit-sums.ts';
import { updateCustomerDomains } from './customer-domains.ts';
import { businessEvents, type BusinessPart } from './events.ts';
import { keepLatest, type Change, type Counts } from './keep.ts';
import {
  credits,
  customers,
  spend,
  subscriptions,
  type StoredCredit,
  type StoredCustomer,
  type StoredSpend,
  type StoredSubscription,
} from './kinds.ts';
import {
  creditRow,
  customerRow,
  spendRow,
  subscriptionRow,
  type BusinessBatch,
  type CreditRow,
  type CustomerRow,
  type SpendRow,
  type SubscriptionRow,
} from './records.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { appendEvents } from '../outbox.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';

export interface BusinessStoreOptions {
  store: Store;
  /** Called after each commit that told of something: wakes whoever listens to the outbox. */
  notify: (workspaceId: string, lastEventId: number) => void;
}

/** What of a batch is new. */
export interface BusinessChanges {
  customers: Change<CustomerRow, StoredCustomer>[];
  subscriptions: Change<SubscriptionRow, StoredSubscription>[];
  spend: Change<SpendRow, StoredSpend>[];
  credits: Change<CreditRow, StoredCredit>[];
}

export class BusinessStore {
  readonly #options: BusinessStoreOptions;

  constructor(options: BusinessStoreOptions) {
    this.#options = options;
  }

  /**
   * Takes all of a batch, or nothing. Of each record the latest version holds, in whatever order
   * they come, and the same batch again changes nothing. Of two versions of the same time the one
   * that comes later holds.
   */
  async ingest(workspaceId: string, batch: BusinessBatch): Promise<Record<BusinessPart, Counts>> {
    const { store, notify } = this.#options;
    const { counts, lastEventId } = await store.inWorkspace(workspaceId, async (ws) => {
      await lockWorkspace(ws);
      const kept = {
        customers: await keepLatest<CustomerRow, StoredCustomer>(
          ws,
          customers,
          batch.customers.map(customerRow),
        ),
        subscriptions: await keepLatest<SubscriptionRow, StoredSubscription>(
          ws,
          subscriptions,
          batch.subscriptions.map(subscriptionRow),
        ),
        spend: await keepLatest<SpendRow, StoredSpend>(ws, spend, batch.spend.map(spendRow)),
        credits: await keepLatest<CreditRow, StoredCredit>(
          ws,
          credits,
          batch.credits.map(creditRow),
        ),
      };
      const changes: BusinessChanges = {
        customers: kept.customers.changes,
        subscriptions: kept.subscriptions.changes,
        spend: kept.spend.changes,
        credits: kept.credits.changes,
      };
      await updateCustomerDomains(ws, changes.customers);
      await settleEnds(ws, changes.subscriptions);
      await updateCreditSums(ws, changes.credits);
      return {
        counts: {
          customers: kept.customers.counts,
          subscriptions: kept.subscriptions.counts,
          spend: kept.spend.counts,
          credits: kept.credits.counts,
        },
        lastEventId: await appendEvents(ws, await businessEvents(ws, changes)),
      };
    });
    if (lastEventId !== null) notify(workspaceId, lastEventId);
    return counts;
  }
}

/** Until when each change of some subscriptions holds: the next one, or an end before that. */
async function settleEnds(
  ws: WorkspaceTx,
  changes: BusinessChanges['subscriptions'],
): Promise<void> {
  if (changes.length === 0) return;
  const ids = [...new Set(changes.map(({ after }) => after.id))];
  await sql`
    update subscription_changes t set until = settled.until
    from (
      select id, changed_at,
        case when not deleted then least(
          lead(changed_at) over (partition by id, deleted order by changed_at), ended_at
        ) end as until
      from subscription_changes where ${ws.of()} and id = any(${ids}::text[])
    ) settled
    where ${ws.of('t.workspace_id')} and t.id = settled.id and t.changed_at = settled.changed_at
      and t.until is distinct from settled.until`.execute(ws.tx);
}
