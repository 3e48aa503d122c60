/** The telemetry of two workspaces with two domains each, which tells whose it is. */
import type { LogRecord, Resource, Span } from '../../server/demo/otlp.ts';

export type WorkspaceName = 'ours' | 'theirs' | 'strangers';

/** A domain of a workspace, with data of its own. */
export interface Cell {
  workspace: WorkspaceName;
  domain: string;
  /** Part of every text in its telemetry. */
  marker: string;
  /** Different powers of two: a sum tells what it is made of. */
  requests: number;
}

export const SHOP = 'shop.example.com';
export const DESK = 'desk.example.com';
export const LAB = 'lab.example.com';

export const cells: readonly Cell[] = [
  { workspace: 'ours', domain: SHOP, marker: 'ours-shop', requests: 1 },
  { workspace: 'ours', domain: DESK, marker: 'ours-desk', requests: 2 },
  // Of the same name as one of ours: knowing a domain opens nothing.
  { workspace: 'theirs', domain: SHOP, marker: 'theirs-shop', requests: 4 },
  { workspace: 'theirs', domain: LAB, marker: 'theirs-lab', requests: 8 },
];

export const INPUT_TOKENS = 1000;

export const requestsIn = (some: readonly Cell[]): number =>
  some.reduce((sum, { requests }) => sum + requests, 0);

/** A run of an agent in a cell. The same number is the same trace, whatever the workspace. */
export function runOf({ domain, marker }: Cell, number: number, at: number): Resource<Span> {
  const id = (digits: number, of: number): string => of.toString(16).padStart(digits, '0');
  const place = domain === SHOP ? 0x100 : 0x200;
  const traceId = id(32, place + number);
  const failed = number === 0;
  const span = (
    index: number,
    name: string,
    operation: string,
    more: Span['attributes'],
  ): Span => ({
    traceId,
    spanId: id(16, (place + number) * 16 + index),
    ...(index > 1 && { parentSpanId: id(16, (place + number) * 16 + 1) }),
    name,
    start: at,
    end: at + 1000,
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.conversation.id': `${marker}-conversation-${number}`,
      'user.id': `${marker}-user`,
      'cloudbrain.team': `${marker}-team`,
      ...more,
    },
    ...(failed && { error: ['timeout', `${marker} took too long`] as const }),
  });
  const asked = JSON.stringify([
    { role: 'user', parts: [{ type: 'text', content: `What of ${marker}?` }] },
  ]);
  const model = `${marker}-model`;
  const items = [
    span(1, 'invoke_agent', 'invoke_agent', {
      'gen_ai.agent.name': `${marker}-agent`,
      'gen_ai.input.messages': asked,
    }),
    span(2, `chat ${model}`, 'chat', {
      'gen_ai.provider.name': `${marker}-provider`,
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': INPUT_TOKENS,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.input.messages': asked,
    }),
    span(3, 'execute_tool', 'execute_tool', { 'gen_ai.tool.name': `${marker}-tool` }),
  ];
  return { service: domain, scope: 'test', items };
}

/** Errors that a cell's first run tells: of its call, and of its tool. */
export const ERRORS = 2;

/** A session of a command line in a cell, which has begun and nothing more. */
export function sessionOf(
  { domain, marker }: Cell,
  number: number,
  at: number,
): Resource<LogRecord> {
  const event = 'claude_code.auth';
  const attributes = {
    'event.name': 'auth',
    'session.id': `${marker}-session-${number}`,
    'user.email': `${marker}-user`,
  };
  const scope = 'com.anthropic.claude_code.events';
  return { service: domain, scope, items: [{ at, event, attributes }] };
}
