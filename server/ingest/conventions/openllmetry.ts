import type { ObservationData, ObservationKind } from '../../model/observation.ts';
import type { Attributes, WireSpan } from '../wire/model.ts';
import { firstName, name, number, text } from './attributes.ts';
import type { Context } from './context.ts';
import type { FamilyReader } from './convention.ts';
import { unflatten } from './flattened.ts';
import { GEN_AI_USAGE, genAiData, genAiKind } from './genai.ts';
import { keepMessages } from './keep.ts';
import { observeSpan } from './observe.ts';
import { askedIn, readMessages } from './parts.ts';
import { disjointUsage, readUsage, type ToldUsage, type UsageKeys } from './usage.ts';

/** Traceloop's OpenLLMetry: the conventions of their day, with names of its own around them. */
export const openllmetry: FamilyReader = {
  claimsSpan: ({ attributes }, { scope }) =>
    scope.startsWith('@traceloop/') ||
    ['traceloop.span.kind', 'traceloop.workflow.name', 'llm.request.type'].some((key) =>
      attributes.has(key),
    ),
  readSpan(span, context) {
    const kind = kindOf(span);
    if (kind === null) return null;
    const data = dataOf(span.attributes, kind, context);
    return observeSpan(span, context, { family: 'openllmetry', kind, data });
  },
};

/** The conventions' names, and those from before there were any. */
const USAGE: UsageKeys = {
  ...GEN_AI_USAGE,
  input: [...GEN_AI_USAGE.input, 'llm.usage.prompt_tokens'],
  cacheRead: [...GEN_AI_USAGE.cacheRead, 'llm.usage.cache_read_input_tokens'],
  cacheWrite: [...GEN_AI_USAGE.cacheWrite, 'llm.usage.cache_creation_input_tokens'],
  output: [...GEN_AI_USAGE.output, 'llm.usage.completion_tokens'],
  reasoning: [...GEN_AI_USAGE.reasoning, 'llm.usage.reasoning_tokens'],
};

function kindOf(span: WireSpan): ObservationKind | null {
  switch (name(span.attributes, 'traceloop.span.kind')?.toLowerCase()) {
    case 'workflow':
    case 'agent':
      return 'agent';
    case 'task':
      return genAiKind(span) === 'tool' ? 'tool' : 'step';
    case 'tool':
      return 'tool';
  }
  return genAiKind(span) ?? (span.attributes.has('llm.request.type') ? 'request' : null);
}

function dataOf(
  attributes: Attributes,
  kind: ObservationKind,
  context: Context,
): Partial<ObservationData> {
  const data = genAiData(attributes, kind, context);
  const flattened = (...prefixes: string[]) =>
    prefixes.map((prefix) => unflatten(attributes, prefix)).find((list) => list.length > 0) ?? [];
  const input = readMessages(flattened('gen_ai.prompt', 'llm.prompts'), 'user');
  const output = readMessages(flattened('gen_ai.completion', 'llm.completions'), 'assistant');
  const asked = askedIn(input) ?? text(attributes, 'traceloop.entity.input');
  const property = (key: string) => `traceloop.association.properties.${key}`;
  const isCall = kind === 'request';
  const entity = name(attributes, 'traceloop.entity.name');
  const workflow = kind === 'agent' ? null : name(attributes, 'traceloop.workflow.name');
  return {
    ...data,
    provider: data.provider ?? name(attributes, 'llm.vendor'),
    model: data.model ?? name(attributes, 'llm.response.model', 'llm.request.model'),
    user: data.user ?? name(attributes, property('user_id'), property('userId')),
    conversation:
      data.conversation ??
      name(
        attributes,
        property('session_id'),
        property('sessionId'),
        property('conversation_id'),
        property('thread_id'),
        property('chat_id'),
      ),
    agent: data.agent ?? (kind === 'agent' ? entity : null),
    tool: data.tool ?? (kind === 'tool' ? entity : null),
    finishReason: data.finishReason ?? firstName(attributes, 'gen_ai.completion.0.finish_reason'),
    usage: usageOf(attributes, context),
    ...(data.task == null && asked !== null ? { task: asked } : {}),
    inputMessages:
      input.length > 0 && isCall ? keepMessages(context, input) : (data.inputMessages ?? []),
    outputMessages:
      output.length > 0 && isCall ? keepMessages(context, output) : (data.outputMessages ?? []),
    extra: workflow !== null ? { inRun: true, workflow } : kind === 'step' ? { ambient: true } : {},
  };
}

function usageOf(attributes: Attributes, context: Context) {
  const told = readUsage(attributes, USAGE, context.note);
  const total = number(attributes, 'llm.usage.total_tokens', 'gen_ai.usage.total_tokens');
  return disjointUsage(told, { cacheApart: cacheIsApart(told, total, context.scope) });
}

/**
 * Whether `input` leaves the cache out. The total tells where it counts everything; else the
 * provider's own convention is passed on, which the scope's name gives away.
 */
function cacheIsApart(told: ToldUsage, total: number | null, scope: string): boolean {
  const cached = (told.cacheRead ?? 0) + (told.cacheWrite ?? 0);
  if (cached > 0 && total === (told.input ?? 0) + cached + (told.output ?? 0)) return true;
  return /^@traceloop\/instrumentation-(?:anthropic|bedrock)/.test(scope);
}
