import { messageHash } from '../../model/message-hash.ts';
import type { Message, MessagePart } from '../../model/message.ts';
import { cut } from './attributes.ts';
import type { Context } from './context.ts';

/** Messages of one call that are kept: the latest ones. */
const MESSAGES_LIMIT = 1_000;

/**
 * Puts messages among those of the batch, each once however many calls repeat it.
 * @returns their hashes, in order
 */
export function keepMessages({ messages, textLimit }: Context, list: readonly Message[]): string[] {
  return list.slice(-MESSAGES_LIMIT).map((message) => {
    const id = messageHash(message);
    if (!messages.has(id)) messages.set(id, bounded(message, textLimit));
    return id;
  });
}

/** `length` stays that of the whole text. */
function bounded(message: Message, limit: number): Message {
  return { ...message, parts: message.parts?.map((part) => boundedPart(part, limit)) ?? null };
}

function boundedPart(part: MessagePart, limit: number): MessagePart {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...part, text: cut(part.text, limit) };
    case 'tool_call':
      return { ...part, name: cut(part.name, 200), arguments: boundedJson(part.arguments, limit) };
    case 'tool_result':
      return { ...part, result: boundedJson(part.result, limit) };
    case 'other':
      return part;
  }
}

/** A value that is too large becomes the beginning of its JSON. */
function boundedJson(value: unknown, limit: number): unknown {
  const json = JSON.stringify(value);
  return json.length <= limit ? value : cut(json, limit);
}
