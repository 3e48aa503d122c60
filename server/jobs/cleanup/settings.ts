/** What an operator sets. */
export interface CleanupSettings {
  /** Whether it runs by itself and may delete; without it, dry runs on demand alone. */
  enabled: boolean;
  /** Whether every run only lists what it would delete. */
  dryRun: boolean;
  tmpDirTtlMinutes: number;
  previewBundleTtlHours: number;
  logRetentionDays: number;
}

/** How often it runs by itself, on the quarter hour. */
export const INTERVAL_MINUTES = 15;

/** Why a real run isn't possible, or `null`. */
export function refusalOf({ enabled, dryRun }: CleanupSettings): string | null {
  if (!enabled) return 'Cleanup is disabled (CLEANUP_ENABLED): only a dry run is possible.';
  if (dryRun) return 'Cleanup is set to dry runs (CLEANUP_DRY_RUN).';
  return null;
}

/** When the next run begins by itself; `null`: never. */
export function nextRunAt({ enabled }: CleanupSettings, now: number): Date | null {
  const interval = INTERVAL_MINUTES * 60_000;
  return enabled ? new Date((Math.floor(now / interval) + 1) * interval) : null;
}
