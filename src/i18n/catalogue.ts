import { numberFormat, pluralRules } from '../format/formatters.ts';

/** A text, or its plural forms, chosen by the value `n`. `{name}` stands for a value. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** The texts of an element in one language. */
export type Messages<K extends string = string> = Record<K, Message>;

/** A language that the built-in texts come in. English is always there, others load when needed. */
export type Language = 'en' | 'de' | 'ar';

/** Values for a text. Numbers are formatted in the reader's locale. */
export type MessageValues = Record<string, string | number>;

/** The texts of one element in all languages. */
export interface Catalogue<K extends string = string> {
  en: Messages<K>;
  /** Loads the other languages; each is a small separate file. */
  load: Record<Exclude<Language, 'en'>, () => Promise<{ default: Messages<K> }>>;
  /** The loaded languages. */
  loaded: Partial<Record<Language, Messages<K>>>;
}

/**
 * Declares an element's texts. The English texts define the keys; a translation that lacks one
 * doesn't compile.
 */
export function defineMessages<K extends string>(
  en: Messages<K>,
  load: Catalogue<K>['load'],
): Catalogue<K> {
  return { en, load, loaded: {} };
}

/** The language whose texts a locale gets: `de-AT` has German ones, `fr` English ones. */
export function languageOf(locale: string): Language {
  const language = locale.slice(0, 2).toLowerCase();
  return language === 'de' || language === 'ar' ? language : 'en';
}

/**
 * Loads a catalogue's texts in a language. Undefined if they are already loaded. Never rejects: if
 * they can't be loaded, English is used.
 */
export function loadMessages(catalogue: Catalogue, language: Language): Promise<void> | undefined {
  if (language === 'en' || catalogue.loaded[language]) return undefined;
  return catalogue.load[language]().then(
    (texts) => void (catalogue.loaded[language] = texts.default),
    () => undefined,
  );
}

/** One text in a locale, with its values filled in. */
export function translate<K extends string>(
  catalogue: Catalogue<K>,
  locale: string,
  key: K,
  values: MessageValues = {},
): string {
  const messages = catalogue.loaded[languageOf(locale)];
  const message = (messages ?? catalogue.en)[key];
  // Without its translation an English text is counted in English.
  const rules = messages ? locale : 'en';
  const text =
    typeof message === 'string'
      ? message
      : (message[pluralRules(rules).select(Number(values.n))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? numberFormat(locale).format(value) : value;
  });
}
