/**
 * The name of a message: by its role and content, so that each is kept once however many requests
 * repeat it. `u.` and 31 hex digits; the letter tells the role (capital: the content is not known),
 * and `~` with 8 more digits the reasoning, which clients leave out when they send it again.
 */
import { hash } from 'node:crypto';
import type { Message, MessagePart } from './message.ts';

const LETTERS: Record<Message['role'], string> = {
  system: 's',
  user: 'u',
  assistant: 'a',
  tool: 't',
};

type Role = Message['role'];

const ROLES = new Map(
  Object.entries(LETTERS).map(([role, letter]) => [letter, role as Role] as const),
);

export function messageHash({ role, parts, length }: Message): string {
  const isReasoning = ({ type }: MessagePart): boolean => type === 'reasoning';
  const letter = LETTERS[isToolResult(parts) ? 'tool' : role];
  if (parts === null) return `${letter.toUpperCase()}.${digest([role, length]).slice(0, 31)}`;
  const said = parts.filter((part) => !isReasoning(part)).map(withSortedKeys);
  const name = `${letter}.${digest([role, said]).slice(0, 31)}`;
  const reasoning = parts.filter(isReasoning);
  return reasoning.length === 0 ? name : `${name}~${digest(reasoning).slice(0, 8)}`;
}

/** What a message's name tells; `null` for one that was made before names told anything. */
export function readHash(name: string): { role: Role; redacted: boolean } | null {
  if (name[1] !== '.') return null;
  const letter = name.slice(0, 1);
  const role = ROLES.get(letter.toLowerCase());
  return role ? { role, redacted: letter !== letter.toLowerCase() } : null;
}

/** The name that the message has when it is sent again. */
export const repeatedAs = (name: string): string => name.split('~', 1)[0] ?? name;

/** Anthropic's results of tools are messages of the user. */
const isToolResult = (parts: Message['parts']): boolean =>
  parts !== null && parts.length > 0 && parts.every(({ type }) => type === 'tool_result');

const digest = (value: unknown): string => hash('sha256', JSON.stringify(value), 'hex');

/** Parts are made in one order; what tools take and give comes in any. */
function withSortedKeys(part: MessagePart): MessagePart {
  switch (part.type) {
    case 'tool_call':
      return { ...part, arguments: sorted(part.arguments) };
    case 'tool_result':
      return { ...part, result: sorted(part.result) };
    default:
      return part;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
