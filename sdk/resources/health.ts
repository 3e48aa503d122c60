import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import type { Health, Liveness } from '../types.ts';
import { Resource } from './resource.ts';

/** Health of the service and its parts. */
export class HealthResource extends Resource {
  /**
   * Whether the service is ready for requests, and with a token of an admin or sysops, the state of each
   * part. A service that reports that it is down is a result, not an error, and isn't retried.
   *
   * @throws ConnectionError if the server can't be reached.
   * @example
   * const { status, parts } = await cb.health.get();
   */
  get(options: RequestOptions = {}): Call<Health> {
    return this.core.call('get', '/api/health', {}, { maxRetries: 0, ...options }, { isData });
  }

  /**
   * Whether the server's process works, regardless of its database: for a liveness probe.
   *
   * @throws ConnectionError if the server can't be reached.
   * @example
   * await cb.health.live();
   */
  live(options: RequestOptions = {}): Call<Liveness> {
    return this.core.call('get', '/api/health/live', {}, { maxRetries: 0, ...options });
  }
}

/** A problem's `status` is a number. */
function isData(body: unknown): boolean {
  return typeof (body as Partial<Health> | undefined)?.status === 'string';
}
