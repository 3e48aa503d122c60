import type { Message, MessagePart } from '../../model/message.ts';
import type { ObservationData, ObservationKind } from '../../model/observation.ts';
import type { Attributes } from '../wire/model.ts';
import { parseJson } from '../wire/text.ts';
import { duration, firstName, name, text, value } from './attributes.ts';
import type { Context } from './context.ts';
import type { FamilyReader } from './convention.ts';
import { keepMessages } from './keep.ts';
import { observeSpan } from './observe.ts';
import { askedIn, message, readMessages, textMessage, toolCallOf } from './parts.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';
import { readProviderUsage } from './vercel-provider.ts';

/**
 * Vercel's `ai` with its own spans: up to version 6, and 7 in its legacy form. Traceloop's SDK
 * renames most of their attributes to those of the conventions.
 */
export const vercel: FamilyReader = {
  claimsSpan: ({ attributes, name: spanName }, { scope }) =>
    attributes.has('ai.operationId') || (scope === 'ai' && spanName.startsWith('ai.')),
  readSpan(span, context) {
    const operation = name(span.attributes, 'ai.operationId') ?? span.name;
    const kind = kindOf(operation);
    if (kind === null) return null;
    const data = dataOf(operation, kind, span.attributes, context);
    return observeSpan(span, context, { family: 'vercel', kind, data });
  },
};

const USAGE: UsageKeys = {
  input: [
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'gen_ai.usage.input_tokens',
  ],
  cacheRead: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
  cacheWrite: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
  output: ['ai.usage.outputTokens', 'ai.usage.completionTokens', 'gen_ai.usage.output_tokens'],
  reasoning: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
};

/** Where the application's own facts are: as it gave them, in version 7, and by Traceloop's SDK. */
const METADATA = [
  'ai.telemetry.metadata',
  'ai.settings.context',
  'traceloop.association.properties',
];

const RUN = /^ai\.(?:generateText|streamText|generateObject|streamObject|workflowAgent\.stream)$/;

function kindOf(operation: string): ObservationKind | null {
  if (/\.do[A-Z]\w*$/.test(operation)) return 'request';
  if (RUN.test(operation)) return 'agent';
  if (operation === 'ai.toolCall') return 'tool';
  return /^ai\.(?:embed|embedMany|rerank|transcribe|generateSpeech)$/.test(operation)
    ? 'usage-parent'
    : null;
}

function dataOf(
  operation: string,
  kind: ObservationKind,
  attributes: Attributes,
  context: Context,
): Partial<ObservationData> {
  const input = inputMessages(attributes);
  const asked = askedIn(input);
  const metadata = (key: string) => METADATA.map((prefix) => `${prefix}.${key}`);
  const toolId = name(attributes, 'ai.toolCall.id', 'gen_ai.tool.call.id');
  return {
    event: operation,
    user: name(attributes, ...metadata('userId'), 'user.id'),
    conversation: name(
      attributes,
      ...metadata('sessionId'),
      ...metadata('conversationId'),
      ...metadata('threadId'),
      ...metadata('chatId'),
      'gen_ai.conversation.id',
    ),
    agent: name(attributes, 'ai.telemetry.functionId', 'resource.name'),
    provider: name(attributes, 'ai.model.provider', 'gen_ai.system', 'gen_ai.provider.name'),
    model: name(
      attributes,
      'ai.response.model',
      'gen_ai.response.model',
      'ai.model.id',
      'gen_ai.request.model',
    ),
    tool: name(attributes, 'ai.toolCall.name', 'gen_ai.tool.name'),
    responseId: name(attributes, 'ai.response.id', 'gen_ai.response.id'),
    usage: usageOf(attributes, context),
    finishReason:
      name(attributes, 'ai.response.finishReason') ??
      firstName(attributes, 'gen_ai.response.finish_reasons'),
    timeToFirstTokenMs: duration(
      attributes,
      'ai.response.msToFirstChunk',
      'ai.stream.msToFirstChunk',
    ),
    ...(asked === null ? {} : { task: asked }),
    inputMessages: kind === 'request' ? keepMessages(context, input) : [],
    outputMessages: kind === 'request' ? keepMessages(context, outputMessages(attributes)) : [],
    extra: {
      ...(toolId === null ? {} : { callId: toolId }),
      // These never run by themselves: where one is seen, a run is under way.
      ...(/^ai\.(?:generate|stream)\w+\.do/.test(operation) ? { inRun: true } : {}),
    },
  };
}

/** Version 5 tells less, and in the provider's own convention; what the provider said is there too. */
function usageOf(attributes: Attributes, context: Context) {
  const told = readUsage(attributes, USAGE, context.note);
  const own = readProviderUsage(attributes, context.note);
  const whole = {
    ...told,
    cacheRead: told.cacheRead ?? own.cacheRead,
    cacheWrite: told.cacheWrite ?? own.cacheWrite,
    reasoning: told.reasoning ?? own.reasoning,
  };
  return disjointUsage(whole, {
    cacheApart: told.input !== null && told.input === own.inputWithoutCache,
    reasoningApart: told.output !== null && told.output === own.outputWithoutReasoning,
  });
}

/** `ai.prompt.messages` of a call, or the `{system, prompt, messages}` of a run. */
function inputMessages(attributes: Attributes): Message[] {
  const messages = text(attributes, 'ai.prompt.messages');
  if (messages !== null) return readMessages(messages, 'user');
  const prompt = text(attributes, 'ai.prompt');
  if (prompt === null) return readMessages(value(attributes, 'gen_ai.input.messages'), 'user');
  const fields = parseJson(prompt);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return readMessages(fields ?? prompt, 'user');
  }
  return [
    ...readMessages(fields.system ?? null, 'system'),
    ...readMessages(fields.messages ?? null, 'user'),
    ...readMessages(fields.prompt ?? null, 'user'),
  ];
}

/** The reply is spread over several attributes: together they are one message. */
function outputMessages(attributes: Attributes): Message[] {
  const parts: MessagePart[] = [];
  const reasoning = text(attributes, 'ai.response.reasoning');
  if (reasoning !== null) parts.push({ type: 'reasoning', text: reasoning });
  const reply = text(attributes, 'ai.response.text', 'ai.response.object');
  if (reply !== null) parts.push({ type: 'text', text: reply });
  const calls = parseJson(text(attributes, 'ai.response.toolCalls') ?? '');
  if (Array.isArray(calls)) parts.push(...calls.flatMap(toolCallOf));
  const transcript = parts.length === 0 ? text(attributes, 'ai.result.text') : null;
  if (transcript !== null) return [textMessage('assistant', transcript)];
  return parts.length === 0
    ? readMessages(value(attributes, 'gen_ai.output.messages'), 'assistant')
    : [message('assistant', parts)];
}
