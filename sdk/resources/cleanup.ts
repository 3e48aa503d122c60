import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type ListOf } from '../core/pages.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type {
  CleanupActionsQuery,
  CleanupRun,
  CleanupRunRequest,
  CleanupStatus,
} from '../types.ts';
import { Resource } from './resource.ts';

/** The worker that removes what has expired. For roles of the installation. */
export class CleanupResource extends Resource {
  /**
   * The settings, the last run, and whether the caller may ask for one.
   *
   * @example
   * const { settings, lastRun, mayRun } = await cb.cleanup.status();
   */
  status(options: RequestOptions = {}): Call<CleanupStatus> {
    return this.core.call('get', '/api/cleanup', {}, options);
  }

  /**
   * What cleanup deleted, or would delete, newest first.
   *
   * @example
   * const actions = await cb.cleanup.listActions({ runId }).toArray({ limit: 1000 });
   */
  listActions(
    query: CleanupActionsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/cleanup/actions'> {
    return list(this.core, '/api/cleanup/actions', query, options);
  }

  /**
   * Asks for a run now; it comes back queued.
   *
   * @throws ConflictError where a real run is asked for and the server only does dry ones.
   * @throws PermissionError for all but admins.
   * @example
   * const { id } = await cb.cleanup.run({ dryRun: true });
   */
  run(body: CleanupRunRequest, options: WriteOptions = {}): Call<CleanupRun> {
    return this.core.call('post', '/api/cleanup/runs', { body }, keyed(options));
  }

  /**
   * One run, as it is now.
   *
   * @example
   * const { state, counts } = await cb.cleanup.getRun(id);
   */
  getRun(id: string, options: RequestOptions = {}): Call<CleanupRun> {
    return this.core.call('get', '/api/cleanup/runs/{id}', { params: { path: { id } } }, options);
  }
}
