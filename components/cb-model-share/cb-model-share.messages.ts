import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Models',
  metric: 'Figure',
  requests: 'Requests',
  tokens: 'Tokens',
  cost: 'Cost',
  model: 'Model',
  share: 'Share',
  unknown: 'Unknown model',
  other: { one: '{n} other model', other: '{n} other models' },
  chart: '{metric} by model',
  empty: 'No requests in this period.',
  emptyWhy: 'The models that agents call appear here.',
};

/** A key of the element's texts. */
export type ModelShareMessage = keyof typeof en;

export const messages = defineMessages<ModelShareMessage>(
  'cb-model-share',
  en,
  (language) => import(`../../src/i18n/${language}/cb-model-share.ts`),
);
