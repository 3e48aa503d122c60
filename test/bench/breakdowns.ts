/** The statistics beside overview and timeline: the same questions to the rollups and to the rows. */
import type { WorkspaceTx } from '../../server/store/database/database.ts';
import { before, type Span } from '../../server/store/time/period.ts';
import type { UsageFigures } from '../../server/store/read/stats/figures.ts';
import type { Stats } from '../../server/store/read/stats.ts';
import { DAY } from '../../server/store/time/zones.ts';
import { told } from '../support/stats-lists.ts';
import { DAYS, DOMAINS, type History } from './history.ts';
import {
  FIRST_TOKEN,
  rawCosts,
  rawDomains,
  rawErrors,
  rawFlow,
  rawHeatmap,
  rawLatency,
  rawModels,
  rawPeaks,
  rawSeasons,
  rawUsers,
  type RawEntry,
} from './raw-breakdowns.ts';
import { rawOverview, rawTimeline } from './raw.ts';

/** What a statistic tells, from the rollups and from the rows, in any order. */
export interface Breakdown {
  name: string;
  rollups: () => Promise<RawEntry[]>;
  rows: (ws: WorkspaceTx) => Promise<RawEntry[]>;
}

type Latency = Record<'p50' | 'p95' | 'p99', number | null>;

const usageOf = ({ requests, errors, tokens, cost }: UsageFigures) => ({
  requests,
  errors,
  input: tokens.input,
  output: tokens.output,
  cost: cost.usd,
  unpriced: cost.unpricedRequests,
});
const latenciesOf = ({ p50, p95, p99 }: Latency): number[] => [p50, p95, p99].map(Number);

/** Where the days begin that are asked about: not where the rollups' do. */
export const TIMEZONE = 'Europe/Berlin';

