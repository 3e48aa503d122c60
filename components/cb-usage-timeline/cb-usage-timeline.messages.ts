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
  requests: 'Requests',
  errors: 'Errors',
  input: 'Input',
  output: 'Output',
  cost: 'Cost',
  time: 'Time',
  soFar: '{time} (so far)',
  partialAt: '{time} (partial)',
  noDataAt: '{time} (no data)',
  partialLegend: 'Partial interval',
  chart: '{metric} over time. Use the arrow keys to read it point by point.',
  showTable: 'Show as table',
  showChart: 'Show as chart',
  noChart: 'The chart could not be loaded. Its data is shown as a table.',
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
