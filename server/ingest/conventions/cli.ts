import type { Message } from '../../model/message.ts';
import type { Attributes } from '../wire/model.ts';
import { count, text } from './attributes.ts';
import type { Context } from './context.ts';
import { keepMessages } from './keep.ts';
import { redactedMessage, textMessage } from './parts.ts';

/** What stands for a text that the client keeps to itself. */
const REDACTED = /^\s*[[<]redacted[\]>]\s*$/i;

/** A text of a CLI's session with its length, which is told even where the text is not. */
export interface CliRecord {
  text: string | null;
  length: number | null;
  messages: string[];
}

/** Reads a prompt or a reply that may be redacted. */
export function readTold(
  attributes: Attributes,
  context: Context,
  role: Message['role'],
  textKey: string,
  lengthKey: string,
): CliRecord {
  const found = text(attributes, textKey);
  const length = count(attributes, context.note, lengthKey);
  if (found === null || REDACTED.test(found)) {
    const known = found !== null || length !== null;
    const message = redactedMessage(role, length);
    return { text: null, length, messages: known ? keepMessages(context, [message]) : [] };
  }
  const messages = keepMessages(context, [textMessage(role, found)]);
  return { text: found, length: length ?? found.length, messages };
}
