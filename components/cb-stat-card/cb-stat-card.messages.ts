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

/** Loads the card's other languages, including the texts about the server's figures. */
export const languages = {
  de: () => import('./cb-stat-card.de.ts'),
  ar: () => import('./cb-stat-card.ar.ts'),
};

export const messages = defineMessages<StatCardMessage>(en, languages);
