/** A message as the contract tells it. */
import { plainUsd } from '../../rollups/money.ts';
import type { ErrorInfo } from '../../../model/error.ts';
import type { MessagePart, Message as StoredMessage } from '../../../model/message.ts';

export interface Message {
  /** Unique within its conversation; names this message for good. */
  id: string;
  role: StoredMessage['role'];
  parts: MessagePart[] | null;
  length: number | null;
  at: string;
  branch: string | null;
  executionId: string | null;
  agent: string | null;
  model: string | null;
  tokens: { input: number | null; output: number | null } | null;
  cost: { usd: string; unpricedRequests: number } | null;
  latencyMs: number | null;
  timeToFirstTokenMs: number | null;
  finishReason: string | null;
  error: ErrorInfo | null;
}

/** The columns of `requests` that a message tells. */
export interface MessageRequest {
  started_at: Date;
  key: string;
  branch: string | null;
  execution_id: string | null;
  agent: string | null;
  model: string;
  latency_ms: number | null;
  first_token_ms: number | null;
  uncached_input: number | null;
  cache_read: number | null;
  cache_write: number | null;
  output: number | null;
  cost_usd: string | null;
  finish_reason: string | null;
  error_type: string | null;
  error_message: string | null;
}

/** What was said; `null` where it is not known. */
export type Body = Pick<StoredMessage, 'role' | 'parts' | 'length'>;

/**
 * Something that was said to the model.
 * @param name of the message within its request
 */
export function askedMessage(request: MessageRequest, name: string, body: Body): Message {
  return {
    ...bodyOf(body),
    ...placeOf(request, name),
    at: request.started_at.toISOString(),
    model: null,
    tokens: null,
    cost: null,
    latencyMs: null,
    timeToFirstTokenMs: null,
    finishReason: null,
    error: null,
  };
}

/**
 * Something that the model said.
 * @param name of the message within its request
 * @param isLast whether it carries what is told of the whole request: one of several does
 */
export function answerMessage(
  request: MessageRequest,
  name: string,
  body: Body | null,
  isLast: boolean,
): Message {
  const answeredAt = request.started_at.getTime() + Math.round(request.latency_ms ?? 0);
  const said = {
    ...bodyOf(body ?? { role: 'assistant', parts: null, length: null }),
    ...placeOf(request, name),
    at: new Date(answeredAt).toISOString(),
    model: request.model,
  };
  if (!isLast) {
    const untold = { latencyMs: null, timeToFirstTokenMs: null, finishReason: null, error: null };
    return { ...said, tokens: null, cost: null, ...untold };
  }
  const { error_type: type, error_message: message } = request;
  return {
    ...said,
    tokens: { input: inputOf(request), output: request.output },
    cost:
      request.cost_usd === null
        ? { usd: '0.00', unpricedRequests: 1 }
        : { usd: plainUsd(request.cost_usd), unpricedRequests: 0 },
    latencyMs: request.latency_ms,
    timeToFirstTokenMs: request.first_token_ms,
    finishReason: request.finish_reason,
    error: type === null ? null : { type, message },
  };
}

const bodyOf = ({ role, parts, length }: Body): Body => ({ role, parts, length });

const placeOf = (request: MessageRequest, name: string) => ({
  id: `${request.key}#${name}`,
  branch: request.branch,
  executionId: request.execution_id,
  agent: request.agent,
});

function inputOf({ uncached_input, cache_read, cache_write }: MessageRequest): number | null {
  const told = [uncached_input, cache_read, cache_write].filter((tokens) => tokens !== null);
  return told.length === 0 ? null : told.reduce((sum, tokens) => sum + tokens, 0);
}
