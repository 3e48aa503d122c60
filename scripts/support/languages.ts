import type { Catalogue, Message, Messages } from '../../src/i18n/catalogue.ts';

/** The English texts of one file of translations: of one catalogue, or of several that share it. */
export interface Source {
  name: string;
  en: Messages;
}

/** Whole numbers that stand for all: every category of every language occurs below 1,000, or at a million. */
const NUMBERS = [...Array(1_000).keys(), 1_000_000];

const formsOf = (message: Message): Record<string, string> =>
  typeof message === 'string' ? { other: message } : message;

const placeholdersOf = (text: string): string[] => text.match(/\{\w+\}/g) ?? [];

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

const categories = new Map<string, Map<string, number[]>>();

/** The whole numbers of each plural category that a language needs for them. */
function categoriesOf(language: string): Map<string, number[]> {
  let found = categories.get(language);
  if (!found) {
    const rules = new Intl.PluralRules(language);
    categories.set(language, (found = Map.groupBy(NUMBERS, (n) => rules.select(n))));
  }
  return found;
}

/** The catalogues by the file of their translations. */
export function sourcesOf(catalogues: readonly Pick<Catalogue, 'name' | 'en'>[]): Source[] {
  return [...Map.groupBy(catalogues, ({ name }) => name)].map(([name, shared]) => ({
    name,
    en: Object.assign({}, ...shared.map(({ en }) => en)) as Messages,
  }));
}

/**
 * What is wrong with the plural forms of a text.
 *
 * The rule: a text that shows `{n}` in any of its forms has one for each category that a whole
 * number has in the language. One that only depends on a number has at least English's forms. No
 * text has a form that the language never uses.
 */
function pluralProblems(english: Message, message: Message, language: string): string[] {
  const forms = categoriesOf(language);
  if (typeof message === 'string')
    return typeof english === 'string' || forms.size === 1
      ? []
      : ['has no plural forms, but the English text has'];
  const showsNumber = Object.values(formsOf(message)).some((text) => text.includes('{n}'));
  const englishForms = Object.keys(formsOf(english)).filter((form) => forms.has(form));
  const needed = unique(['other', ...(showsNumber ? forms.keys() : englishForms)]);
  const possible = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return [
    ...needed.filter((form) => !(form in message)).map((form) => `lacks the plural form "${form}"`),
    ...Object.keys(message)
      .filter((form) => !possible.includes(form as Intl.LDMLPluralRule))
      .map((form) => `has the plural form "${form}", which the language doesn't use`),
  ];
}

/**
 * What is wrong with the placeholders of a text: every form has those of the English text. A form
 * for one number alone, such as "one" in English, may say it in words instead of `{n}`.
 */
function placeholderProblems(english: Message, message: Message, language: string): string[] {
  const all = unique(Object.values(formsOf(english)).flatMap(placeholdersOf));
  const numbers = categoriesOf(language);
  return Object.entries(formsOf(message)).flatMap(([form, text]) => {
    const inWords = typeof message !== 'string' && numbers.get(form)?.length === 1;
    const used = placeholdersOf(text);
    const where = typeof message === 'string' ? '' : ` in the plural form "${form}"`;
    return [
      ...all
        .filter((name) => !used.includes(name) && !(inWords && name === '{n}'))
        .map((name) => `lacks ${name}${where}`),
      ...unique(used.filter((name) => !all.includes(name))).map(
        (name) => `has ${name}${where}, which the English text doesn't have`,
      ),
    ];
  });
}

/** Whether a text has words outside its placeholders: `p50` and the like aren't words. */
const hasWords = (text: string): boolean => /\p{L}{2}/u.test(text.replace(/\{\w+\}/g, ''));

/** The letters of a language, if they aren't Latin ones. */
function scriptOf(language: string): RegExp | undefined {
  const { script } = new Intl.Locale(language).maximize();
  if (script === undefined || script === 'Latn') return undefined;
  return script === 'Jpan'
    ? /[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u
    : new RegExp(String.raw`\p{sc=${/^Han[st]$/.test(script) ? 'Han' : script}}`, 'u');
}

/** Whether a text is still English: the same as there, or without a letter of the language's own. */
function isEnglish(english: Message, message: Message, language: string): boolean {
  const own = scriptOf(language);
  const originals = Object.values(formsOf(english));
  return Object.values(formsOf(message)).some(
    (text) =>
      hasWords(text) && (originals.includes(text) || (own !== undefined && !own.test(text))),
  );
}

/**
 * What is wrong with the texts of one file in one language.
 *
 * @param same keys whose texts are the same as in English on purpose
 */
export function checkTexts(
  { name, en }: Source,
  texts: Messages,
  language: string,
  same: readonly string[] = [],
): string[] {
  const report = (key: string, problem: string) => `${language}/${name}: ${key} ${problem}`;
  const problems = Object.entries(en).flatMap(([key, english]) => {
    const message = texts[key];
    if (message === undefined) return [report(key, 'is missing')];
    const isSame = isEnglish(english, message, language);
    return [
      ...pluralProblems(english, message, language),
      ...placeholderProblems(english, message, language),
      ...(isSame && !same.includes(key)
        ? ['is English; if on purpose, list it in same-texts.ts']
        : []),
      ...(!isSame && same.includes(key) ? ["isn't English: remove it from same-texts.ts"] : []),
    ].map((problem) => report(key, problem));
  });
  const unknown = unique([...Object.keys(texts), ...same]).filter((key) => !(key in en));
  return [...problems, ...unknown.map((key) => report(key, 'is unknown in English'))];
}

/** What is wrong with the English texts: they have the forms that English needs. */
export function checkEnglish({ name, en }: Source): string[] {
  return Object.entries(en).flatMap(([key, message]) =>
    [...pluralProblems(message, message, 'en'), ...placeholderProblems(message, message, 'en')].map(
      (problem) => `en/${name}: ${key} ${problem}`,
    ),
  );
}
