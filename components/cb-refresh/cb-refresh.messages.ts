import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Freshness',
  live: 'Live',
  updated: 'Updated {age} ago',
  waiting: 'Loading…',
  failing: {
    one: 'One view could not be updated.',
    other: '{n} views could not be updated.',
  },
  refresh: 'Refresh',
  alone: 'Place this in a <cb-provider>.',
};

/** A key of the control's texts. */
export type RefreshMessage = keyof typeof en;

export const messages = defineMessages<RefreshMessage>(
  'cb-refresh',
  en,
  (language) => import(`../../src/i18n/${language}/cb-refresh.ts`),
);
