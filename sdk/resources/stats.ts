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

/** What comes after `/api/stats/`. */
type Name = { [P in keyof paths]: P extends `/api/stats/${infer N}` ? N : never }[keyof paths];

/**
 * Figures over a period: the last 24 hours where no other is asked for.
 *
 * Live events of the topic `stats` carry what they add to the sums of `overview`, `timeline` and
 * `domain`; its users and percentiles, and all other statistics, are to be asked for again after
 * one: they change with requests (`flow` and `domain` with executions too), and with nothing else.
 */
export class StatsResource extends Resource {
  /**
   * The figures of a period and their change against the one before; beside them what stands for
   * today, this month and all time.
   *
   * @example
   * const { requests, cost, change, totals } = await cb.stats.overview({ timeframe: '7d' });
   */
  overview(query: StatsOverviewQuery = {}, options: RequestOptions = {}): Call<StatsOverview> {
    return this.#get('overview', query, options);
  }

  /**
   * The figures of a period over time, oldest first; an interval without any has a point as well.
   * With `anomalies` also what is far from usual.
   *
   * @throws BadRequestError where the granularity makes more than 2,000 points.
   * @example
   * const { points } = await cb.stats.timeline({ timeframe: '7d', granularity: 'hour' });
   * // A gap where nothing was recorded yet; `partial` intervals are to be drawn apart.
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
   * The domains, busiest first: how many there are, how many were active, and what each did. Await it
   * for a page, iterate it for all, as all lists of statistics.
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
   * One domain in detail: its figures with their change, over time, and by model.
   *
   * @throws NotFoundError where there is none, or none that the token may see.
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
   * The models, the most used first, each with its change against the period before.
   *
   * @example
   * const { data, other } = await cb.stats.models({ timeframe: '30d', limit: 5 });
   * for (const { model, share } of data) print(model, share);
   */
  models(query: StatsModelsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/models'> {
    return list(this.core, '/api/stats/models', query, options);
  }

  /**
   * Some models side by side: how fast they are, what they cost, how often they fail.
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
   * What was spent, by model, domain, user, agent or team, the largest first.
   *
   * @throws PermissionError by user, for roles that may not list users.
   * @example
   * const costs = cb.stats.costs({ timeframe: 'month', breakdown: 'agent' });
   * for await (const { label, cost, share } of costs) print(label, cost.usd, share);
   */
  costs(query: StatsCostsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/costs'> {
    return list(this.core, '/api/stats/costs', query, options);
  }

  /**
   * Tokens by hour of the week, as the clock of `timezone` shows it.
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
   * Errors by type, in all and over time.
   *
   * @throws PermissionError for all but admins, support and executives.
   * @example
   * const { data, points } = await cb.stats.errors({ timeframe: '7d', granularity: 'day' });
   * const [mostFrequent] = data;
   * const ofTheMostFrequent = points.map(({ at, counts }) => [at, counts[0]]);
   */
  errors(query: StatsErrorsQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/errors'> {
    return list(this.core, '/api/stats/errors', query, options);
  }

  /**
   * The users of a period: await it for a page, iterate it for all.
   *
   * @throws PermissionError for all but admins, support and executives.
   * @example
   * for await (const { user, cost } of cb.stats.users({ sort: 'cost' })) print(user, cost.usd);
   */
  users(query: StatsUsersQuery = {}, options: RequestOptions = {}): ListOf<'/api/stats/users'> {
    return list(this.core, '/api/stats/users', query, options);
  }

  /**
   * When usage peaks: by hour of the day, by day of the week, and the busiest single hours.
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
