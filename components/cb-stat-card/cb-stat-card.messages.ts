import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  versus: 'vs the period before',
  'versus.24h': 'vs 24 hours before',
  'versus.7d': 'vs 7 days before',
  'versus.30d': 'vs 30 days before',
  'versus.90d': 'vs 90 days before',
  'versus.today': 'vs yesterday until now',
  better: 'better',
  worse: 'worse',
  above: 'above {value}',
  below: 'below {value}',
  unpriced: { one: '{n} request unpriced', other: '{n} requests unpriced' },
  ofCount: '{n} of {total}',
  percentiles: 'p50 {p50}, p99 {p99}',
  unknown: 'Not known',
  unknownMetric: 'There is no figure “{metric}”.',
  unset: 'Give it a metric or a value.',
  requests: 'Requests',
  conversations: 'Conversations',
  'executions.total': 'Executions',
  'executions.completed': 'Completed executions',
  'executions.failed': 'Failed executions',
  'executions.running': 'Running executions',
  'executions.abandoned': 'Abandoned executions',
  'executions.successRate': 'Success rate',
  errors: 'Errors',
  errorRate: 'Error rate',
  'tokens.input': 'Input tokens',
  'tokens.uncachedInput': 'Uncached input tokens',
  'tokens.cacheRead': 'Tokens read from cache',
  'tokens.cacheWrite': 'Tokens written to cache',
  'tokens.output': 'Output tokens',
  'tokens.reasoning': 'Reasoning tokens',
  'tokens.total': 'Tokens',
  'cost.usd': 'Cost',
  'cost.unpricedRequests': 'Unpriced requests',
  'latencyMs.p50': 'Median latency',
  'latencyMs.p95': 'p95 latency',
  'latencyMs.p99': 'p99 latency',
  'users.active': 'Active users',
  'users.new': 'New users',
};

/** A key of the card's texts. */
export type StatCardMessage = keyof typeof en;

export const messages = defineMessages<StatCardMessage>(en, {
  de: async () => (await import('./cb-stat-card.de.ts')).default,
  ar: async () => (await import('./cb-stat-card.ar.ts')).default,
});
