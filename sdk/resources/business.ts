import type { Call } from '../core/call.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { BusinessBatch, BusinessResult } from '../types.ts';
import { Resource } from './resource.ts';

/** Business data in: customers, subscriptions, spend and credits. */
export class BusinessResource extends Resource {
  /**
   * Sends records, at most 1,000 of a kind. All of them are taken, or none. The latest version of
   * each holds, in whatever order they come, and the same ones again change nothing; of two of the
   * same time the one that comes later holds.
   *
   * @throws BadRequestError where a record is wrong; `problem.errors` has its path.
   * @throws UnprocessableError where the key was used for other records.
   * @throws PermissionError for all but ingest keys and admins, and for what is limited to a domain.
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
