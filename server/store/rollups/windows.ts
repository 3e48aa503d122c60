/** How the questions of `stats.ts` reach rollups and rows: spans of time as a table to join. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Span } from '../time/period.ts';
import type { Grain } from '../database/schema/rollups.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import { decompose, type GrainLevel } from '../time/segments.ts';
import { time, unnest } from '../database/batch-columns.ts';

/** What a question is about: domains, or `null` for the whole workspace. */
export type Domains = readonly string[] | null;

/** A condition for the domains of a question; of no domain at all where the list is empty. */
export const isAmong = (domains: Domains, column = 'domain'): RawBuilder<boolean> =>
  domains === null
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(column)} = any(${domains}::text[])`;

/** Of sums that are kept for good in every grain. */
export const LEVELS: readonly GrainLevel[] = [
  { grain: 1440, floor: -Infinity },
  { grain: 60, floor: -Infinity },
  { grain: 15, floor: -Infinity },
];

/** Of sums by user, agent, team and link: by the hour for a while, and then by the day. */
export const hourlyLevels = (floors: RetentionFloors | null): readonly GrainLevel[] => [
  { grain: 1440, floor: -Infinity },
  { grain: 60, floor: floors?.hour ?? -Infinity },
];

/** Whether a piece needs rows that are gone, where there were any. */
export const isGone = ({ grain, from }: RollupWindow, floors: RetentionFloors | null): boolean =>
  grain === 0 && from < (floors?.rows ?? -Infinity);

/** A part of the span with this index that one grain answers, or the rows (`grain: 0`). */
export interface RollupWindow extends Span {
  index: number;
  grain: Grain | 0;
}

/** @param levels coarsest first */
export function rollupWindows(
  spans: readonly Span[],
  levels: readonly GrainLevel[],
): RollupWindow[] {
  return spans.flatMap((span, index) =>
    decompose(span, levels).map((segment) => ({ index, ...segment })),
  );
}

/** A grain's pieces as the table `p(index, since, until)`. */
function tableOf(windows: readonly RollupWindow[]): RawBuilder<unknown> {
  return unnest<RollupWindow>(
    [
      ['index', 'integer', ({ index }) => index],
      ['since', 'timestamptz', ({ from }) => time(from)],
      ['until', 'timestamptz', ({ to }) => time(to)],
    ],
    windows,
    'p',
  );
}

/**
 * For each piece, what `query` makes of it, all in one table with the piece's `index`. The query
 * is a lateral one: it reads one range of an index per piece, whatever the planner knows of the
 * tables. `p.since` and `p.until` are its bounds.
 * @returns `null` where there is no piece
 */
export function acrossWindows(
  windows: readonly RollupWindow[],
  query: (grain: Grain | 0) => RawBuilder<unknown>,
): RawBuilder<unknown> | null {
  if (windows.length === 0) return null;
  const parts = [...Map.groupBy(windows, ({ grain }) => grain)].map(
    ([grain, ofGrain]) => sql`
      select p.index, x.* from ${tableOf(ofGrain)} cross join lateral (${query(grain)}) x`,
  );
  return sql.join(parts, sql` union all `);
}

/** The rows of a table that a piece and the question's domains are about. */
export function within(
  ws: WorkspaceTx,
  domains: Domains,
  column: 'slot' | 'started_at' | 'first_at' | 'at',
): RawBuilder<unknown> {
  const time = sql.ref(`t.${column}`);
  return sql`${ws.of('t.workspace_id')} and ${time} >= p.since and ${time} < p.until
    and ${isAmong(domains, 't.domain')}`;
}
