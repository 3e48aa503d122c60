/** Spans that name a user and what was said, part by part. */
import type { Span } from '../../server/demo/otlp.ts';

export interface Part {
  trace: number;
  span?: number;
  parent?: number;
  user?: string;
  /** Epoch ms. */
  at: number;
  said?: [role: string, text: string][];
  answer?: string;
  conversation?: string;
  /** The span's name; by default its operation. */
  name?: string;
  /** How long it took. */
  ms?: number;
  error?: string;
}

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');
const written = (messages: [role: string, text: string][]): string =>
  JSON.stringify(messages.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })));

function spanOf(operation: string, { trace, span = 1, parent, at, ...told }: Part): Span {
  return {
    traceId: hex(trace, 32),
    spanId: hex(span, 16),
    ...(parent !== undefined && { parentSpanId: hex(parent, 16) }),
    name: told.name ?? operation,
    start: at,
    end: at + (told.ms ?? 2_000),
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'openai',
      'gen_ai.conversation.id': told.conversation,
      'user.id': told.user,
      ...(told.said && { 'gen_ai.input.messages': written(told.said) }),
      ...(told.answer !== undefined && {
        'gen_ai.output.messages': written([['assistant', told.answer]]),
      }),
    },
    ...(told.error !== undefined && {
      error: ['Failure', told.error] as const,
      stack: `Failure: ${told.error}\n    at run (agent.ts:1:1)`,
    }),
  };
}

export function chat(part: Part): Span {
  const span = spanOf('chat', part);
  const usage = {
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 3,
  };
  return { ...span, attributes: { ...span.attributes, ...usage } };
}

export function agent(part: Part): Span {
  const span = spanOf('invoke_agent', part);
  return { ...span, attributes: { ...span.attributes, 'gen_ai.agent.name': 'bot' } };
}

export function tool(part: Part): Span {
  const span = spanOf('execute_tool', part);
  return { ...span, attributes: { ...span.attributes, 'gen_ai.tool.name': 'find' } };
}

/** A signal that ends after it was asked so often: an erasure asks before each chunk. */
export function chunks(count: number): AbortSignal {
  let left = count;
  const { signal } = new AbortController();
  Object.defineProperty(signal, 'aborted', { get: () => left-- <= 0 });
  return signal;
}
