import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import type {
  StatsOverview,
  StatsOverviewQuery,
  StatsTimeline,
  StatsTimelineQuery,
} from '../types.ts';
import { Resource } from './resource.ts';

/** Figures over a period. */
export class StatsResource extends Resource {
  /**
   * The figures of a period (the last 24 hours by default), and their change against the one before.
   *
   * @example
   * const { requests, cost, latencyMs, change } = await cb.stats.overview({ timeframe: '7d' });
   */
  overview(query: StatsOverviewQuery = {}, options: RequestOptions = {}): Call<StatsOverview> {
    return this.core.call('get', '/api/stats/overview', { params: { query } }, options);
  }

  /**
   * The figures of a period over time, oldest first; an interval without any has a point as well.
   *
   * @throws BadRequestError where the granularity makes more than 2,000 points.
   * @example
   * const { points } = await cb.stats.timeline({ timeframe: '7d', granularity: 'hour' });
   */
  timeline(query: StatsTimelineQuery = {}, options: RequestOptions = {}): Call<StatsTimeline> {
    return this.core.call('get', '/api/stats/timeline', { params: { query } }, options);
  }
}
