/** An execution as the contract tells it: for lists, for a single one, and for live events. */
import type { Schemas } from '../../contract/index.ts';
import type { Selectable } from 'kysely';
import { plainUsd } from '../rollups/money.ts';
import type { StepRecord } from '../../model/execution.ts';
import type { ExecutionDetailTable, ExecutionTable } from '../database/schema/telemetry.ts';

/** Times are RFC 3339 in UTC, durations milliseconds, money a decimal string in USD. */
export type Execution = Schemas['Execution'];

export type ExecutionStep = Schemas['ExecutionStep'];

export type ExecutionDetail = Schemas['ExecutionDetail'];

/** The columns that `executionOf` reads. */
export type ExecutionRow = Omit<
  Selectable<ExecutionTable>,
  'workspace_id' | 'key' | 'scope' | 'digest'
>;

export function executionOf(row: ExecutionRow): Execution {
  return {
    id: row.id,
    status: row.status,
    domain: row.domain,
    user: row.user_id,
    agent: row.agent,
    model: row.model,
    conversationId: row.conversation,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    lastEventAt: row.last_event_at.toISOString(),
    durationMs: duration(row.started_at.getTime(), row.ended_at?.getTime() ?? null),
    steps: { done: row.steps_done, total: row.steps_total },
    tokens: { input: row.input_tokens, output: row.output_tokens },
    cost: { usd: plainUsd(row.cost_usd), unpricedRequests: row.unpriced },
    requests: row.requests,
    error: row.error_type === null ? null : { type: row.error_type, message: row.error_message },
  };
}

export function executionDetailOf(
  row: ExecutionRow,
  detail: Pick<
    Selectable<ExecutionDetailTable>,
    'task' | 'task_length' | 'steps' | 'steps_truncated'
  >,
): ExecutionDetail {
  return {
    ...executionOf(row),
    traceId: row.trace_id,
    task: detail.task,
    taskLength: detail.task_length,
    stepList: detail.steps.map(stepOf),
    stepsTruncated: detail.steps_truncated,
  };
}

function stepOf(step: StepRecord): ExecutionStep {
  return {
    name: step.name,
    kind: step.kind,
    status: step.status,
    startedAt: new Date(step.startedAt).toISOString(),
    endedAt: step.endedAt === null ? null : new Date(step.endedAt).toISOString(),
    durationMs: duration(step.startedAt, step.endedAt),
    model: step.model,
    tool: step.tool,
    error: step.error && { type: step.error.type, message: step.error.message },
  };
}

/** A clock that was set back in between must not give a negative one. */
function duration(startedAt: number, endedAt: number | null): number | null {
  return endedAt === null ? null : Math.max(0, endedAt - startedAt);
}
