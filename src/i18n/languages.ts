import { scriptOf } from '../format/formatters.ts';

/** The languages that the built-in texts come in. English is always there; others are loaded. */
export const LANGUAGES: readonly string[] = ['en', 'de', 'ar', 'ja', 'he'];

/** Languages that the page has added. */
const added = new Set<string>();

/** Scripts that are written from right to left. */
const RTL_SCRIPTS = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg', 'Mand']);

/** Adds a language, so that its locales get its texts. */
export function addLanguage(language: string): void {
  if (!LANGUAGES.includes(language)) added.add(language);
}

/** The language whose texts a locale gets: `de-AT` has German ones, an unknown one English ones. */
export function languageOf(locale: string): string {
  const [language = 'en'] = locale.toLowerCase().split('-');
  return LANGUAGES.includes(language) || added.has(language) ? language : 'en';
}

/**
 * The locale of texts, and of the numbers and dates within them: no sentence mixes two languages.
 * `fr-CH` without French texts is `en`.
 */
export function textLocaleOf(locale: string): string {
  return locale.toLowerCase().split('-')[0] === languageOf(locale) ? locale : 'en';
}

/** The direction of a locale's texts. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RTL_SCRIPTS.has(scriptOf(textLocaleOf(locale))) ? 'rtl' : 'ltr';
}