export function* breakdowns(
  stats: Stats,
  { workspaceId: id, until: now }: History,
): Generator<Breakdown> {
  const span: Span = { from: now - DAYS * DAY, to: now };
  const query = { domains: null, now, timeframe: '90d', timezone: TIMEZONE, limit: 20 } as const;
  const lists = told(stats);

  yield {
    name: 'timeline by day with anomalies, 30 days',
    rollups: async () => {
      const asked = { ...query, timeframe: '30d', granularity: 'day', anomalies: true } as const;
      const { points } = await stats.timeline(id, asked);
      return points.map((point) => ({ label: point.at, requests: point.requests }));
    },
    rows: async (ws) => {
      const month = { from: now - 30 * DAY, to: now };
      await rawSeasons(ws, month, TIMEZONE);
      const found = await rawTimeline(ws, month, null, TIMEZONE);
      return [...found].map(([label, { requests = 0 }]) => ({ label, requests }));
    },
  };
  yield {
    name: 'domains',
    rollups: async () =>
      (await lists.domains(id, query)).data.map(({ domain, users, latencyMs, ...it }) => ({
        label: domain,
        ...usageOf(it),
        latencies: latenciesOf(latencyMs),
        users: users.active,
        at: it.lastRequestAt ?? '',
      })),
    rows: (ws) => rawDomains(ws, span),
  };
  yield {
    name: 'one domain, by day',
    rollups: async () => {
      const { domains: _all, ...asked } = query;
      const told = await stats.domain(id, DOMAINS[0], { ...asked, granularity: 'day' });
      return told ? [{ label: told.domain, ...usageOf(told), users: told.users.active }] : [];
    },
    rows: async (ws) => {
      const domains = DOMAINS.slice(0, 1);
      const [figures] = await rawOverview(ws, [span, before(span)], domains);
      await rawTimeline(ws, span, domains, TIMEZONE);
      for (const each of [span, before(span)]) await rawModels(ws, each);
      if (!figures) return [];
      const { requests, errors, input, output, cost, unpriced, users } = figures;
      const usage = { requests, errors, input, output, cost, unpriced };
      return [{ label: DOMAINS[0], ...usage, users }];
    },
  };
  yield {
    name: 'models, against the period before',
    rollups: async () =>
      (await lists.models(id, query)).data.map(({ model, latencyMs, ...it }) => ({
        label: model,
        ...usageOf(it),
        latencies: latenciesOf(latencyMs),
      })),
    rows: async (ws) => {
      await rawModels(ws, before(span));
      return rawModels(ws, span);
    },
  };
  const some = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'gemini-2.5-flash'];
  yield {
    name: 'five models compared',
    rollups: async () =>
      (await stats.compareModels(id, { ...query, models: some })).models.map(
        ({ model, latencyMs, timeToFirstTokenMs, ...it }) => ({
          label: model,
          ...usageOf(it),
          latencies: [...latenciesOf(latencyMs), ...latenciesOf(timeToFirstTokenMs)],
        }),
      ),
    rows: async (ws) => {
      const models = await rawModels(ws, span, FIRST_TOKEN);
      return models.map((model) => {
        const { first = [] } = model as RawEntry & { first?: number[] };
        return { ...model, latencies: [...(model.latencies ?? []), ...first] };
      });
    },
  };
  for (const [breakdown, column] of [
    ['user', 'user_id'],
    ['agent', 'agent'],
    ['team', 'team'],
  ] as const) {
    yield {
      name: `costs by ${breakdown}`,
      rollups: async () =>
        (await lists.costs(id, { ...query, breakdown })).data.map(({ label, ...it }) => ({
          label,
          ...usageOf(it),
        })),
      rows: (ws) => rawCosts(ws, span, column),
    };
  }
  yield {
    name: 'tokens by hour of the week',
    rollups: async () =>
      (await stats.tokenHeatmap(id, query)).cells.map(({ weekday, hour, requests, tokens }) => ({
        label: `${weekday} ${hour}`,
        requests,
        input: tokens.input,
        output: tokens.output,
      })),
    rows: (ws) => rawHeatmap(ws, span, TIMEZONE),
  };
  yield {
    name: 'errors by type and day',
    rollups: async () => {
      const { data: types, points } = await lists.errors(id, { ...query, granularity: 'day' });
      return points.flatMap(({ at, counts }) =>
        counts.flatMap((errors, index) =>
          errors > 0 ? [{ label: types[index]?.type ?? '', at, errors }] : [],
        ),
      );
    },
    rows: (ws) => rawErrors(ws, span, TIMEZONE),
  };
  yield {
    name: 'users, the first 50 by cost',
    rollups: async () => {
      const asked = { ...query, sort: 'cost', limit: 50 } as const;
      const { data } = await lists.users(id, asked);
      return data.map(({ user, ...it }) => ({ label: user, ...usageOf(it), at: it.lastSeenAt }));
    },
    rows: (ws) => rawUsers(ws, span),
  };
  yield {
    name: 'peaks',
    rollups: async () =>
      (await stats.peaks(id, query)).busiest.map(({ at, requests }) => ({
        label: '',
        at,
        requests,
      })),
    rows: async (ws) =>
      (await rawPeaks(ws, span, TIMEZONE)).map((hour) => ({ ...hour, label: '' })),
  };
  yield {
    name: 'latency by model, and by day',
    rollups: async () =>
      (await lists.latency(id, { ...query, granularity: 'day' })).data.map(
        ({ model, requests, latencyMs }) => ({
          label: model,
          requests,
          latencies: latenciesOf(latencyMs),
        }),
      ),
    rows: (ws) => rawLatency(ws, span, TIMEZONE),
  };
  yield {
    name: 'flow',
    rollups: async () =>
      (await lists.flow(id, { ...query, limit: 200 })).data.map(
        ({ kind, source, target, calls, errors }) => ({
          label: `${source.replace('agent:', '')} ${kind} ${target.replace(`${kind}:`, '')}`,
          calls,
          errors,
        }),
      ),
    rows: (ws) => rawFlow(ws, span),
  };
}
