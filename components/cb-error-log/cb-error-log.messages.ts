import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Errors',
  severity: 'Severity',
  type: 'Type',
  message: 'Message',
  agent: 'Agent',
  at: 'When',
  all: 'All',
  critical: 'Critical',
  error: 'Error',
  warning: 'Warning',
  filters: 'Filters',
  noMessage: 'no message',
  noAgent: 'no agent',
  empty: 'No errors in this period.',
  emptyWhy: 'Errors that agents report appear here.',
  emptySeverity: 'No errors of this severity in this period.',
  name: 'error {type}',
};

/** A key of the log's texts. */
export type ErrorLogMessage = keyof typeof en;

export const messages = defineMessages<ErrorLogMessage>(
  'cb-error-log',
  en,
  (language) => import(`../../src/i18n/${language}/cb-error-log.ts`),
);
