import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Usage',
  range: 'Period',
  'range.24h': '{n}D',
  'range.7d': '{n}D',
  'range.30d': '{n}D',
  'range.90d': '{n}D',
  'rangeName.24h': '{n} day',
  'rangeName.7d': '{n} days',
  'rangeName.30d': '{n} days',
  'rangeName.90d': '{n} days',
  metric: 'Figure',
  'metric.requests': 'Requests',
  'metric.tokens': 'Tokens',
  'metric.cost': 'Cost',
  'metric.latency': 'Latency',
  'metric.errors': 'Errors',
  'metric.executions': 'Executions',
  requests: 'Requests',
  errors: 'Errors',
  input: 'Input',
  output: 'Output',
  cost: 'Cost',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  executions: 'Executions',
  failed: 'Failed',
  before: '{name}, period before',
  time: 'Time',
  soFar: '{time} (so far)',
  partialAt: '{time} (partial)',
  noDataAt: '{time} (no data)',
  chart: '{metric} over time',
  empty: 'No requests in this period.',
  emptyWhy: 'They appear here as soon as an agent sends data.',
};

/** A key of the timeline's texts. */
export type UsageTimelineMessage = keyof typeof en;

export const messages = defineMessages<UsageTimelineMessage>(
  'cb-usage-timeline',
  en,
  (language) => import(`../../src/i18n/${language}/cb-usage-timeline.ts`),
);
