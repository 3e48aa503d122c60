import type { Message } from '../../model/message.ts';
import type { Attributes } from '../wire/model.ts';
import type { Note } from './attributes.ts';

/** What a reader of records knows beside the record itself. */
export interface Context {
  domain: string;
  /** The team of the ingest key, for telemetry that names none. */
  team: string | null;
  /** Epoch milliseconds at which the request came in. */
  receivedAt: number;
  resource: Attributes;
  scope: string;
  /** Tells the sender of something odd in the record that is being read. */
  note: Note;
  /** Where the bodies of messages go, by hash. */
  messages: Map<string, Message>;
  /** Characters of one text in a message. */
  textLimit: number;
}
