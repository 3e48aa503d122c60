import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Recent executions',
  status: 'Status',
  execution: 'Execution',
  user: 'User',
  model: 'Model',
  progress: 'Progress',
  started: 'Started',
  elapsed: 'Elapsed',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  abandoned: 'Abandoned',
  steps: '{done} of {total}',
  stepsSoFar: { one: '{n} step', other: '{n} steps' },
  noUser: 'no user',
  noModel: 'no model',
  arrived: { one: '{n} new execution', other: '{n} new executions' },
  empty: 'No executions in this period.',
  emptyWhy: 'They appear here as soon as an agent sends data.',
  name: 'execution {id}',
};

/** A key of the stream's texts. */
export type ExecStreamMessage = keyof typeof en;

export const messages = defineMessages<ExecStreamMessage>(
  'cb-exec-stream',
  en,
  (language) => import(`../../src/i18n/${language}/cb-exec-stream.ts`),
);
