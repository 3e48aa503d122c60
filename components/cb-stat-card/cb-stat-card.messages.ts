import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  up: 'up',
  down: 'down',
  better: 'better',
  worse: 'worse',
  above: 'above {value}',
  below: 'below {value}',
  unknown: 'Unknown',
  unset: 'Set a metric or a value.',
};

/** A key of the card's texts. */
export type StatCardMessage = keyof typeof en;

export const messages = defineMessages<StatCardMessage>(
  'cb-stat-card',
  en,
  (language) => import(`../../src/i18n/${language}/cb-stat-card.ts`),
);
