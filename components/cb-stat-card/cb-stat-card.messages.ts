import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  up: 'up',
  down: 'down',
  better: 'better',
  worse: 'worse',
  above: 'above {value}',
  below: 'below {value}',
  between: '{low} to {high}',
  unknown: 'Unknown',
  unset: 'Set a metric or a value.',
  about: 'About this figure',
  breakdown: 'Of these',
  'part.completed': 'completed',
  'part.failed': 'failed',
  'part.running': 'running',
  'part.abandoned': 'abandoned',
};

/** A key of the card's texts. */
export type StatCardMessage = keyof typeof en;

export const messages = defineMessages<StatCardMessage>(
  'cb-stat-card',
  en,
  (language) => import(`../../src/i18n/${language}/cb-stat-card.ts`),
);
