import type { Observation, ObservationData } from '../../model/observation.ts';
import type { Attributes, AttributeValue, WireLog, WireSpan } from '../wire/model.ts';
import { parseJson } from '../wire/text.ts';
import { duration, firstName, flag, name, text } from './attributes.ts';
import { readTold } from './cli.ts';
import type { Context } from './context.ts';
import { errorInfo } from './errors.ts';
import type { FamilyReader } from './convention.ts';
import { genAiData, isDetails } from './genai.ts';
import { keepMessages } from './keep.ts';
import { eventName, observeLog, observeSpan, type Interpretation } from './observe.ts';
import { asksForTools, message, readMessages, readParts } from './parts.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';

/** Gemini CLI: log events of its own, and one of the conventions beside each. */
export const gemini: FamilyReader = {
  isCli: true,
  claimsSpan: ({ attributes }, { scope }) =>
    scope === 'gemini-cli' || attributes.get('gen_ai.agent.name') === 'gemini-cli',
  readSpan,
  claimsLog: (log, { scope, resource }) =>
    eventName(log).startsWith('gemini_cli.') ||
    (isDetails(eventName(log)) &&
      (scope === 'gemini-cli' || resource.get('service.name') === 'gemini-cli')),
  readLog,
};

/** `thoughts` come apart from `output`; what the cache gave is part of `input`. */
const USAGE: UsageKeys = {
  input: ['input_token_count'],
  cacheRead: ['cached_content_token_count'],
  cacheWrite: [],
  output: ['output_token_count'],
  reasoning: ['thoughts_token_count'],
};

const STATES = new Set([
  'gemini_cli.config',
  'gemini_cli.chat.content_retry',
  'gemini_cli.chat.content_retry_failure',
  'gemini_cli.conversation_finished',
  'gemini_cli.chat_compression',
]);

type Tell = Pick<Interpretation, 'kind' | 'data'>;

function readLog(log: WireLog, context: Context): Observation | null {
  const event = eventName(log);
  const told = isDetails(event)
    ? tellOfDetails(log.attributes, context)
    : tellOf(event, log.attributes, context);
  if (told === null) return null;
  const data = { ...commonData(log.attributes), ...told.data };
  return observeLog(log, context, { ...told, data, ...identity(log.attributes) });
}

function tellOf(event: string, attributes: Attributes, context: Context): Tell | null {
  switch (event) {
    case 'gemini_cli.user_prompt': {
      const asked = readTold(attributes, context, 'user', 'prompt', 'prompt_length');
      const data = { task: asked.text, taskLength: asked.length, inputMessages: asked.messages };
      return { kind: 'prompt', data };
    }
    case 'gemini_cli.api_request': {
      const asked = readMessages(text(attributes, 'request_text'), 'user');
      const inputMessages = keepMessages(context, asked);
      return inputMessages.length === 0 ? null : { kind: 'content', data: { inputMessages } };
    }
    case 'gemini_cli.api_response':
      return tellOfResponse(attributes, context);
    case 'gemini_cli.api_error': {
      const why = text(attributes, 'error.message', 'error');
      const type = name(attributes, 'error_type', 'error.type', 'status_code');
      const error = errorInfo(type, why);
      return { kind: 'error', data: { error, latencyMs: duration(attributes, 'duration_ms') } };
    }
    case 'gemini_cli.tool_call': {
      const failed = flag(attributes, 'success') === false;
      const why = text(attributes, 'error.message', 'error');
      const error = errorInfo(name(attributes, 'error_type', 'error.type'), why);
      const latencyMs = duration(attributes, 'duration_ms');
      const tool = name(attributes, 'function_name');
      return { kind: 'tool', data: { tool, latencyMs, error: failed ? error : null } };
    }
  }
  if (!STATES.has(event)) return null;
  const failed = event.endsWith('content_retry_failure');
  const error = failed ? errorInfo(name(attributes, 'final_error_type'), null) : null;
  return { kind: 'event', data: { error } };
}

function tellOfResponse(attributes: Attributes, context: Context): Tell {
  const replies = readReplies(text(attributes, 'response_text'));
  const told = replies.some(({ parts }) => (parts?.length ?? 0) > 0);
  return {
    kind: 'request',
    data: {
      usage: disjointUsage(readUsage(attributes, USAGE, context.note), { reasoningApart: true }),
      latencyMs: duration(attributes, 'duration_ms'),
      finishReason: firstName(attributes, 'finish_reasons'),
      outputMessages: keepMessages(context, replies),
      extra: told ? { asksTools: asksForTools(replies) } : {},
    },
  };
}

