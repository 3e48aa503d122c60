import type { Call } from '../core/call.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { BusinessBatch, BusinessResult } from '../types.ts';
import { Resource } from './resource.ts';

/** Sends business data: customers, subscriptions, spend and credits. */
export class BusinessResource extends Resource {
  /**
   * Sends records, at most 1,000 of a kind. All of them are stored, or none. The latest version of each
   * record wins, in any order of arrival, and repeated records change nothing. Of two versions with the
   * same time, the one that arrives later wins.
   *
   * @throws BadRequestError if a record is invalid; `problem.errors` has its path.
   * @throws UnprocessableError if the idempotency key was used for other records.
   * @throws PermissionError for callers other than ingest keys and admins, and for callers restricted to
   * a domain.
   * @example
   * const { subscriptions } = await cb.business.ingest({
   *   customers: [{ id: 'cus_1', name: 'Acme', domains: ['app.example.com'], createdAt, updatedAt }],
   *   subscriptions: [{
   *     id: 'sub_1', customerId: 'cus_1', status: 'active', amountUsd: '99.00', interval: 'month',
   *     changedAt, updatedAt,
   *   }],
   * });
   * console.log(subscriptions.changed, subscriptions.unchanged, subscriptions.outdated);
   */
  ingest(body: BusinessBatch, options: WriteOptions = {}): Call<BusinessResult> {
    return this.core.call('post', '/api/ingest/business', { body }, keyed(options));
  }
}
