import type { Message } from '../../model/message.ts';
import type { ObservationData, ObservationKind } from '../../model/observation.ts';
import type { Attributes, AttributeValue } from '../wire/model.ts';
import { parseJson } from '../wire/text.ts';
import { name, text } from './attributes.ts';
import type { Context } from './context.ts';
import type { FamilyReader } from './convention.ts';
import { unflatten } from './flattened.ts';
import { keepMessages } from './keep.ts';
import { observeSpan } from './observe.ts';
import { askedIn, readMessage, textMessage } from './parts.ts';
import { disjointUsage, readUsage, type UsageKeys } from './usage.ts';

/** Arize's OpenInference: everything is told by `openinference.span.kind` and flattened lists. */
export const openinference: FamilyReader = {
  claimsSpan: ({ attributes }) => attributes.has('openinference.span.kind'),
  readSpan(span, context) {
    const spanKind = name(span.attributes, 'openinference.span.kind')?.toUpperCase() ?? '';
    const kind = KINDS.get(spanKind);
    if (kind === undefined) return null;
    const data = dataOf(span.attributes, kind, context);
    const extra = AMBIENT.has(spanKind)
      ? { ambient: true }
      : spanKind === 'CHAIN'
        ? { chain: true }
        : {};
    return observeSpan(span, context, {
      family: 'openinference',
      kind,
      data: { ...data, event: spanKind, extra },
    });
  },
};

const KINDS = new Map<string, ObservationKind>([
  ['LLM', 'request'],
  ['EMBEDDING', 'request'],
  ['AGENT', 'agent'],
  ['CHAIN', 'agent'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'tool'],
  ['RERANKER', 'tool'],
]);

/** Part of a run where there is one, but they happen outside of runs as well. */
const AMBIENT = new Set(['RETRIEVER', 'RERANKER']);

const USAGE: UsageKeys = {
  input: ['llm.token_count.prompt'],
  cacheRead: [
    'llm.token_count.prompt_details.cache_read',
    'llm.token_count.prompt_details.cache_input',
  ],
  cacheWrite: ['llm.token_count.prompt_details.cache_write'],
  output: ['llm.token_count.completion'],
  reasoning: ['llm.token_count.completion_details.reasoning'],
};

function dataOf(
  attributes: Attributes,
  kind: ObservationKind,
  context: Context,
): Partial<ObservationData> {
  const input = flattenedMessages(attributes, 'llm.input_messages', 'user');
  const asked = askedIn(input) ?? askedByValue(text(attributes, 'input.value'));
  const isCall = kind === 'request';
  const output = isCall ? flattenedMessages(attributes, 'llm.output_messages', 'assistant') : [];
  return {
    user: name(attributes, 'user.id'),
    conversation: name(attributes, 'session.id'),
    agent: name(attributes, 'agent.name', 'graph.node.id'),
    provider: name(attributes, 'llm.provider', 'llm.system'),
    model: name(
      attributes,
      'llm.response.model_name',
      'llm.model_name',
      'llm.request.model_name',
      'embedding.model_name',
      'reranker.model_name',
    ),
    tool: name(attributes, 'tool.name'),
    responseId: name(attributes, 'llm.response.id'),
    usage: disjointUsage(readUsage(attributes, USAGE, context.note)),
    finishReason: name(attributes, 'llm.finish_reason'),
    ...(asked === null ? {} : { task: asked }),
    inputMessages: isCall ? keepMessages(context, withInstructions(attributes, input)) : [],
    outputMessages: keepMessages(context, output),
  };
}

/** Anthropic's system prompt stands beside the messages, in the parameters of the call. */
function withInstructions(attributes: Attributes, input: Message[]): Message[] {
  if (input.length === 0 || input.some(({ role }) => role === 'system')) return input;
  const parameters = field(
    parseJson(text(attributes, 'llm.invocation_parameters') ?? ''),
    'system',
  );
  return typeof parameters === 'string' && parameters !== ''
    ? [textMessage('system', parameters), ...input]
    : input;
}

function flattenedMessages(
  attributes: Attributes,
  prefix: string,
  role: Message['role'],
): Message[] {
  return unflatten(attributes, prefix).flatMap((item) => {
    const message = field(item, 'message');
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return [];
    const contents = unwrapped(message.contents, 'message_content');
    const calls = unwrapped(message.tool_calls, 'tool_call');
    return [
      readMessage(
        {
          ...message,
          content: contents.length > 0 ? contents : (message.content ?? null),
          contents: null,
          tool_calls: calls,
        },
        role,
      ),
    ];
  });
}

function unwrapped(list: AttributeValue | undefined, key: string): AttributeValue[] {
  return Array.isArray(list) ? list.map((item) => field(item, key) ?? item) : [];
}

/** `input.value` is a plain text, or JSON in which the question may be found. */
function askedByValue(input: string | null): string | null {
  if (input === null) return null;
  const parsed = parseJson(input);
  for (const key of ['input', 'question', 'query', 'prompt']) {
    const asked = field(parsed, key);
    if (typeof asked === 'string' && asked !== '') return asked;
  }
  return input;
}

function field(value: AttributeValue | undefined, key: string): AttributeValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value[key] ?? null;
}
