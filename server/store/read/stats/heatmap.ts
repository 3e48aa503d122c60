/** Tokens by hour of the week. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { periodOf, told, type StatsQuery } from '../../rollups/query.ts';
import { cellFigures, weekOf } from './week.ts';

export type StatsTokenHeatmap = Schemas['StatsTokenHeatmap'];

/** @throws PeriodError */
export async function tokenHeatmap(ws: WorkspaceTx, query: StatsQuery): Promise<StatsTokenHeatmap> {
  const period = await periodOf(ws, query);
  const { cells } = await weekOf(ws, period, query);
  return {
    period: told(period),
    cells: cells.map((cell, index) => ({
      weekday: Math.floor(index / 24) + 1,
      hour: index % 24,
      ...cellFigures(cell),
    })),
  };
}
