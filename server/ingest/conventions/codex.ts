import type { ErrorInfo } from '../../model/error.ts';
import type { Observation, ObservationData } from '../../model/observation.ts';
import type { Attributes, WireLog, WireSpan } from '../wire/model.ts';
import { duration, flag, name, number, text, value } from './attributes.ts';
import { readTold } from './cli.ts';
import type { Context } from './context.ts';
import { errorInfo } from './errors.ts';
import type { FamilyReader } from './convention.ts';
import { GEN_AI_USAGE } from './genai.ts';
import { eventName, observeLog, observeSpan, type Interpretation } from './observe.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';

/** Codex CLI: its log events tell everything; of its hundreds of spans a few tell the same. */
export const codex: FamilyReader = {
  isCli: true,
  claimsSpan: ({ attributes, name: spanName }, { scope }) =>
    scope.startsWith('codex') ||
    spanName.startsWith('codex.') ||
    (name(attributes, 'code.module.name', 'target') ?? '').startsWith('codex_'),
  readSpan,
  claimsLog: (log, { scope }) => eventName(log).startsWith('codex.') || scope.startsWith('codex'),
  readLog,
};

const LOG_USAGE: UsageKeys = {
  input: ['input_token_count'],
  cacheRead: ['cached_token_count'],
  cacheWrite: ['cache_write_token_count'],
  output: ['output_token_count'],
  reasoning: ['reasoning_token_count'],
};

const TURN_USAGE: UsageKeys = {
  input: ['codex.turn.token_usage.input_tokens'],
  cacheRead: ['codex.turn.token_usage.cached_input_tokens'],
  cacheWrite: ['codex.turn.token_usage.cache_write_input_tokens'],
  output: ['codex.turn.token_usage.output_tokens'],
  reasoning: ['codex.turn.token_usage.reasoning_output_tokens'],
};

const SPAN_USAGE: UsageKeys = {
  ...GEN_AI_USAGE,
  reasoning: ['codex.usage.reasoning_output_tokens', ...GEN_AI_USAGE.reasoning],
};

/** Of a stream's many events, those that say how it ended, or that it goes on with a tool. */
const ENDED = 'response.completed';
const FAILED = new Set(['response.failed', 'response.incomplete', 'error']);
const ASKS_TOOL = new Set([
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.done',
]);

const TOOL_RESULT = 'codex.tool_result';

/** Of the events that the logs tell, those that spans hold as well and that are read there. */
const IN_SPANS = new Set([TOOL_RESULT, 'codex.api_request', 'codex.websocket_request']);

/** Of a session's tasks, those in which an agent runs: others compact or undo. */
const RUNS = new Set(['session_task.turn', 'session_task.review']);

type Tell = Pick<Interpretation, 'kind' | 'data'>;

function readLog(log: WireLog, context: Context): Observation | null {
  const told = tellOf(eventName(log), log.attributes, context);
  if (told === null) return null;
  const data = { ...commonData(log.attributes), ...told.data };
  return observeLog(log, context, { ...told, data, ...identity(log.attributes) });
}

function tellOf(event: string, attributes: Attributes, context: Context): Tell | null {
  switch (event) {
    case 'codex.user_prompt': {
      const asked = readTold(attributes, context, 'user', 'prompt', 'prompt_length');
      const data = { task: asked.text, taskLength: asked.length, inputMessages: asked.messages };
      return { kind: 'prompt', data };
    }
    case 'codex.sse_event':
      return tellOfStream(attributes, context);
    case 'codex.api_request':
    case 'codex.websocket_request': {
      const latencyMs = duration(attributes, 'duration_ms');
      const attempt = number(attributes, 'attempt');
      const extra = attempt === null ? {} : { attempt };
      return { kind: 'event', data: { latencyMs, error: failure(attributes), extra } };
    }
    case TOOL_RESULT:
      return { kind: 'tool', data: toolResult(attributes) };
    case 'codex.tool_decision':
      return { kind: 'event', data: toolData(attributes) };
    case 'codex.conversation_starts':
      return { kind: 'event', data: { provider: name(attributes, 'provider_name') } };
    case 'codex.auth_recovery':
      return { kind: 'event', data: {} };
    default:
      return null;
  }
}

/**
 * A call ends in two events `response.completed`: one of the stream without counts, and a second
 * one with them. `tool_token_count` is a total and left alone.
 */
