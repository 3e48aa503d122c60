import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import type { Health, Liveness } from '../types.ts';
import { Resource } from './resource.ts';

/** Whether the service and its parts work. */
export class HealthResource extends Resource {
  /**
   * Whether the service is ready for requests; with a token of an admin or sysops, each part as well. A service that says
   * itself that it is down is an answer, not an error, and is not asked again.
   *
   * @throws ConnectionError where nobody answers.
   * @example
   * const { status, parts } = await cb.health.get();
   */
  get(options: RequestOptions = {}): Call<Health> {
    return this.core.call('get', '/api/health', {}, { maxRetries: 0, ...options }, { isData });
  }

  /**
   * Whether the server's process works, whatever its database does: for a liveness probe.
   *
   * @throws ConnectionError where nobody answers.
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
