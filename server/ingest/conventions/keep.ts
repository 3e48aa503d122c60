import { messageHash } from '../../model/message-hash.ts';
import type { Message, MessagePart } from '../../model/message.ts';
import { cut } from './attributes.ts';
import type { Context } from './context.ts';

/**
 * Of one call: messages, the parts of a message, and the parts of all its messages. The latest ones
 * are kept: a conversation goes on from its end.
 */
const MESSAGES_LIMIT = 1_000;
const PARTS_LIMIT = 1_000;
const CALL_PARTS_LIMIT = 10_000;

/**
 * Puts messages among those of the batch, each once however many calls repeat it.
 * @returns their hashes, in order
 */
export function keepMessages(context: Context, list: readonly Message[]): string[] {
  const { messages, textLimit } = context;
  return latest(context, list).map((message) => {
    const id = messageHash(message);
    if (!messages.has(id)) messages.set(id, bounded(message, textLimit));
    return id;
  });
}

/** As many as are kept; the sender is told of the others. */
function latest({ note }: Context, list: readonly Message[]): Message[] {
  const kept: Message[] = [];
  let [parts, leftOut] = [0, 0];
  for (const message of list.slice(-MESSAGES_LIMIT).toReversed()) {
    const few = message.parts === null ? null : message.parts.slice(-PARTS_LIMIT);
    parts += few?.length ?? 0;
    if (parts > CALL_PARTS_LIMIT) break;
    leftOut += (message.parts?.length ?? 0) - (few?.length ?? 0);
    kept.push({ ...message, parts: few });
  }
  const dropped = list.length - kept.length;
  if (dropped > 0) note(`the first ${dropped} of ${list.length} messages were omitted`);
  if (leftOut > 0) note(`${leftOut} parts were omitted: the first parts of each message`);
  return kept.reverse();
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
