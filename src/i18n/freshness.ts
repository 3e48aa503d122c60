import { defineMessages } from './catalogue.ts';

const en = {
  live: 'live',
  old: '{age} old',
};

/** A key of these texts. */
export type FreshnessMessage = keyof typeof en;

/** How up to date an element is, in words. */
export const freshnessMessages = defineMessages<FreshnessMessage>(
  'freshness',
  en,
  (language) => import(`./${language}/freshness.ts`),
);
