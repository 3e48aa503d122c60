import type { ErrorInfo } from '../../model/error.ts';
import type { Observation, ObservationData } from '../../model/observation.ts';
import type { Attributes, WireLog, WireSpan } from '../wire/model.ts';
import { duration, firstName, flag, name, text } from './attributes.ts';
import { readTold } from './cli.ts';
import type { Context } from './context.ts';
import { errorInfo } from './errors.ts';
import type { FamilyReader } from './convention.ts';
import { eventName, observeLog, observeSpan, type Interpretation } from './observe.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';

/** Claude Code: log events, and in its beta spans. */
export const claudeCode: FamilyReader = {
  isCli: true,
  claimsSpan: (span) => span.name.startsWith(PREFIX),
  readSpan,
  claimsLog: (log, { scope, resource }) =>
    scope.startsWith('com.anthropic.claude_code') ||
    resource.get('service.name') === 'claude-code' ||
    [eventName(log), log.eventName, log.body].some(
      (named) => typeof named === 'string' && named.startsWith(PREFIX),
    ),
  readLog,
};

const PREFIX = 'claude_code.';

/** `input_tokens` is without the cache, as Anthropic's API has it. */
const USAGE: UsageKeys = {
  input: ['input_tokens'],
  cacheRead: ['cache_read_tokens'],
  cacheWrite: ['cache_creation_tokens'],
  output: ['output_tokens'],
  reasoning: ['reasoning_tokens'],
};

function readLog(log: WireLog, context: Context): Observation | null {
  const body = typeof log.body === 'string' ? log.body : '';
  const event = (eventName(log) || body).replace(PREFIX, '');
  const told = tellOf(event, log.attributes, context);
  if (told === null) return null;
  const data = { ...commonData(log.attributes), event: `${PREFIX}${event}`, ...told.data };
  return observeLog(log, context, { ...told, data, ...identity(log.attributes) });
}

type Tell = Pick<Interpretation, 'kind' | 'data'>;

function tellOf(event: string, attributes: Attributes, context: Context): Tell | null {
  switch (event) {
    case 'user_prompt': {
      const { text, length, messages } = readTold(
        attributes,
        context,
        'user',
        'prompt',
        'prompt_length',
      );
      const data = { task: text, taskLength: length, inputMessages: messages };
      return { kind: 'prompt', data };
    }
    case 'assistant_response': {
      const reply = readTold(attributes, context, 'assistant', 'response', 'response_length');
      return { kind: 'content', data: { outputMessages: reply.messages } };
    }
    case 'api_request':
    case 'api_error': {
      const call = {
        ...callData(attributes, context),
        latencyMs: duration(attributes, 'duration_ms'),
      };
      return event === 'api_request'
        ? { kind: 'request', data: call }
        : { kind: 'error', data: { ...call, usage: null, error: apiError(attributes) } };
    }
    case 'api_retries_exhausted':
    case 'api_refusal':
      return { kind: 'event', data: { error: apiError(attributes) } };
    case 'tool_result':
      return {
        kind: 'tool',
        data: {
          latencyMs: duration(attributes, 'duration_ms'),
          error: flag(attributes, 'success') === false ? toolError(attributes) : null,
        },
      };
    case 'tool_decision':
    case 'session.count':
    case 'auth':
    case 'compaction':
      return { kind: 'event', data: {} };
    default:
      return null;
  }
}

function readSpan(span: WireSpan, context: Context): Observation | null {
  const { attributes } = span;
  const common = { ...commonData(attributes), event: span.name };
  const identified = identity(attributes);
  switch (span.name.replace(PREFIX, '')) {
    case 'interaction': {
      const asked = readTold(attributes, context, 'user', 'user_prompt', 'user_prompt_length');
      const data = {
        ...common,
        task: asked.text,
        taskLength: asked.length,
        inputMessages: asked.messages,
      };
      return observeSpan(span, context, { ...identified, kind: 'agent', data });
    }
    case 'llm_request': {
      const failed = flag(attributes, 'success') === false || span.status.code === 2;
      const call = callData(attributes, context);
      const data = { ...common, ...call, error: failed ? apiError(attributes) : null };
      return observeSpan(span, context, { ...identified, kind: 'request', data });
    }
    case 'tool':
      return observeSpan(span, context, { ...identified, kind: 'tool', data: common });
    case 'tool.execution': {
      // The span of a tool around it says nothing of how it went.
      if (flag(attributes, 'success') !== false) return null;
      const data = { ...common, error: toolError(attributes) };
      return observeSpan(span, context, { ...identified, kind: 'event', data });
    }
    default:
      return null;
  }
}

function identity(attributes: Attributes): Pick<Interpretation, 'family' | 'session'> {
  const id = name(attributes, 'session.id');
  return { family: 'claude-code', session: id === null ? null : `claude-code:${id}` };
}

function commonData(attributes: Attributes): Partial<ObservationData> {
  const hints: [string, string | null][] = [
    ['callId', name(attributes, 'tool_use_id', 'gen_ai.tool.call.id')],
    ['decision', name(attributes, 'decision')],
    ['source', name(attributes, 'source')],
  ];
  return {
    user: name(attributes, 'user.email', 'user.account_uuid', 'user.id'),
    conversation: name(attributes, 'session.id'),
    turn: name(attributes, 'prompt.id'),
    agent: name(attributes, 'agent.name', 'agent_id') ?? 'claude-code',
    tool: name(attributes, 'tool_name'),
    extra: Object.fromEntries(hints.filter(([, hint]) => hint !== null)),
  };
}

function callData(attributes: Attributes, context: Context): Partial<ObservationData> {
  const usage = readUsage(attributes, USAGE, context.note);
  const asksTools = flag(attributes, 'response.has_tool_call');
  const common = commonData(attributes);
  return {
    provider: name(attributes, 'gen_ai.system') ?? 'anthropic',
    model: name(attributes, 'model', 'gen_ai.request.model'),
    responseId: name(attributes, 'request_id', 'gen_ai.response.id', 'client_request_id'),
    usage: disjointUsage(usage, { cacheApart: true }),
    finishReason:
      name(attributes, 'stop_reason') ?? firstName(attributes, 'gen_ai.response.finish_reasons'),
    timeToFirstTokenMs: duration(attributes, 'ttft_ms'),
    extra: { ...common.extra, ...(asksTools === null ? {} : { asksTools }) },
  };
}

function apiError(attributes: Attributes): ErrorInfo {
  return errorInfo(name(attributes, 'error.type', 'status_code'), text(attributes, 'error'));
}

function toolError(attributes: Attributes): ErrorInfo {
  return errorInfo(name(attributes, 'error_type'), text(attributes, 'error'));
}
