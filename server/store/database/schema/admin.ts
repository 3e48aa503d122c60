import type { ColumnType } from 'kysely';
import type { CliState, TransitionRecord } from '../../../model/session.ts';
import type { ErrorRecord, Severity } from '../../../model/error.ts';
import type { Convention } from '../../../model/observation.ts';
import type { Grain } from './rollups.ts';

/** Written as an RFC 3339 string, read as a `Date` of millisecond precision. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

/** One session of a coding agent's command line. */
export interface CliSessionTable {
  workspace_id: string;
  id: string;
  /** `SessionRecord.key`, unique in the workspace. */
  key: string;
  /** `null`: what it was derived from is gone, and it stays as it is. */
  scope: string | null;
  digest: string;
  family: Convention;
  version: string | null;
  domain: string;
  user_id: string | null;
  state: CliState;
  /** The states that it ever was in, each once, `IDLE` left out. */
  reached: CliState[];
  started_at: Time;
  last_event_at: Time;
  turns: number;
  requests: number;
  /** How many there are in `cli_transitions`. */
  transitions: number;
  /** The last few of them, so that a list needs no other table. */
  recent: ColumnType<TransitionRecord[], string, string>;
  /** When silence alone ends the turn. */
  due_at: NullableTime;
}

export interface CliTransitionTable {
  workspace_id: string;
  session_id: string;
  /** Counts those of the session. */
  place: number;
  at: Time;
  domain: string;
  from_state: CliState;
  to_state: CliState;
  event: string | null;
}

/**
 * Counts of sessions and their states.
 *
 * - `move`: transitions, by when they happened.
 * - `reached`: sessions that ever were in `to_state`, `last`: that are in it now; both by when the
 *   session began, and so `session`: all of them.
 */
export interface SessionSumTable {
  workspace_id: string;
  measure: 'move' | 'session' | 'reached' | 'last';
  grain: Grain;
  slot: Time;
  domain: string;
  /** Empty but for `move`. */
  from_state: string;
  to_state: string;
  n: number;
}

/** One thing that went wrong. */
export interface ErrorTable {
  workspace_id: string;
  id: string;
  /** `ErrorRecord.key`, unique in its scope. */
  key: string;
  /** `null`: what it was derived from is gone, and it stays as it is. */
  scope: string | null;
  digest: string;
  at: Time;
  severity: Severity;
  source: ErrorRecord['source'];
  type: string;
  message: string | null;
  /** Of its type and pattern: errors of one group have the same. */
  fingerprint: string;
  has_stack: boolean;
  family: Convention;
  domain: string;
  user_id: string | null;
  agent: string | null;
  provider: string | null;
  model: string | null;
  tool: string | null;
  conversation: string | null;
  execution_id: string | null;
  trace_id: string | null;
  span_id: string | null;
}

/** What only the reader of a single error wants. */
export interface ErrorStackTable {
  workspace_id: string;
  error_id: string;
  stack: string;
}

export interface ErrorGroupTable {
  workspace_id: string;
  fingerprint: string;
  type: string;
  /** The message without what differs from one time to the next. */
  pattern: string | null;
}

export interface ErrorGroupSumTable {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  severity: Severity;
  fingerprint: string;
  n: number;
}

/** When a provider of models was last heard of in a domain, by its calls. */
export interface ProviderCallTable {
  workspace_id: string;
  domain: string;
  provider: string;
  success_at: NullableTime;
  error_at: NullableTime;
  /** Of the request that failed last. */
  error_key: string | null;
  error_type: string | null;
  error_message: string | null;
}

/** How a replica's runs of a job went. Of the operator's workspace. */
export interface HeartbeatTable {
  workspace_id: string;
  job: string;
  replica: string;
  /** Of its last run. */
  ended_at: Time;
  success_at: NullableTime;
  error_at: NullableTime;
  /** What the run said that failed last. */
  error: string | null;
}

/** Refusals that are alike, counted by the minute. */
export interface SecurityEventTable {
  workspace_id: string;
  minute: Time;
  kind: 'login' | 'token';
  /** Such as `password` or `expired`. */
  reason: string;
  /** `account:<id>` or `key:<id>`; empty: nobody that is known. */
  subject: string;
  /** Empty: too many in that minute to tell them apart. */
  address: string;
  n: number;
  last_at: Time;
}

/** Since when an account logs in, or a key is used, from a network. */
export interface KnownAddressTable {
  workspace_id: string;
  subject: string;
  /** An IPv4 address, or the first 64 bits of an IPv6 one. */
  network: string;
  first_at: Time;
  last_at: Time;
  /** The hour for which the audit log was told last. */
  noted_at: Time;
}

export interface AdminSchema {
  cli_sessions: CliSessionTable;
  cli_transitions: CliTransitionTable;
  session_sums: SessionSumTable;
  errors: ErrorTable;
  error_stacks: ErrorStackTable;
  error_groups: ErrorGroupTable;
  error_group_sums: ErrorGroupSumTable;
  provider_calls: ProviderCallTable;
  heartbeats: HeartbeatTable;
  security_events: SecurityEventTable;
  known_addresses: KnownAddressTable;
}
