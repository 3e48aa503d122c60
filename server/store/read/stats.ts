/** Figures over a period, over time, and by what they are made of. */
import type { Store } from '../database/database.ts';
import { costs, type StatsCosts } from './stats/costs.ts';
import { domainDetail, domainList, type StatsDomain, type StatsDomains } from './stats/domains.ts';
import { errors, type StatsErrors } from './stats/errors.ts';
import { flow, type StatsFlow } from './stats/flow.ts';
import { tokenHeatmap, type StatsTokenHeatmap } from './stats/heatmap.ts';
import { latency, type StatsLatency } from './stats/latency.ts';
import {
  compareModels,
  models,
  type StatsModelComparison,
  type StatsModels,
} from './stats/models.ts';
import { overview, type StatsOverview } from './stats/overview.ts';
import { peaks, type StatsPeaks } from './stats/peaks.ts';
import type { StatsQuery, TimelineQuery, TopQuery } from '../rollups/query.ts';
import { timeline, type StatsTimeline } from './stats/timeline.ts';
import type { Breakdown } from '../rollups/usage.ts';
import { userList, type UserPage, type UserPosition, type UserSort } from './stats/user-list.ts';

export type { StatsQuery } from '../rollups/query.ts';

/** Each question throws a `PeriodError` where its period, or granularity, makes no sense. */
export class StatsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The figures of a period, and their change against the one just before. */
  overview(workspaceId: string, query: StatsQuery): Promise<StatsOverview> {
    return this.#store.inSnapshot(workspaceId, (ws) => overview(ws, query));
  }

  /** The figures of every interval of a period, oldest first. */
  timeline(
    workspaceId: string,
    query: TimelineQuery & { anomalies?: boolean | undefined },
  ): Promise<StatsTimeline> {
    return this.#store.inSnapshot(workspaceId, (ws) => timeline(ws, query));
  }

  /** The domains, busiest first. */
  domains(workspaceId: string, query: TopQuery): Promise<StatsDomains> {
    return this.#store.inSnapshot(workspaceId, (ws) => domainList(ws, query));
  }

  /** One domain in detail; `null` where it has never sent anything. */
  domain(
    workspaceId: string,
    domain: string,
    query: Omit<TimelineQuery, 'domains'>,
  ): Promise<StatsDomain | null> {
    return this.#store.inSnapshot(workspaceId, (ws) => domainDetail(ws, domain, query));
  }

  /** The models, the most used first. */
  models(workspaceId: string, query: TopQuery): Promise<StatsModels> {
    return this.#store.inSnapshot(workspaceId, (ws) => models(ws, query));
  }

  /** Some models side by side. */
  compareModels(
    workspaceId: string,
    query: StatsQuery & { models: readonly string[] },
  ): Promise<StatsModelComparison> {
    return this.#store.inSnapshot(workspaceId, (ws) => compareModels(ws, query));
  }

  /** What was spent, by one of several breakdowns. */
  costs(workspaceId: string, query: TopQuery & { breakdown: Breakdown }): Promise<StatsCosts> {
    return this.#store.inSnapshot(workspaceId, (ws) => costs(ws, query));
  }

  /** Tokens by hour of the week. */
  tokenHeatmap(workspaceId: string, query: StatsQuery): Promise<StatsTokenHeatmap> {
    return this.#store.inSnapshot(workspaceId, (ws) => tokenHeatmap(ws, query));
  }

  /** Errors by type, over time. */
  errors(
    workspaceId: string,
    query: TimelineQuery & { model?: string | undefined; limit: number },
  ): Promise<StatsErrors> {
    return this.#store.inSnapshot(workspaceId, (ws) => errors(ws, query));
  }

  /** The users of a period. */
  users(
    workspaceId: string,
    query: StatsQuery & { sort: UserSort },
    page: { after: UserPosition | null; limit: number },
  ): Promise<UserPage> {
    return this.#store.inSnapshot(workspaceId, (ws) => userList(ws, query, page));
  }

  /** When usage peaks. */
  peaks(workspaceId: string, query: StatsQuery): Promise<StatsPeaks> {
    return this.#store.inSnapshot(workspaceId, (ws) => peaks(ws, query));
  }

  /** Latency by model, and over time. */
  latency(workspaceId: string, query: TimelineQuery & { limit: number }): Promise<StatsLatency> {
    return this.#store.inSnapshot(workspaceId, (ws) => latency(ws, query));
  }

  /** What calls what. */
  flow(workspaceId: string, query: TopQuery): Promise<StatsFlow> {
    return this.#store.inSnapshot(workspaceId, (ws) => flow(ws, query));
  }
}
