import type { ColumnType } from 'kysely';

/** Written as an RFC 3339 string, read as a `Date` of millisecond precision. */
type Time = ColumnType<Date, string, string>;
/** The transaction's time where it is left out. */
type GeneratedTime = ColumnType<Date, string | undefined, string>;

/**
 * What ties a request to its conversation: an id of its client's, its trace, or that it repeats
 * the messages of an earlier request.
 */
export type ConversationLink = 'client' | 'trace' | 'history';

export interface ConversationTable {
  workspace_id: string;
  /** The client's id; else `trace:<id>` or `request:<key>` of what began it. */
  key: string;
  /** Domain and user of its first request. */
  domain: string;
  user_id: string | null;
  link: ConversationLink;
  first_at: Time;
  first_key: string;
  /** When its last request began. */
  last_at: Time;
  /** When that was answered. */
  last_message_at: Time;
  requests: number;
  /** Requests that are here by their history. */
  linked: number;
  errors: number;
  input_tokens: number;
  /** Requests that told their input; the same for the output. */
  input_told: number;
  output_tokens: number;
  output_told: number;
  cost_usd: string;
  unpriced: number;
  /** Requests by model. */
  models: ColumnType<Record<string, number>, string, string>;
  /** Hidden since then. */
  deleted_at: ColumnType<Date | null, string | null, string | null>;
  /** What was said in it is gone; `null` where some is still, or again, there. */
  purged_at: ColumnType<Date | null, string | null, string | null>;
}

interface ConversationTagTable {
  workspace_id: string;
  domain: string;
  conversation: string;
  tag: string;
  set_at: GeneratedTime;
}

interface ConversationFavoriteTable {
  workspace_id: string;
  account_id: string;
  domain: string;
  conversation: string;
  set_at: GeneratedTime;
}

/** A request without an id of its client's, as what may continue another one. */
interface HistoryTable {
  workspace_id: string;
  /** The request's. */
  key: string;
  domain: string;
  /** `trace:<id>`, or `request:<key>` outside a trace: what has one conversation. */
  thread: string;
  started_at: Time;
  user_id: string | null;
  /** Of its marks: equal digests, equal marks. */
  marks_digest: string;
  /** Where its thread goes on from, and from which request; the same in the whole thread. */
  point: string | null;
  parent: string | null;
  conversation: string;
  branch: string | null;
  /** What its marks were made of is gone: they stay as they are, so that its thread stays tied. */
  purged: ColumnType<boolean, boolean | undefined, boolean>;
}

/** A place in a history: `p`, where a request has led to, or `b`, what it may go on from. */
interface HistoryMarkTable {
  workspace_id: string;
  hash: string;
  side: 'p' | 'b';
  /** The request's. */
  key: string;
  /** Counted from the end of its history: the smaller, the more of it fits. */
  depth: number;
  /** When the request began (`p`), or the first of its thread (`b`). */
  at: Time;
  user_id: string | null;
}

/** That a message is said in a conversation. */
interface MessagePlaceTable {
  workspace_id: string;
  hash: string;
  domain: string;
  conversation: string;
  first_at: Time;
}

/** What a message can be found by (see migration 0019); `words` is a `tsvector`. */
interface MessageSearchTable {
  workspace_id: string;
  hash: string;
  words: string;
  body: string;
}

export interface ConversationSchema {
  conversations: ConversationTable;
  conversation_tags: ConversationTagTable;
  conversation_favorites: ConversationFavoriteTable;
  histories: HistoryTable;
  history_marks: HistoryMarkTable;
  message_places: MessagePlaceTable;
  message_search: MessageSearchTable;
}
