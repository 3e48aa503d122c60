import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

/** The key of a workspace's hashes of erased users; made with the first of them, never changed. */
interface ErasureKeyTable {
  workspace_id: string;
  /** 32 random bytes, base64url. */
  key: string;
}

/** A user that was erased, or is being erased. */
interface UserErasureTable {
  workspace_id: string;
  id: string;
  /** A keyed hash of the name (see write/erasure/tombstones.ts). */
  user_hash: string;
  /** The name, only for as long as rows with it are looked for. */
  user_id: string | null;
  /** The step that is next; see write/erasure/steps.ts. */
  step: Generated<number>;
  /** Where in its table the step is. */
  position: Generated<string>;
  conversations: Generated<number>;
  requests: Generated<number>;
  requested_at: Time;
  ended_at: NullableTime;
}

export interface ErasureSchema {
  erasure_keys: ErasureKeyTable;
  user_erasures: UserErasureTable;
}
