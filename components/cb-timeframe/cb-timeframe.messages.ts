import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Period',
  today: 'Today',
  yesterday: 'Yesterday',
  '24h': '24 h',
  '7d': '7 days',
  'last-week': 'Last week',
  '30d': '30 days',
  month: 'This month',
  'last-month': 'Last month',
  '90d': '90 days',
  all: 'All',
  custom: 'Custom…',
  from: 'First day',
  to: 'Last day',
  timezone: 'Time zone',
  ownTimezone: 'Yours ({timezone})',
  compare: 'Compare with the previous period',
  apply: 'Apply',
  cancel: 'Cancel',
  incomplete: 'Enter the first and the last day.',
  reversed: 'The last day is before the first.',
  alone: 'Place this in a <cb-provider>.',
};

/** A key of the control's texts. */
export type TimeframeMessage = keyof typeof en;

export const messages = defineMessages<TimeframeMessage>(
  'cb-timeframe',
  en,
  (language) => import(`../../src/i18n/${language}/cb-timeframe.ts`),
);
