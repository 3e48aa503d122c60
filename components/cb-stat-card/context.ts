import type { StatsOverview } from '@cloudbrain/sdk';
import { formatValue } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { Scope } from '../../src/scope.ts';
import { messages, type StatCardMessage } from './cb-stat-card.messages.ts';

/** Gives a text of the card in the reader's language. */
export type Translate = (key: StatCardMessage, values?: MessageValues) => string;

/** What puts a metric into proportion: what it is a part of, its neighbours, or the comparison. */
export function contextOf(
  metric: string,
  data: StatsOverview,
  scope: Scope,
  locale: string,
  t: Translate,
): string {
  const { executions, cost, latencyMs } = data;
  if (metric === 'cost.usd' && cost.unpricedRequests > 0)
    return t('unpriced', { n: cost.unpricedRequests });
  if (metric === 'executions.successRate')
    return t('ofCount', {
      n: executions.completed,
      total: executions.completed + executions.failed,
    });
  if (metric === 'errorRate') return t('ofCount', { n: data.errors, total: data.requests });
  if (metric === 'latencyMs.p95')
    return t('percentiles', {
      p50: formatValue(latencyMs.p50, 'duration', locale),
      p99: formatValue(latencyMs.p99, 'duration', locale),
    });
  if (scope.timeframe === 'all') return '';
  const versus = `versus.${scope.timeframe}`;
  return t(Object.hasOwn(messages.en, versus) ? (versus as StatCardMessage) : 'versus');
}
