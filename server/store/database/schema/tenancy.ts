import type { ColumnType, Generated } from 'kysely';

/** Written as an RFC 3339 string, read as a `Date`. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

export type Role = 'admin' | 'viewer' | 'support' | 'developer' | 'sysops' | 'executive';

/** A tenant. The one with `operator` runs the installation. */
interface WorkspaceTable {
  id: string;
  name: string;
  operator: boolean;
  created_at: Time;
}

/** Somebody who logs in. */
interface AccountTable {
  workspace_id: string;
  id: string;
  /** In lower case. */
  email: string;
  name: string;
  role: Role;
  /** What it is limited to; `null`: the whole workspace. */
  domains: string[] | null;
  /** Argon2id. */
  password_hash: string;
  /** Counts passwords and disablings: tokens of an earlier one have ended. */
  generation: Generated<number>;
  created_at: Time;
  disabled_at: NullableTime;
}

/** What follows from one login: its refresh tokens are one family. */
interface SessionTable {
  workspace_id: string;
  id: string;
  account_id: string;
  created_at: Time;
  /** When its newest refresh token ends. */
  expires_at: Time;
  ended_at: NullableTime;
}

/** A refresh token, used or not: a used one that comes again gives a thief away. */
interface RefreshTokenTable {
  workspace_id: string;
  hash: string;
  session_id: string;
  expires_at: Time;
  used_at: NullableTime;
}

/** A key for machines: `ingest` sends telemetry, `api` asks as a role. */
interface ApiKeyTable {
  workspace_id: string;
  id: string;
  kind: 'ingest' | 'api';
  name: string;
  /** Of an `api` key. */
  role: Role | null;
  /** What an `api` key is limited to; `null`: the whole workspace. */
  domains: string[] | null;
  /** What all that an `ingest` key sends belongs to; `null`: what each resource says. */
  domain: string | null;
  /** Whose all is that an `ingest` key sends, where the telemetry does not say. */
  team: string | null;
  hash: string;
  /** Of a secret that was generated; a chosen one shows nothing of itself. */
  last_four: string | null;
  /** Counts its secrets: what was minted with an earlier one ends with it. */
  generation: Generated<number>;
  /** When it got its current secret; `null`: that is its first. */
  rotated_at: NullableTime;
  /** The secret before, which holds until `previous_until`. */
  previous_hash: string | null;
  previous_last_four: string | null;
  previous_until: NullableTime;
  created_at: Time;
  creator_kind: 'account' | 'key' | 'system';
  creator_id: string | null;
  creator_name: string;
  last_used_at: NullableTime;
  /** Where from. */
  last_network: string | null;
  /** When it ends by itself; `null`: never. */
  expires_at: NullableTime;
  ended_at: NullableTime;
}

/** An answer that is given again when the same request comes again. */
interface IdempotencyKeyTable {
  workspace_id: string;
  caller_id: string;
  operation: string;
  key: string;
  body_hash: string;
  /** Sealed, for it may hold a token; `null` while the first request is at work. */
  answer: string | null;
  created_at: Time;
}

export interface TenancySchema {
  workspaces: WorkspaceTable;
  accounts: AccountTable;
  sessions: SessionTable;
  refresh_tokens: RefreshTokenTable;
  api_keys: ApiKeyTable;
  idempotency_keys: IdempotencyKeyTable;
}
