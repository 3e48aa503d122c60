/** How the questions of `stats.ts` reach rollups and rows: spans of time as a table to join. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Span } from '../period.ts';
import type { Grain } from '../schema/telemetry.ts';
import { decompose, type GrainLevel } from '../segments.ts';
import { time, unnest } from '../unnest.ts';

/** What a question is about: domains, or `null` for the whole workspace. */
export type Domains = readonly string[] | null;

/** A part of the span with this index that one grain answers, or the rows (`grain: 0`). */
export interface Piece extends Span {
  index: number;
  grain: Grain | 0;
}

/** @param levels coarsest first */
export function piecesOf(spans: readonly Span[], levels: readonly GrainLevel[]): Piece[] {
  return spans.flatMap((span, index) =>
    decompose(span, levels).map((segment) => ({ index, ...segment })),
  );
}

/** A grain's pieces as the table `p(index, since, until)`. */
function tableOf(pieces: readonly Piece[]): RawBuilder<unknown> {
  return unnest<Piece>(
    [
      ['index', 'integer', ({ index }) => index],
      ['since', 'timestamptz', ({ from }) => time(from)],
      ['until', 'timestamptz', ({ to }) => time(to)],
    ],
    pieces,
    'p',
  );
}

/**
 * For each piece, what `query` makes of it, all in one table with the piece's `index`. The query
 * is a lateral one: it reads one range of an index per piece, whatever the planner knows of the
 * tables. `p.since` and `p.until` are its bounds.
 * @returns `null` where there is no piece
 */
export function acrossPieces(
  pieces: readonly Piece[],
  query: (grain: Grain | 0) => RawBuilder<unknown>,
): RawBuilder<unknown> | null {
  if (pieces.length === 0) return null;
  const parts = [...Map.groupBy(pieces, ({ grain }) => grain)].map(
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
  const domain = domains === null ? sql`true` : sql`t.domain = any(${domains}::text[])`;
  return sql`${ws.of('t.workspace_id')} and ${time} >= p.since and ${time} < p.until and ${domain}`;
}
