import type { ColumnType, Generated } from 'kysely';
import type { ExecutionStatus, LinkRecord, StepRecord } from '../../../model/execution.ts';
import type { Convention, ObservationData, ObservationKind } from '../../../model/observation.ts';
import type { Message } from '../../../model/message.ts';
import type { ConversationLink } from './conversations.ts';
import type { RollupSchema } from './rollups.ts';

/** Written as an RFC 3339 string, read as a `Date` of millisecond precision. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;
/** The transaction's time where it is left out. */
type GeneratedTime = ColumnType<Date, string | undefined, string>;
/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;

/** One span or log record that matters: what everything else is derived from. */
export interface ObservationTable {
  workspace_id: string;
  key: string;
  /** What is read together: a CLI session, a trace, or the record alone. */
  scope: string;
  kind: ObservationKind;
  family: Convention;
  signal: 'span' | 'log';
  trace_id: string | null;
  span_id: string | null;
  session: string | null;
  domain: string;
  started_at: Time;
  ended_at: NullableTime;
  /** Without what is not known (see write/data.ts). */
  data: Json<Partial<ObservationData>>;
  received_at: GeneratedTime;
}

/** Which session of a family a trace belongs to, once any of its observations has named one. */
export interface TraceSessionTable {
  workspace_id: string;
  trace_id: string;
  family: Convention;
  session: string;
}

/** A scope whose observations are gone: what came of them stays, what is older comes too late. */
export interface SealedScopeTable {
  workspace_id: string;
  scope: string;
  until: Time;
  sealed_at: GeneratedTime;
}

/** One model call; partitioned by month of `started_at`. */
export interface RequestTable {
  workspace_id: string;
  started_at: Time;
  key: string;
  /** `null`: what it was derived from is gone, and it stays as it is. */
  scope: string | null;
  /** Of everything derived but the price: equal digests, equal rows. */
  digest: string;
  trace_id: string | null;
  span_id: string | null;
  domain: string;
  family: Convention;
  provider: string | null;
  model: string;
  agent: string | null;
  team: string | null;
  user_id: string | null;
  conversation: string | null;
  link: ConversationLink;
  /** `null`: the trunk of its conversation. */
  branch: string | null;
  execution_id: string | null;
  latency_ms: number | null;
  /** `bucketOf(latency_ms)`, so that rows and sketches count alike. */
  latency_bucket: number | null;
  first_token_ms: number | null;
  /** `bucketOf(first_token_ms)`. */
  first_token_bucket: number | null;
  uncached_input: number | null;
  cache_read: number | null;
  cache_write: number | null;
  output: number | null;
  reasoning: number | null;
  cost_usd: string | null;
  price_version: string | null;
  response_id: string | null;
  finish_reason: string | null;
  error_type: string | null;
  error_message: string | null;
  input_messages: Json<string[]>;
  output_messages: Json<string[]>;
  /** The outbox's id with which it came to its conversation, or what was said in it. */
  arrived: Generated<number>;
}

/** A price that stands before the price list; `*` in a name stands for any characters. */
export interface PriceOverrideTable {
  workspace_id: string;
  id: string;
  /** `null`: any. */
  provider: string | null;
  model: string;
  /** USD per million tokens. */
  input_per_million: number;
  output_per_million: number;
  /** `null`: as the input. */
  cache_read_per_million: number | null;
  cache_write_per_million: number | null;
  /** What is frozen on the row beside the cost. */
  version: string;
  /** Of two that fit, the later one is used. */
  set_at: GeneratedTime;
}

/** A message, once however many requests repeat it. */
export interface MessageBodyTable {
  workspace_id: string;
  hash: string;
  role: Message['role'];
  parts: ColumnType<Message['parts'], string | null, string | null>;
  length: number | null;
  /** To the day: when a request last carried it. */
  seen_at: Time;
}

/** When a user was first and last seen in a domain. */
export interface UserTable {
  workspace_id: string;
  user_id: string;
  domain: string;
  first_at: Time;
  last_at: Time;
}

/** One run of an agent. */
export interface ExecutionTable {
  workspace_id: string;
  id: string;
  /** `ExecutionRecord.key`, unique in its scope. */
  key: string;
  /** `null`: what it was derived from is gone, and it stays as it is. */
  scope: string | null;
  /** Of everything that a reader sees: equal digests, equal rows. */
  digest: string;
  trace_id: string | null;
  status: ExecutionStatus;
  domain: string;
  user_id: string | null;
  agent: string | null;
  model: string | null;
  conversation: string | null;
  started_at: Time;
  ended_at: NullableTime;
  last_event_at: Time;
  steps_done: number;
  steps_total: number | null;
  requests: number;
  /** `null` where none of its requests told its usage. */
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: string;
  unpriced: number;
  error_type: string | null;
  error_message: string | null;
  /** What its agents called. */
  links: Json<LinkRecord[]>;
}

/** What only the reader of a single execution wants. */
export interface ExecutionDetailTable {
  workspace_id: string;
  execution_id: string;
  task: string | null;
  task_length: number | null;
  steps: Json<StepRecord[]>;
  steps_truncated: boolean;
}

/** The outbox: what happened, in the order of `id` within a workspace. */
export interface LiveEventTable {
  workspace_id: string;
  /** Counts the workspace's own. */
  id: number;
  /** `null` where it is of the installation and not of a domain. */
  domain: string | null;
  topic: 'executions' | 'stats' | 'conversations' | 'cleanup' | 'sessions' | 'errors' | 'executive';
  payload: Json<unknown>;
  at: GeneratedTime;
}

export interface TelemetrySchema extends RollupSchema {
  observations: ObservationTable;
  trace_sessions: TraceSessionTable;
  sealed_scopes: SealedScopeTable;
  requests: RequestTable;
  price_overrides: PriceOverrideTable;
  message_bodies: MessageBodyTable;
  users: UserTable;
  executions: ExecutionTable;
  execution_details: ExecutionDetailTable;
  live_events: LiveEventTable;
}
