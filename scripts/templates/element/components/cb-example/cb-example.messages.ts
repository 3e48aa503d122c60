import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Example title',
  requests: 'Requests',
  errors: 'Failed',
  empty: 'No requests in this period. They appear here once an agent sends telemetry.',
};

/** A key of the element's texts. */
export type ExampleMessage = keyof typeof en;

export const messages = defineMessages<ExampleMessage>(
  'cb-example',
  en,
  (language) => import(`../../src/i18n/${language}/cb-example.ts`),
);
