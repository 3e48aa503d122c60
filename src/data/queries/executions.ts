import type { Execution, ExecutionsQuery, LiveUpdate } from '@cloudbrain/sdk';
import { ExecutionsResource } from '@cloudbrain/sdk/core';
import type { Applied, QueryDefinition } from '../query.ts';

/** The newest executions of a period. */
export interface RecentExecutions {
  /** Newest first. */
  executions: readonly Execution[];
  /** Whether the server has older ones. */
  more: boolean;
}

/** After one of a full list is gone, an older one moves up: only the server knows which. */
const SOON = 2_000;

/** Puts an `execution` event into the list. */
function applyToExecutions(
  data: RecentExecutions,
  event: LiveUpdate,
  params: ExecutionsQuery,
): Applied<RecentExecutions> | undefined {
  if (event.event !== 'execution') return undefined;
  const { execution, deleted } = event.data;
  if (params.domain && params.domain !== execution.domain) return undefined;
  const { limit = Infinity } = params;
  const executions = data.executions.filter(({ id }) => id !== execution.id);
  const had = executions.length < data.executions.length;
  if (deleted || !fits(execution, params)) {
    if (!had) return undefined;
    const next = { data: { ...data, executions } };
    return data.more ? { ...next, refetchIn: SOON } : next;
  }
  // Thousands come in a second: the list is in order already, and is not sorted again.
  const at = executions.findIndex((other) => isNewer(execution, other));
  executions.splice(at < 0 ? executions.length : at, 0, execution);
  const more = data.more || executions.length > limit;
  return { data: { executions: executions.slice(0, limit), more } };
}

/** Ids of the same moment are in their own order: a UUIDv7 begins with the time. */
function isNewer(a: Execution, b: Execution): boolean {
  const apart = Date.parse(a.startedAt) - Date.parse(b.startedAt);
  return apart > 0 || (apart === 0 && a.id > b.id);
}

/** Whether an execution is one of those asked for; a period that ends now takes every new one. */
function fits(execution: Execution, params: ExecutionsQuery): boolean {
  const started = Date.parse(execution.startedAt);
  return (
    (!params.status || params.status === execution.status) &&
    (!params.user || params.user === execution.user) &&
    (!params.model || params.model === execution.model) &&
    (!params.agent || params.agent === execution.agent) &&
    !(params.from && started < +new Date(params.from)) &&
    !(params.to && started >= +new Date(params.to))
  );
}

/** The executions that a stream shows. */
export const recentExecutions: QueryDefinition<ExecutionsQuery, RecentExecutions> = {
  name: 'executions.list',
  topic: 'executions',
  fetch: async (core, params, signal) => {
    const page = await new ExecutionsResource(core).list(params, { signal });
    return { executions: page.data, more: page.hasNext() };
  },
  apply: applyToExecutions,
};
