/**
 * Checks that every language has every text: keys, placeholders, plural forms, and no English left
 * over. Part `languages` of `npm run check`.
 */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { Catalogue } from '../src/i18n/catalogue.ts';
import { LANGUAGES } from '../src/i18n/languages.ts';
import { checkEnglish, checkTexts, sourcesOf } from './support/languages.ts';
import { inRoot, root } from './support/root.ts';
import { SAME_TEXTS } from './support/same-texts.ts';

const isCatalogue = (value: unknown): value is Catalogue =>
  value instanceof Object && 'en' in value && 'load' in value && 'name' in value;

async function cataloguesIn(file: string): Promise<Catalogue[]> {
  const exported = (await import(inRoot(file))) as Record<string, unknown>;
  return Object.values(exported).filter(isCatalogue);
}

const files = globSync(['components/**/*.messages.ts', 'src/i18n/*.ts'], { cwd: root });
const catalogues = (await Promise.all(files.map(cataloguesIn))).flat();
const sources = sourcesOf(catalogues);
const languages = LANGUAGES.filter((language) => language !== 'en');

async function checkFile(language: string, name: string): Promise<string[]> {
  if (!languages.includes(language))
    return [`${language}/${name}: LANGUAGES in src/i18n/languages.ts lacks "${language}"`];
  const source = sources.find((each) => each.name === name);
  const catalogue = catalogues.find((each) => each.name === name);
  if (!source || !catalogue) return [`${language}/${name}: no catalogue has this name`];
  try {
    const { default: texts } = await catalogue.load(language);
    return checkTexts(source, texts, language, SAME_TEXTS[language]?.[name]);
  } catch {
    return [`${language}/${name}: its file can't be loaded`];
  }
}

const translated = globSync('src/i18n/*/*.ts', { cwd: root }).map((file) => {
  const [language = '', name = ''] = file.split(/[\\/]/).slice(-2);
  return { language, name: basename(name, '.ts') };
});
const expected = languages.flatMap((language) => sources.map(({ name }) => ({ language, name })));
const pairs = new Map(
  [...expected, ...translated].map((pair) => [`${pair.language}/${pair.name}`, pair]),
);

const problems = [
  ...sources.flatMap(checkEnglish),
  ...(
    await Promise.all([...pairs.values()].map(({ language, name }) => checkFile(language, name)))
  ).flat(),
];

for (const problem of problems.sort()) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
