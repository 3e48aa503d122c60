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

/** The worker that removes expired data. For roles of the installation. */
export class CleanupResource extends Resource {
  /**
   * The settings, the last run, and whether the caller is allowed to start one.
   *
   * @example
   * const { settings, lastRun, mayRun } = await cb.cleanup.status();
   */
  status(options: RequestOptions = {}): Call<CleanupStatus> {
    return this.core.call('get', '/api/cleanup', {}, options);
  }

  /**
   * Files that cleanup deleted, or would delete, newest first.
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
   * Requests a run now; it is returned as queued.
   *
   * @throws ConflictError for a run that deletes, if the server only does dry runs.
   * @throws PermissionError for callers other than admins.
   * @example
   * const { id } = await cb.cleanup.run({ dryRun: true });
   */
  run(body: CleanupRunRequest, options: WriteOptions = {}): Call<CleanupRun> {
    return this.core.call('post', '/api/cleanup/runs', { body }, keyed(options));
  }

  /**
   * The current state of one run.
   *
   * @example
   * const { state, counts } = await cb.cleanup.getRun(id);
   */
  getRun(id: string, options: RequestOptions = {}): Call<CleanupRun> {
    return this.core.call('get', '/api/cleanup/runs/{id}', { params: { path: { id } } }, options);
  }
}
