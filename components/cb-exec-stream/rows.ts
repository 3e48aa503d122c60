import type { Execution } from '@cloudbrain/sdk';

/** The end of an id: a UUIDv7 starts with the time, which is similar in all rows. */
export const shortId = (id: string): string => `exec-${id.slice(-6)}`;

/** Milliseconds an execution has taken, until `now` while it runs. Never below 0. */
export function elapsedMs(execution: Execution, now: number): number {
  return execution.durationMs ?? Math.max(0, now - Date.parse(execution.startedAt));
}

/**
 * How many rows were added above the known ones. Older rows added below don't count.
 *
 * @param known ids of the rows before
 */
export function countNew(rows: readonly Execution[], known: ReadonlySet<string>): number {
  const last = rows.findLastIndex(({ id }) => known.has(id));
  const above = last < 0 ? rows : rows.slice(0, last);
  return above.filter(({ id }) => !known.has(id)).length;
}
