/** An error as the contract tells it: for lists, for a single one, and for live events. */
import type { Schemas } from '../../contract/index.ts';
import type { Selectable } from 'kysely';
import type { ErrorTable } from '../database/schema/admin.ts';

export type LoggedError = Schemas['LoggedError'];

export type LoggedErrorDetail = Schemas['LoggedErrorDetail'];

/** The columns that `loggedErrorOf` reads. */
export type ErrorRow = Omit<
  Selectable<ErrorTable>,
  'workspace_id' | 'key' | 'scope' | 'digest' | 'family' | 'span_id'
>;

export function loggedErrorOf(row: ErrorRow): LoggedError {
  return {
    id: row.id,
    at: row.at.toISOString(),
    severity: row.severity,
    source: row.source,
    type: row.type,
    message: row.message,
    group: row.fingerprint,
    domain: row.domain,
    user: row.user_id,
    agent: row.agent,
    provider: row.provider,
    model: row.model,
    tool: row.tool,
    conversationId: row.conversation,
    executionId: row.execution_id,
    traceId: row.trace_id,
    hasStack: row.has_stack,
  };
}