function tellOfStream(attributes: Attributes, context: Context): Tell | null {
  const kind = name(attributes, 'event.kind') ?? '';
  const error = failure(attributes);
  if (error !== null) return { kind: 'error', data: { error } };
  if (FAILED.has(kind)) return { kind: 'error', data: { error: errorInfo(kind, null) } };
  if (ASKS_TOOL.has(kind)) return { kind: 'event', data: { extra: { asksTools: true } } };
  if (kind !== ENDED) return null;
  const usage = disjointUsage(readUsage(attributes, LOG_USAGE, context.note));
  const data = {
    usage,
    responseId: name(attributes, 'response.id', 'response_id'),
    timeToFirstTokenMs: duration(attributes, 'ttft_ms'),
  };
  return { kind: 'request', data: usage === null ? { ...data, extra: { secondary: true } } : data };
}

/** Turns, tools, and how each call went; all else is the inside of a machine. */
function readSpan(span: WireSpan, context: Context): Observation | null {
  const { attributes } = span;
  const told = span.events.find((event) =>
    IN_SPANS.has(text(event.attributes, 'event.name') ?? ''),
  );
  if (told) return readEvent(span, told.attributes, context);
  const common = { ...commonData(attributes), event: span.name };
  if (RUNS.has(span.name)) {
    const usage = disjointUsage(readUsage(attributes, TURN_USAGE, context.note));
    const data = { ...common, turn: name(attributes, 'turn.id', 'turn_id'), usage };
    return observeSpan(span, context, { ...identity(attributes), kind: 'agent', data });
  }
  if (value(attributes, ...GEN_AI_USAGE.input) === null) return null;
  const usage = disjointUsage(readUsage(attributes, SPAN_USAGE, context.note));
  // It lasts as long as the last of the stream's events: how long the call took is not told.
  const data = { ...common, usage, latencyMs: null, extra: { inRun: true } };
  return observeSpan(span, context, { ...identity(attributes), kind: 'request', data });
}

/** What a span holds of the log: a tool's result, or a request that failed. */
function readEvent(span: WireSpan, event: Attributes, context: Context): Observation | null {
  const common = { ...commonData(event), event: name(event, 'event.name') };
  const identified = identity(event);
  if (common.event === TOOL_RESULT) {
    const data = { ...common, ...toolResult(event) };
    return observeSpan(span, context, { ...identified, kind: 'tool', data });
  }
  const error = failure(event);
  if (error === null) return null;
  const data = { ...common, error, extra: { inRun: true } };
  return observeSpan(span, context, { ...identified, kind: 'error', data });
}

function identity(attributes: Attributes): Pick<Interpretation, 'family' | 'session'> {
  const id = conversationId(attributes);
  return { family: 'codex', session: id === null ? null : `codex:${id}` };
}

/** A turn's span tells it as `thread.id`, where other spans have the number of a system thread. */
function conversationId(attributes: Attributes): string | null {
  const thread = value(attributes, 'thread.id');
  return name(attributes, 'conversation.id') ?? (typeof thread === 'string' ? thread : null);
}

function commonData(attributes: Attributes): Partial<ObservationData> {
  return {
    user: name(attributes, 'user.email', 'user.account_id', 'user.account_uuid', 'user.id'),
    conversation: conversationId(attributes),
    agent: name(attributes, 'originator') ?? 'codex',
    model: name(attributes, 'model', 'slug', 'gen_ai.response.model', 'gen_ai.request.model'),
  };
}

function toolResult(attributes: Attributes): Partial<ObservationData> {
  const failed = flag(attributes, 'success') === false;
  const error = failed ? errorInfo('tool_error', text(attributes, 'output')) : null;
  return { latencyMs: duration(attributes, 'duration_ms'), error, ...toolData(attributes) };
}

function toolData(attributes: Attributes): Partial<ObservationData> {
  const hints: [string, string | null][] = [
    ['callId', name(attributes, 'call_id')],
    ['decision', name(attributes, 'decision')],
    ['source', name(attributes, 'source')],
  ];
  return {
    tool: name(attributes, 'tool_name'),
    extra: Object.fromEntries(hints.filter(([, hint]) => hint !== null)),
  };
}

function failure(attributes: Attributes): ErrorInfo | null {
  const message = text(attributes, 'error.message');
  const status = number(attributes, 'http.response.status_code');
  if (message === null && (status === null || status < 400)) return null;
  const type = name(attributes, 'error.type') ?? (status === null ? null : String(status));
  return errorInfo(type, message);
}
