/** Traces as an agent's client sends them, for tests through the front door. */
import { randomBytes } from 'node:crypto';

export interface AgentRun {
  /** Epoch milliseconds. */
  startedAt: number;
  /** `null`: it still runs. */
  endedAt?: number | null;
  service?: string;
  agent?: string;
  user?: string;
  model?: string;
  inputTokens?: number;
  outputTokens?: number;
  failed?: boolean;
  traceId?: string;
  conversation?: string;
  /** The agent's span and its call's: told once more they are the same run. */
  spanIds?: readonly [agent: string, call: string];
}

interface KeyValue {
  key: string;
  value: { stringValue: string } | { intValue: number };
}

const attributes = (values: Record<string, string | number | undefined>): KeyValue[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ key, value: typeof value === 'number' ? { intValue: value } : { stringValue: value } }],
  );

const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`;

export const newSpanId = (): string => randomBytes(8).toString('hex');

/** One agent with one model call, as an OTLP/JSON request. */
export function traceOf(run: AgentRun): object {
  const { startedAt, endedAt = startedAt + 2_000, failed = false } = run;
  const traceId = run.traceId ?? randomBytes(16).toString('hex');
  const [agentId, callId] = run.spanIds ?? [newSpanId(), newSpanId()];
  const person = {
    'user.id': run.user ?? 'ada',
    'gen_ai.conversation.id': run.conversation,
  };
  const call = {
    traceId,
    spanId: callId,
    parentSpanId: agentId,
    name: 'chat',
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(startedAt + 800),
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': run.model ?? 'gpt-4o',
      'gen_ai.usage.input_tokens': run.inputTokens ?? 1_000,
      'gen_ai.usage.output_tokens': run.outputTokens ?? 100,
      ...(failed && { 'error.type': 'rate_limit' }),
      ...person,
    }),
    status: failed ? { code: 2, message: 'Too many requests' } : {},
  };
  const agent = {
    traceId,
    spanId: agentId,
    name: 'invoke_agent',
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt ?? 0),
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': run.agent ?? 'support',
      ...person,
    }),
    status: failed ? { code: 2, message: 'Too many requests' } : {},
  };
  const spans = endedAt === null ? [call, toolOf(traceId, agentId, startedAt)] : [call, agent];
  const resource = { attributes: attributes({ 'service.name': run.service ?? 'app.example.com' }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] };
}

/** Lives inside a run only, and so tells of it before its end. */
const toolOf = (traceId: string, parentSpanId: string, startedAt: number) => ({
  traceId,
  spanId: newSpanId(),
  parentSpanId,
  name: 'execute_tool search',
  startTimeUnixNano: nanoseconds(startedAt + 800),
  endTimeUnixNano: nanoseconds(startedAt + 900),
  attributes: attributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' }),
});
