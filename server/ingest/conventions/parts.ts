import type { Message, MessagePart } from '../../model/message.ts';
import type { AttributeValue } from '../wire/model.ts';
import { parseJson } from '../wire/text.ts';
import { cut } from './attributes.ts';

/**
 * One reader for the messages of all clients: the GenAI conventions, Vercel, OpenAI, Anthropic and
 * Gemini differ in names more than in meaning.
 */

type Fields = Record<string, AttributeValue>;
type Role = Message['role'];

const ROLES = new Map<string, Role>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['ai', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

/**
 * Messages as a client wrote them: an array, a single one, or JSON of either. Text that is no
 * JSON, such as a list that an exporter cut off, is one message.
 */
export function readMessages(value: AttributeValue, role: Role): Message[] {
  if (value === null) return [];
  if (typeof value === 'string') {
    const parsed = value === '' ? null : parseJson(value);
    return typeof parsed === 'object' ? readMessages(parsed, role) : [textMessage(role, value)];
  }
  if (!Array.isArray(value)) return isFields(value) ? [readMessage(value, role)] : [];
  return value.flatMap((item) => {
    if (isFields(item)) return [readMessage(item, role)];
    return typeof item === 'string' ? [textMessage(role, item)] : [];
  });
}

export function readMessage(fields: Fields, fallback: Role): Message {
  const role = ROLES.get(string(fields.role)?.toLowerCase() ?? '') ?? fallback;
  const toolCallId = string(fields.tool_call_id) ?? string(fields.toolCallId);
  const content = fields.parts ?? fields.contents ?? fields.content ?? null;
  const calls = Array.isArray(fields.tool_calls) ? fields.tool_calls : [];
  if (content === null && calls.length === 0) return { role, parts: null, length: null };
  const parts =
    role === 'tool' && toolCallId !== null
      ? [toolResult(toolCallId, string(fields.name), content)]
      : readParts(content);
  return message(role, [...parts, ...calls.flatMap((call) => toolCallOf(call))]);
}

export function readParts(content: AttributeValue): MessagePart[] {
  if (content === null) return [];
  if (typeof content === 'string') {
    // Anthropic's blocks come as JSON from some instrumentations.
    const blocks = content.startsWith('[{"') ? parseJson(content) : undefined;
    return Array.isArray(blocks) ? readParts(blocks) : [{ type: 'text', text: content }];
  }
  if (!Array.isArray(content)) return isFields(content) ? [readPart(content)] : [];
  return content.flatMap((part) => (isFields(part) ? [readPart(part)] : readParts(part)));
}

function readPart(part: Fields): MessagePart {
  const kind = string(part.type) ?? '';
  const text = string(part.text) ?? string(part.content) ?? string(part.thinking);
  switch (kind.replaceAll('-', '_')) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: text ?? '' };
    case 'reasoning':
    case 'thinking':
      return { type: 'reasoning', text: text ?? '' };
    case 'tool_call':
    case 'tool_use':
    case 'function':
    case 'function_call':
      return toolCallOf(part)[0] ?? { type: 'other', kind };
    case 'tool_call_response':
    case 'tool_result':
    case 'function_call_output': {
      const id = part.id ?? part.toolCallId ?? part.tool_use_id ?? part.call_id;
      const result = part.response ?? part.result ?? part.output ?? part.content;
      const name = string(part.name) ?? string(part.toolName);
      return toolResult(string(id), name, result ?? null);
    }
  }
  return readGeminiPart(part) ?? { type: 'other', kind: cut(kind === '' ? 'unknown' : kind, 100) };
}

/** Gemini's parts have no type: what they hold says what they are. */
function readGeminiPart(part: Fields): MessagePart | null {
  const { functionCall, functionResponse, text } = part;
  if (isFields(functionCall)) return toolCallOf(functionCall)[0] ?? null;
  if (isFields(functionResponse)) {
    const { id, name, response } = functionResponse;
    return toolResult(string(id), string(name), response ?? null);
  }
  if (typeof text !== 'string') return null;
  return { type: part.thought === true ? 'reasoning' : 'text', text };
}

/** A call of a tool in any client's names; an empty list where it has none. */
export function toolCallOf(call: AttributeValue): MessagePart[] {
  if (!isFields(call)) return [];
  const inner = isFields(call.function) ? call.function : call;
  const name = string(inner.name) ?? string(inner.toolName);
  if (name === null) return [];
  const id = string(call.id) ?? string(call.toolCallId) ?? string(call.call_id);
  const given = inner.arguments ?? inner.args ?? inner.input ?? null;
  return [{ type: 'tool_call', id, name, arguments: parsed(given) }];
}

function toolResult(id: string | null, name: string | null, result: AttributeValue): MessagePart {
  const wrapped = isFields(result) && 'value' in result && 'type' in result;
  const value = wrapped ? (result.value ?? null) : result;
  return { type: 'tool_result', id, name, result: parsed(value) };
}

/** JSON in a string is the same argument as the value itself. */
function parsed(value: AttributeValue): AttributeValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

export function textMessage(role: Role, text: string): Message {
  return message(role, [{ type: 'text', text }]);
}

/** A message that was sent without its content. */
export function redactedMessage(role: Role, length: number | null): Message {
  return { role, parts: null, length };
}

export function message(role: Role, parts: MessagePart[]): Message {
  const length = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0);
  return { role, parts, length };
}

/** The text of a message, without reasoning and tools. */
function textOf({ parts }: Message): string {
  const texts = parts?.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? [];
  return texts.join('\n');
}

/** What was asked: the text of the last message of a user. */
export function askedIn(messages: readonly Message[]): string | null {
  // Anthropic's results of tools are messages of the user without a text.
  const asked = messages.findLast((said) => said.role === 'user' && textOf(said) !== '');
  return asked ? textOf(asked) : null;
}

/** Whether a reply asks for tools, so that the run goes on. */
export function asksForTools(messages: readonly Message[]): boolean {
  return messages.some(({ parts }) => parts?.some(({ type }) => type === 'tool_call'));
}

function isFields(value: AttributeValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function string(value: AttributeValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
