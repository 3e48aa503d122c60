import type { Execution, ExecutionsQuery, LiveUpdate } from '@cloudbrain/sdk';
import type { Applied, QueryDefinition } from './query.ts';

/** The newest executions of a period. */
export interface RecentExecutions {
  /** Newest first. */
  executions: readonly Execution[];
  /** Whether the server has older ones. */
  more: boolean;
}

/** After one of a full list is gone, an older one moves up: only the server knows which. */
const SOON = 2_000;

const newestFirst = (a: Execution, b: Execution): number =>
  b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id);

/** Puts an `execution` event into the list. */
function applyToExecutions(
  data: RecentExecutions,
  event: LiveUpdate,
  params: ExecutionsQuery,
): Applied<RecentExecutions> | undefined {
  if (event.event !== 'execution') return undefined;
  const { execution, deleted } = event.data;
  if (params.domain && params.domain !== execution.domain) return undefined;
  const others = data.executions.filter(({ id }) => id !== execution.id);
  if (deleted || !fits(execution, params)) {
    if (others.length === data.executions.length) return undefined;
    const next = { data: { ...data, executions: others } };
    return data.more ? { ...next, refetchIn: SOON } : next;
  }
  const limit = params.limit ?? Infinity;
  const all = [...others, execution].sort(newestFirst);
  const executions = all.slice(0, limit);
  return { data: { executions, more: data.more || all.length > executions.length } };
}

/** Whether an execution is one of those asked for; a period that ends now takes every new one. */
function fits(execution: Execution, params: ExecutionsQuery): boolean {
  const started = Date.parse(execution.startedAt);
  return (
    (!params.status || params.status === execution.status) &&
    (!params.user || params.user === execution.user) &&
    (!params.model || params.model === execution.model) &&
    (!params.agent || params.agent === execution.agent) &&
    !(params.from && started < Date.parse(params.from)) &&
    !(params.to && started >= Date.parse(params.to))
  );
}

/** The executions that a stream shows. */
export const recentExecutions: QueryDefinition<ExecutionsQuery, RecentExecutions> = {
  name: 'executions.list',
  topic: 'executions',
  fetch: async (client, params, signal) => {
    const page = await client.executions.list(params, { signal });
    return { executions: page.data, more: page.hasNext() };
  },
  apply: applyToExecutions,
};
