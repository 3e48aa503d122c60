/** Turns of conversations, as a client sends them that repeats all that was said before. */
import assert from 'node:assert/strict';
import { type Span, tracesBody } from '../../server/demo/otlp.ts';
import type { TestServer } from './server.ts';

/** Where turns are, unless they name a service. */
export const DOMAIN = 'app.example.com';

export interface Turn {
  /** What was said before, and now; the last is the user's. */
  said: [role: string, text: string][];
  answer?: string;
  at: number;
  conversation?: string;
  user?: string;
  model?: string;
  service?: string;
  error?: boolean;
  firstTokenSeconds?: number;
}

let traces = 0;

const written = (messages: [role: string, text: string][]): string =>
  JSON.stringify(messages.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })));

/** A model call alone, as a client sends it that repeats the whole conversation. */
function spanOf(turn: Turn): Span {
  traces++;
  return {
    traceId: traces.toString(16).padStart(32, '0'),
    spanId: traces.toString(16).padStart(16, '0'),
    name: 'chat',
    start: turn.at,
    end: turn.at + 2_000,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': turn.model ?? 'gpt-4o',
      'gen_ai.conversation.id': turn.conversation,
      'user.id': turn.user,
      'gen_ai.usage.input_tokens': 1_000,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.input.messages': written(turn.said),
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
