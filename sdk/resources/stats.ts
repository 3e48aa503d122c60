import type { Call } from '../core/call.ts';
import type { CallParams, CallResult, RequestOptions } from '../core/core.ts';
import { list, type ListOf } from '../core/pages.ts';
import type {
  paths,
  StatsCostsQuery,
  StatsDomain,
  StatsDomainQuery,
  StatsDomainsQuery,
  StatsErrorsQuery,
  StatsFlowQuery,
  StatsLatencyQuery,
  StatsModelComparison,
  StatsModelComparisonQuery,
  StatsModelsQuery,
  StatsOverview,
  StatsOverviewQuery,
  StatsPeaks,
  StatsPeaksQuery,
  StatsTimeline,
  StatsTimelineQuery,
  StatsTokenHeatmap,
  StatsTokenHeatmapQuery,
  StatsUsersQuery,
} from '../types.ts';
import { Resource } from './resource.ts';

/** The path after `/api/stats/`. */
type Name = { [P in keyof paths]: P extends `/api/stats/${infer N}` ? N : never }[keyof paths];

/**
 * Figures of a period: the last 24 hours by default.
 *
 * Live events of the topic `stats` carry the increments to the sums of `overview`, `timeline` and
 * `domain`. Fetch users, percentiles and all other statistics again after an event: they change only
 * with requests (`flow` and `domain` with executions too).
 */
export class StatsResource extends Resource {
  /**
   * The figures of a period and their change from the previous one, with the totals of today, this month
   * and all time.
   *
   * @example
   * const { requests, cost, change, totals } = await cb.stats.overview({ timeframe: '7d' });
   */
  overview(query: StatsOverviewQuery = {}, options: RequestOptions = {}): Call<StatsOverview> {
    return this.#get('overview', query, options);
  }

  /**
   * The figures of a period over time, oldest first, with a point for each interval. With `anomalies`,
   * unusual points as well.
   *
   * @throws BadRequestError if the granularity results in more than 2,000 points.
   * @example
   * const { points } = await cb.stats.timeline({ timeframe: '7d', granularity: 'hour' });
   * // A gap where nothing was recorded yet; draw `partial` intervals differently.
   * const values = points.map(({ noData, requests }) => (noData ? null : requests));
   *
   * @example
   * const { anomalies } = await cb.stats.timeline({ timeframe: '30d', anomalies: true });
   * for (const { at, metric, value, expected } of anomalies ?? []) print(at, metric, value, expected);
   */
  timeline(query: StatsTimelineQuery = {}, options: RequestOptions = {}): Call<StatsTimeline> {
    return this.#get('timeline', query, options);
  }

  /**
   * Usage by domain, most requests first, with the number of domains and of active ones. Like every list
   * of statistics: await it for a page, or iterate it for all entries.
   *
   * @example
   * const { data, count, active } = await cb.stats.domains({ timeframe: '7d', limit: 5 });
   */
  domains(
    query: StatsDomainsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/stats/domains'> {
    return list(this.core, '/api/stats/domains', query, options);
  }

  /**
   * One domain in detail: its figures with their change, over time and by model.
   *
   * @throws NotFoundError if it doesn't exist, or the token has no access to it.
   * @example
   * const { errorRate, points, models } = await cb.stats.domain(domain, { granularity: 'hour' });
   */
  domain(
    domain: string,
    query: StatsDomainQuery = {},
    options: RequestOptions = {},
  ): Call<StatsDomain> {
    const params = { params: { path: { domain }, query } };
    return this.core.call('get', '/api/stats/domains/{domain}', params, options);
  }

  /**
   * Usage by model, most requests first, each with its change from the previous period.
   *
   * @example
   * const { data, other } = await cb.stats.models({ timeframe: '30d', limit: 5 });
   * for (const { model, share } of data) print(model, share);
   */
  models(query: StatsModelsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/models'> {
    return list(this.core, '/api/stats/models', query, options);
  }

  /**
   * Models side by side: speed, cost and errors.
   *
   * @example
   * const { models } = await cb.stats.compareModels({ models: ['gpt-5', 'claude-sonnet-4-5'] });
   * for (const { model, cost } of models) print(model, cost.perMillionTokensUsd);
   */
  compareModels(
    query: StatsModelComparisonQuery,
    options: RequestOptions = {},
  ): Call<StatsModelComparison> {
    return this.#get('models/compare', query, options);
  }

  /**
   * Cost by model, domain, user, agent or team, highest first.
   *
   * @throws PermissionError for a breakdown by user, if the role isn't allowed to list users.
   * @example
   * const costs = cb.stats.costs({ timeframe: 'month', breakdown: 'agent' });
   * for await (const { label, cost, share } of costs) print(label, cost.usd, share);
   */
  costs(query: StatsCostsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/costs'> {
    return list(this.core, '/api/stats/costs', query, options);
  }

  /**
   * Tokens by hour of the week, in the time zone `timezone`.
   *
   * @example
   * const { cells } = await cb.stats.tokenHeatmap({ timeframe: '30d', timezone: 'Asia/Kolkata' });
   * const perHour = cells.map(({ hours, tokens }) => (hours > 0 ? tokens.total / hours : null));
   */
  tokenHeatmap(
    query: StatsTokenHeatmapQuery = {},
    options: RequestOptions = {},
  ): Call<StatsTokenHeatmap> {
    return this.#get('tokens/heatmap', query, options);
  }

  /**
   * Errors by type, in total and over time.
   *
   * @throws PermissionError for callers other than admins, support and executives.
   * @example
   * const { data, points } = await cb.stats.errors({ timeframe: '7d', granularity: 'day' });
   * const [mostFrequent] = data;
   * const ofTheMostFrequent = points.map(({ at, counts }) => [at, counts[0]]);
   */
  errors(query: StatsErrorsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/errors'> {
    return list(this.core, '/api/stats/errors', query, options);
  }

  /**
   * Usage by user: await the list for a page, or iterate it for all of them.
   *
   * @throws PermissionError for callers other than admins, support and executives.
   * @example
   * for await (const { user, cost } of cb.stats.users({ sort: 'cost' })) print(user, cost.usd);
   */
  users(query: StatsUsersQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/users'> {
    return list(this.core, '/api/stats/users', query, options);
  }

  /**
   * Usage by hour of the day and day of the week, and the busiest hours.
   *
   * @example
   * const { peak, busiest } = await cb.stats.peaks({ timeframe: '30d', timezone: 'Europe/Berlin' });
   */
  peaks(query: StatsPeaksQuery = {}, options: RequestOptions = {}): Call<StatsPeaks> {
    return this.#get('peaks', query, options);
  }

  /**
   * Percentiles of latency, by model and over time.
   *
   * @example
   * const { latencyMs, data, points } = await cb.stats.latency({ timeframe: '7d' });
   */
  latency(
    query: StatsLatencyQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/stats/latency'> {
    return list(this.core, '/api/stats/latency', query, options);
  }

  /**
   * Which agents call which models, tools and agents.
   *
   * @example
   * const { nodes, data } = await cb.stats.flow({ timeframe: '7d', limit: 200 });
   * for (const { source, target, calls } of data) print(source, target, calls);
   */
  flow(query: StatsFlowQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/flow'> {
    return list(this.core, '/api/stats/flow', query, options);
  }

  #get<N extends Name>(
    name: N,
    query: object,
    options: RequestOptions,
  ): Call<CallResult<'get', `/api/stats/${N}`>> {
    const params: unknown = { params: { query } };
    type Params = CallParams<'get', `/api/stats/${N}`>;
    return this.core.call('get', `/api/stats/${name}`, params as Params, options);
  }
}
