/** Figures over a period, over time, and by what they are made of. */
import type { Store, WorkspaceTx } from '../database/database.ts';
import { costs } from './stats/costs.ts';
import { domainDetail, domainList } from './stats/domains.ts';
import { errors } from './stats/errors.ts';
import { flow } from './stats/flow.ts';
import { tokenHeatmap } from './stats/heatmap.ts';
import { latency } from './stats/latency.ts';
import { compareModels, models } from './stats/models.ts';
import { overview } from './stats/overview.ts';
import { peaks } from './stats/peaks.ts';
import { timeline } from './stats/timeline.ts';
import { userList } from './stats/user-list.ts';

/** Each statistic by the name of its operation; a period without sense is a `PeriodError`. */
const statistics = {
  overview,
  timeline,
  domains: domainList,
  domain: domainDetail,
  models,
  compareModels,
  costs,
  tokenHeatmap,
  errors,
  users: userList,
  peaks,
  latency,
  flow,
};

type Statistics = typeof statistics;
type Name = keyof Statistics;
type Rest<T> = T extends (ws: WorkspaceTx, ...rest: infer Arguments) => unknown ? Arguments : never;

/** The statistics of a workspace: `stats.overview(workspaceId, query)`. */
export type Stats = {
  [Each in Name]: (
    workspaceId: string,
    ...rest: Rest<Statistics[Each]>
  ) => ReturnType<Statistics[Each]>;
};

/** The statistics of a store; each answer is read in one snapshot. */
export function statsOf(store: Store): Stats {
  type Read = (ws: WorkspaceTx, ...rest: readonly unknown[]) => Promise<unknown>;
  const entries = Object.entries(statistics).map(([name, read]) => [
    name,
    (workspaceId: string, ...rest: readonly unknown[]) =>
      store.inSnapshot(workspaceId, (ws) => (read as Read)(ws, ...rest)),
  ]);
  return Object.fromEntries(entries) as Stats;
}
