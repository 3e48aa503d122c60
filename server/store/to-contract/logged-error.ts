/** An error as the contract tells it: for lists, for a single one, and for live events. */
import type { Selectable } from 'kysely';
import type { ErrorRecord, Severity } from '../../model/error.ts';
import type { ErrorTable } from '../database/schema/admin.ts';

export interface LoggedError {
  id: string;
  at: string;
  severity: Severity;
  source: ErrorRecord['source'];
  type: string;
  message: string | null;
  /** Of the group that it belongs to. */
  group: string;
  domain: string;
  user: string | null;
  agent: string | null;
  provider: string | null;
  model: string | null;
  tool: string | null;
  conversationId: string | null;
  executionId: string | null;
  traceId: string | null;
  hasStack: boolean;
}

export interface LoggedErrorDetail extends LoggedError {
  spanId: string | null;
  stack: string | null;
}

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
