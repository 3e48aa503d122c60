import type { Message } from '../../model/message.ts';
import type { Observation, ObservationData, ObservationKind } from '../../model/observation.ts';
import type { Attributes, AttributeValue, WireLog, WireSpan } from '../wire/model.ts';
import { durationOfSeconds, firstName, name, value } from './attributes.ts';
import type { Context } from './context.ts';
import type { FamilyReader } from './convention.ts';
import { keepMessages } from './keep.ts';
import { eventName, observeLog, observeSpan } from './observe.ts';
import { askedIn, message, readMessage, readMessages, readParts } from './parts.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';

/**
 * The GenAI semantic conventions, old and new: `ai` 7, the Anthropic SDK, OpenTelemetry's own
 * instrumentations and whoever else follows them.
 */
export const genai: FamilyReader = {
  claimsSpan: ({ attributes }) => hasGenAi(attributes),
  readSpan(span, context) {
    const kind = genAiKind(span);
    if (kind === null) return null;
    const data = genAiData(withEvents(span), kind, context);
    // A server of tools is called by runs that it knows nothing of.
    const extra = span.attributes.has('mcp.method.name') ? { ambient: true } : {};
    return observeSpan(span, context, { family: 'genai', kind, data: { ...data, extra } });
  },
  claimsLog: (log) => eventName(log).startsWith('gen_ai.'),
  readLog: readContent,
};

/** Some instrumentations tell what was said in events of the span. */
function withEvents({ attributes, events }: WireSpan): Attributes {
  const told = events.filter(({ name: event }) => event.startsWith('gen_ai.'));
  if (told.length === 0) return attributes;
  return new Map([...told.flatMap((event) => [...event.attributes]), ...attributes]);
}

function hasGenAi(attributes: Attributes): boolean {
  for (const key of attributes.keys()) if (key.startsWith('gen_ai.')) return true;
  return false;
}

export const GEN_AI_USAGE: UsageKeys = {
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_cached_tokens',
    'gen_ai.usage.cached_tokens',
    'gen_ai.usage.cache_read_tokens',
    'gen_ai.usage.details.cache_read_tokens',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.cache_write_tokens',
    'gen_ai.usage.cache_creation_tokens',
    'gen_ai.usage.details.cache_write_tokens',
  ],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.details.reasoning_tokens',
    // `ai` 7 with `usage: true`.
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
};

/** Operations that are calls whatever else is told of them. */
const CALLS = new Set(['chat', 'text_completion', 'generate_content', 'embeddings']);

/** Operations that may name a model without calling it. */
const NO_CALLS = new Set(['create_agent', 'retrieval', 'plan', 'evaluate']);

/** What a span is by its operation, or `null` for one that nobody will read. */
export function genAiKind({ attributes, name: spanName }: WireSpan): ObservationKind | null {
  const operation = name(attributes, 'gen_ai.operation.name') ?? '';
  switch (operation) {
    case 'invoke_agent':
    case 'invoke_workflow':
      return 'agent';
    case 'execute_tool':
      return 'tool';
    case 'agent_step':
      return 'step';
  }
  if (NO_CALLS.has(operation)) return null;
  if (/^step \d+$/.test(spanName)) return 'step';
  const model = name(attributes, 'gen_ai.request.model', 'gen_ai.response.model');
  const counts = value(attributes, ...GEN_AI_USAGE.input, ...GEN_AI_USAGE.output);
  return CALLS.has(operation) || model !== null || counts !== null ? 'request' : null;
}

/** What the attributes of a span, or of an event about a call, tell. */
export function genAiData(
  attributes: Attributes,
  kind: ObservationKind,
  context: Context,
): Partial<ObservationData> {
  const input = inputMessages(attributes);
  const asked = askedIn(input);
  const isCall = kind === 'request';
  const output = isCall
    ? readMessages(value(attributes, 'gen_ai.output.messages', 'gen_ai.completion'), 'assistant')
    : [];
  return {
    event: name(attributes, 'gen_ai.operation.name'),
    user: name(attributes, 'user.id', 'enduser.id', 'user.email'),
    conversation: name(attributes, 'gen_ai.conversation.id', 'session.id'),
    agent: name(attributes, 'gen_ai.agent.name', 'gen_ai.agent.id', 'gen_ai.workflow.name'),
    provider: name(attributes, 'gen_ai.provider.name', 'gen_ai.system'),
    model: name(attributes, 'gen_ai.response.model', 'gen_ai.request.model'),
    tool: name(attributes, 'gen_ai.tool.name'),
    responseId: name(attributes, 'gen_ai.response.id'),
    usage: disjointUsage(readUsage(attributes, GEN_AI_USAGE, context.note)),
    finishReason:
      firstName(attributes, 'gen_ai.response.finish_reasons') ??
      name(attributes, 'anthropic.message.stop_reason'),
    timeToFirstTokenMs: durationOfSeconds(
      attributes,
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.response.time_to_first_chunk',
      'gen_ai.server.time_to_first_token',
    ),
    ...(asked === null ? {} : { task: asked }),
    inputMessages: isCall ? keepMessages(context, input) : [],
    outputMessages: keepMessages(context, output),
  };
}

function inputMessages(attributes: Attributes): Message[] {
  const instructions = value(attributes, 'gen_ai.system_instructions');
  const messages = readMessages(
    value(attributes, 'gen_ai.input.messages', 'gen_ai.prompt'),
    'user',
  );
  if (instructions === null) return messages;
  // Instructions are parts without a message around them.
  return [message('system', readParts(instructions)), ...messages];
}

/**
 * Message logs bring the content of a call to its span; without one there is nothing to bring. The
 * event of a whole call tells all of it, and stands in for a span that never comes.
 */
function readContent(log: WireLog, context: Context): Observation | null {
  const event = eventName(log);
  if (isDetails(event)) {
    const data = genAiData(log.attributes, 'request', context);
    return observeLog(log, context, { family: 'genai', kind: 'content', data });
  }
  if (log.spanId === '' || log.traceId === '') return null;
  const data = contentOfMessage(event, log.body, context);
  if (data === null) return null;
  const reading = { family: 'genai' as const, kind: 'content' as const };
  // Some clients' clocks know whole milliseconds only: what sets the tone was said first.
  const extra = { order: log.index + (event === 'gen_ai.system.message' ? 0 : 1_000_000) };
  return observeLog(log, context, { ...reading, data: { ...data, extra } });
}

export function isDetails(event: string): boolean {
  return event === 'gen_ai.client.inference.operation.details';
}

function contentOfMessage(
  event: string,
  body: AttributeValue,
  context: Context,
): Partial<ObservationData> | null {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  if (event === 'gen_ai.choice') {
    const reply = fields.message;
    const isReply = typeof reply === 'object' && reply !== null && !Array.isArray(reply);
    const reason = fields.finish_reason;
    return {
      outputMessages: keepMessages(context, [readMessage(isReply ? reply : fields, 'assistant')]),
      finishReason: typeof reason === 'string' ? reason : null,
    };
  }
  const role = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(event)?.[1];
  if (role === undefined) return null;
  const fallback = role as Message['role'];
  const id = role === 'tool' ? { tool_call_id: fields.id ?? null } : {};
  const content = typeof body === 'string' ? { content: body } : { ...fields, ...id };
  return { inputMessages: keepMessages(context, [readMessage(content, fallback)]) };
}