/** `response_text` is the API's answer as JSON, one object or the list of a stream's chunks. */
function readReplies(answer: string | null) {
  const parsed = answer === null ? null : parseJson(answer);
  if (typeof parsed !== 'object' || parsed === null) return readMessages(answer, 'assistant');
  const parts = [parsed].flat().flatMap((chunk) => {
    const [first] = array(field(chunk, 'candidates'));
    return readParts(field(field(first, 'content'), 'parts'));
  });
  return parts.length === 0 ? [] : [message('assistant', joined(parts))];
}

type Part = ReturnType<typeof readParts>[number];

/** The chunks of a stream are one text. */
function joined(parts: Part[]): Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (part.type === 'text' && last?.type === 'text') {
      whole[whole.length - 1] = { type: 'text', text: last.text + part.text };
    } else {
      whole.push(part);
    }
  }
  return whole;
}

/** It fires before a call and after it: only the one that tells of a response counts. */
function tellOfDetails(attributes: Attributes, context: Context): Tell | null {
  const answered = [...attributes].some(
    ([key, found]) => key.startsWith('gen_ai.response.') && found !== null,
  );
  if (!answered) return null;
  const data = genAiData(attributes, 'request', context);
  return {
    kind: 'request',
    data: { ...data, ...commonData(attributes), extra: { secondary: true } },
  };
}

function readSpan(span: WireSpan, context: Context): Observation | null {
  const { attributes } = span;
  const kind = SPAN_KINDS.get(name(attributes, 'gen_ai.operation.name') ?? span.name);
  if (kind === undefined) return null;
  const callId = name(attributes, 'gen_ai.tool.call_id', 'gen_ai.tool.call.id');
  const common = commonData(attributes);
  const extra = {
    ...(callId === null ? {} : { callId }),
    ...(kind === 'request' ? { inRun: isUsersPrompt(common), ...replied(attributes) } : {}),
  };
  const data = { ...genAiData(attributes, kind, context), ...common, extra };
  return observeSpan(span, context, { ...identity(attributes), kind, data });
}

/** What a user asks is named after the session; what the client asks for itself is not. */
function isUsersPrompt({ turn = null, conversation = null }: Partial<ObservationData>): boolean {
  return turn !== null && conversation !== null && turn.startsWith(conversation);
}

/** Whether a reply asks for tools, where the reply is told. */
function replied(attributes: Attributes): { asksTools?: boolean } {
  const replies = readMessages(text(attributes, 'gen_ai.output.messages'), 'assistant');
  return replies.length === 0 ? {} : { asksTools: asksForTools(replies) };
}

const SPAN_KINDS = new Map<string, Interpretation['kind']>([
  ['llm_call', 'request'],
  ['tool_call', 'tool'],
  ['user_prompt', 'agent'],
  ['agent_call', 'agent'],
]);

function identity(attributes: Attributes): Pick<Interpretation, 'family' | 'session'> {
  const id = sessionId(attributes);
  return { family: 'gemini', session: id === null ? null : `gemini:${id}` };
}

function sessionId(attributes: Attributes): string | null {
  return name(attributes, 'session.id', 'gen_ai.conversation.id');
}

function commonData(attributes: Attributes): Partial<ObservationData> {
  const vertex = (name(attributes, 'auth_type') ?? '').includes('vertex');
  return {
    user: name(attributes, 'user.email', 'installation.id'),
    conversation: sessionId(attributes),
    turn: name(attributes, 'prompt_id', 'gen_ai.prompt.name'),
    agent: name(attributes, 'agent_name', 'gen_ai.agent.name') ?? 'gemini-cli',
    provider: name(attributes, 'gen_ai.provider.name') ?? (vertex ? 'gcp.vertex_ai' : 'gcp.gen_ai'),
    model: name(attributes, 'model', 'gen_ai.response.model', 'gen_ai.request.model'),
  };
}

function array(value: AttributeValue): AttributeValue[] {
  return Array.isArray(value) ? value : [];
}

function field(value: AttributeValue | undefined, key: string): AttributeValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value[key] ?? null;
}
