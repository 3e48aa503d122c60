import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Filters',
  domain: 'Domain',
  model: 'Model',
  agent: 'Agent',
  user: 'User',
  'all.domain': 'All domains',
  'all.model': 'All models',
  'all.agent': 'All agents',
  'all.user': 'All users',
  remove: 'Remove the filter {filter}',
  clear: 'Clear filters',
  alone: 'Place this in a <cb-provider>.',
};

/** A key of the control's texts. */
export type ScopeMessage = keyof typeof en;

export const messages = defineMessages<ScopeMessage>(
  'cb-scope',
  en,
  (language) => import(`../../src/i18n/${language}/cb-scope.ts`),
);
