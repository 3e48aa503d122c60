import type { ColumnType } from 'kysely';

/** What somebody did that others may have to answer for; rows are only ever added. */
interface AuditTable {
  workspace_id: string;
  /** UUIDv7: ids sort by time. */
  id: string;
  at: ColumnType<Date, string, never>;
  /** Whose doing it was; `system`: of the service itself. */
  actor_kind: 'account' | 'key' | 'embed' | 'ingest' | 'system';
  actor_id: string | null;
  /** What the actor was called then. */
  actor_name: string;
  /** Such as `conversation.delete`. */
  action: string;
  /** What it was done to, in words that its reader knows. */
  target: string | null;
  details: ColumnType<Record<string, unknown>, string, never>;
  /** The address that it came from. */
  ip: string | null;
}

export interface AuditSchema {
  audit_log: AuditTable;
}
