import type { ColumnType, Generated } from 'kysely';

/** Written as an RFC 3339 string, read as a `Date`. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

export type CleanupActionType = 'preview_bundle' | 'temp_dir' | 'object' | 'log';

export interface CleanupRunTable {
  workspace_id: string;
  id: string;
  state: 'queued' | 'running' | 'completed' | 'failed';
  dry_run: boolean;
  trigger: 'schedule' | 'manual';
  requested_at: Time;
  started_at: NullableTime;
  ended_at: NullableTime;
  /** How many of each type were deleted; in a dry run, would be. */
  preview_bundles: Generated<number>;
  temp_dirs: Generated<number>;
  objects: Generated<number>;
  logs: Generated<number>;
  /** Deletions that failed. */
  failed: Generated<number>;
  bytes: Generated<number>;
  error: string | null;
}

export interface CleanupActionTable {
  workspace_id: string;
  id: string;
  run_id: string;
  type: CleanupActionType;
  /** Below the data directory, with forward slashes. */
  path: string;
  size_bytes: number | null;
  reason: 'expired' | 'abandoned' | 'orphaned' | 'ttl_exceeded';
  /** `null`: about to be deleted. Written down before, so that no deletion goes unrecorded. */
  outcome: 'deleted' | 'would_delete' | 'failed' | null;
  error: string | null;
  at: Time;
}

/** What was ever deleted. */
export interface CleanupTotalTable {
  workspace_id: string;
  type: CleanupActionType;
  deleted: number;
  bytes: number;
}

/** A build of a preview. Its row is there before the first of its files. */
export interface PreviewJobTable {
  workspace_id: string;
  id: string;
  project_id: string;
  user_id: string | null;
  platform: string | null;
  status: 'queued' | 'building' | 'bundling' | 'uploading' | 'success' | 'failed';
  error: string | null;
  created_at: Time;
  completed_at: NullableTime;
}

export interface CleanupSchema {
  cleanup_runs: CleanupRunTable;
  cleanup_actions: CleanupActionTable;
  cleanup_totals: CleanupTotalTable;
  preview_jobs: PreviewJobTable;
}
