/** Tokens by hour of the week. */
import type { WorkspaceTx } from '../../database/database.ts';
import { periodOf, told, type PeriodTold, type StatsQuery } from '../../rollups/query.ts';
import { cellFigures, weekOf, type CellFigures } from './week.ts';

export interface StatsTokenHeatmap {
  period: PeriodTold;
  /** 168 of them, from Monday's first hour on; Monday is 1. */
  cells: (CellFigures & { weekday: number; hour: number })[];
}

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
