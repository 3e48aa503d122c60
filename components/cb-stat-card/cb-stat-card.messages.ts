import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  better: 'better',
  worse: 'worse',
  above: 'above {value}',
  below: 'below {value}',
  unknown: 'Not known',
  unset: 'Give it a metric or a value.',
};

/** A key of the card's texts. */
export type StatCardMessage = keyof typeof en;

export const messages = defineMessages<StatCardMessage>(en, {
  de: async () => (await import('./cb-stat-card.de.ts')).default,
  ar: async () => (await import('./cb-stat-card.ar.ts')).default,
});
