import { defineMessages } from '../../src/i18n/catalogue.ts';
import { languages } from './cb-stat-card.messages.ts';

const en = {
  versusPeriod: 'vs. the previous period',
  versusToday: 'vs. an equal period before midnight',
  versusMonth: 'vs. an equal period before this month',
  versusYesterday: 'vs. the day before',
  versusLastWeek: 'vs. the week before',
  versusLastMonth: 'vs. the month before',
  versus: 'vs {period} before',
  period: 'Over {period}',
  periodToday: 'Since midnight',
  periodMonth: 'This month',
  periodYesterday: 'Yesterday',
  periodLastWeek: 'Last week',
  periodLastMonth: 'Last month',
  periodAll: 'Since the first data',
  periodOther: 'In this period',
  unpriced: { one: '{n} request unpriced', other: '{n} requests unpriced' },
  ofCount: '{n} of {total}',
  percentiles: 'p50 {p50}, p99 {p99}',
  unknownMetric: 'Unknown metric “{metric}”.',
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

/** A key of the texts about the server's figures; the dotted ones are their names. */
export type FigureMessage = keyof typeof en;

export const figureMessages = defineMessages<FigureMessage>(en, languages);
