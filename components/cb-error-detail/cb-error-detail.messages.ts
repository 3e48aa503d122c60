import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Error',
  critical: 'Critical',
  error: 'Error',
  warning: 'Warning',
  noMessage: 'No message was reported.',
  at: 'When',
  domain: 'Domain',
  user: 'User',
  agent: 'Agent',
  model: 'Model',
  tool: 'Tool',
  executionId: 'Execution',
  conversationId: 'Conversation',
  traceId: 'Trace',
  stack: 'Stack',
  noStack: 'No stack was reported.',
  empty: 'No error is selected.',
  emptyWhy: 'Select one in the list of errors to see its stack.',
};

/** A key of the detail's texts. */
export type ErrorDetailMessage = keyof typeof en;

export const messages = defineMessages<ErrorDetailMessage>(
  'cb-error-detail',
  en,
  (language) => import(`../../src/i18n/${language}/cb-error-detail.ts`),
);
