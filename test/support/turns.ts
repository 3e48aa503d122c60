/** Turns of conversations, as a client sends them that repeats all that was said before. */
import assert from 'node:assert/strict';
import { type Span, tracesBody } from '../../server/demo/otlp.ts';
import type { TestServer } from './server.ts';

/** Where turns are, unless they name a service. */
export const DOMAIN = 'app.example.com';

export interface Turn {
  /** What was said before, and now; the last is the user's. */
  said?: [role: string, text: string][];
  answer?: string;
  at: number;
  conversation?: string;
  user?: string;
  model?: string;
  service?: string;
  error?: boolean;
  firstTokenSeconds?: number;
  /** How long it took; else 2 s. */
  ms?: number;
  /** Who asks the model; what that agent does as a whole where the operation is `invoke_agent`. */
  agent?: string;
  operation?: 'chat' | 'invoke_agent';
  /** Where it belongs; else it is a trace of its own. */
  trace?: number;
  span?: number;
  parent?: number;
}

let traces = 0;

const written = (messages: [role: string, text: string][]): string =>
  JSON.stringify(messages.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })));

export const traceIdOf = (trace: number): string => trace.toString(16).padStart(32, '0');
export const spanIdOf = (span: number): string => span.toString(16).padStart(16, '0');

/** A model call, alone or of an agent, as a client sends it that repeats the whole conversation. */
function spanOf(turn: Turn): Span {
  traces++;
  const { operation = 'chat', trace = traces, span = traces } = turn;
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(span),
    ...(turn.parent !== undefined && { parentSpanId: spanIdOf(turn.parent) }),
    name: operation,
    start: turn.at,
    end: turn.at + (turn.ms ?? 2_000),
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.agent.name': turn.agent,
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': operation === 'chat' ? (turn.model ?? 'gpt-4o') : undefined,
      'gen_ai.conversation.id': turn.conversation,
      'user.id': turn.user,
      'gen_ai.usage.input_tokens': operation === 'chat' ? 1_000 : undefined,
      'gen_ai.usage.output_tokens': operation === 'chat' ? 100 : undefined,
      'gen_ai.input.messages': turn.said && written(turn.said),
      ...(turn.firstTokenSeconds !== undefined && {
        'gen_ai.response.time_to_first_chunk': turn.firstTokenSeconds,
      }),
      ...(turn.answer !== undefined && {
        'gen_ai.output.messages': written([['assistant', turn.answer]]),
      }),
    },
    ...(turn.error && { error: ['rate_limit', 'Too many requests'] as const }),
  };
}

/** Sends them through the front door. */
export async function sendTurns(
  server: TestServer,
  token: string,
  turns: readonly Turn[],
): Promise<void> {
  const resources = turns.map((turn) => ({
    service: turn.service ?? DOMAIN,
    scope: 'test',
    items: [spanOf(turn)],
  }));
  const headers = { 'content-type': 'application/json' };
  const call = { token, headers, body: tracesBody(resources) };
  assert.equal((await server.call('/v1/traces', call)).status, 200);
}
