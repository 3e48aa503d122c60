import { signal } from '@lit-labs/signals';
import { numberFormat, pluralRules } from '../format/formatters.ts';
import { addLanguage, LANGUAGES, languageOf, textLocaleOf } from './languages.ts';

/** A text, or its plural forms, chosen by the value `n`. `{name}` stands for a value. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** The texts of an element in one language. */
export type Messages<K extends string = string> = Record<K, Message>;

/**
 * Values for a text. Numbers are formatted in the text's locale. What has words of its own, such as
 * a duration, a list or a date, is a function of that locale: it may be another than the reader's,
 * and no sentence mixes two languages.
 */
export type MessageValues = Record<string, string | number | ((locale: string) => string)>;

/** Loads the texts of one language: a file of `src/i18n/<language>`. */
type Load = (language: string) => Promise<{ default: Messages }>;

/** The texts of one element in all languages. */
export interface Catalogue<K extends string = string> {
  /** What `registerMessages` calls them: the element's tag, or `base` and the like. */
  readonly name: string;
  readonly en: Messages<K>;
  readonly load: Load;
  /** The loaded languages. */
  readonly loaded: Map<string, Partial<Messages>>;
}

/** Texts of a page's own by language and catalogue. */
const registered = new Map<string, Record<string, Partial<Messages>>>();

/** Changes when a page registers texts. */
export const registrations = signal(0);

/**
 * Declares an element's texts. The English ones define the keys; `npm run check` compares the other
 * languages with them.
 *
 * @param name of the element, or of what several elements share
 */
export function defineMessages<K extends string>(
  name: string,
  en: Messages<K>,
  load: Load,
): Catalogue<K> {
  return { name, en, load, loaded: new Map() };
}

/**
 * Adds a language, or replaces some of the texts of one. Texts that a language lacks are English.
 *
 * @param language such as `fr`
 * @param texts by element, and `base` for what all share
 * @example
 * registerMessages('fr', { 'cb-exec-stream': { heading: 'Exécutions récentes' } });
 * registerMessages('en', { base: { askAdmin: 'Ask the platform team.' } });
 */
export function registerMessages(language: string, texts: Record<string, Partial<Messages>>): void {
  const [key = 'en'] = language.toLowerCase().split('-');
  addLanguage(key);
  const known = { ...registered.get(key) };
  for (const [name, more] of Object.entries(texts)) known[name] = { ...known[name], ...more };
  registered.set(key, known);
  registrations.set(registrations.get() + 1);
}

/**
 * Loads the texts of a locale, as far as they aren't yet. Undefined if nothing is to be loaded. Never
 * rejects: texts that can't be loaded are English.
 */
export function textsFor(
  catalogues: readonly Catalogue[],
  locale: string,
): Promise<unknown> | undefined {
  const language = languageOf(locale);
  if (language === 'en' || !LANGUAGES.includes(language)) return undefined;
  const loading = catalogues
    .filter(({ loaded }) => !loaded.has(language))
    .map(({ load, loaded }) =>
      load(language).then(
        (texts) => void loaded.set(language, texts.default),
        () => undefined,
      ),
    );
  return loading.length > 0 ? Promise.all(loading) : undefined;
}

/** One text in a locale, with its values filled in. */
export function translate<K extends string>(
  { name, en, loaded }: Catalogue<K>,
  locale: string,
  key: K,
  values: MessageValues = {},
): string {
  const language = languageOf(locale);
  const translated = registered.get(language)?.[name]?.[key] ?? loaded.get(language)?.[key];
  const message: Message = translated ?? en[key];
  // Without its translation a text is English, and so are its numbers.
  const used = translated === undefined ? 'en' : textLocaleOf(locale);
  const text =
    typeof message === 'string'
      ? message
      : (message[pluralRules(used).select(Number(values.n))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (_, value: string) => {
    const given = values[value] ?? '';
    if (typeof given === 'function') return given(used);
    return typeof given === 'number' ? numberFormat(used).format(given) : given;
  });
}
