import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type ListOf } from '../core/pages.ts';
import type { ExecutionDetail, ExecutionsQuery } from '../types.ts';
import { Resource } from './resource.ts';

/** Runs of agents. */
export class ExecutionsResource extends Resource {
  /**
   * Executions, newest first: await the list for a page, or iterate it for all of them.
   *
   * @example
   * for await (const { id, error } of cb.executions.list({ status: 'failed' })) print(id, error);
   */
  list(query: ExecutionsQuery = {}, options: RequestOptions = {}): ListOf<'/api/executions'> {
    return list(this.core, '/api/executions', query, options);
  }

  /**
   * One execution with its task and steps.
   *
   * @throws NotFoundError if it doesn't exist, or the token has no access to it.
   * @example
   * const { task, stepList } = await cb.executions.get(id);
   */
  get(id: string, options: RequestOptions = {}): Call<ExecutionDetail> {
    return this.core.call('get', '/api/executions/{id}', { params: { path: { id } } }, options);
  }
}
