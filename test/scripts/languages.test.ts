import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Messages } from '../../src/i18n/catalogue.ts';
import { checkEnglish, checkTexts, sourcesOf } from '../../scripts/support/languages.ts';

const source = {
  name: 'cb-x',
  en: {
    heading: 'Runs',
    age: '{age} old',
    runs: { one: '{n} run', other: '{n} runs' },
    roles: { one: 'Requires the role {roles}.', other: 'Requires one of: {roles}.' },
    percentiles: 'p50 {p50}',
  },
};

const german: Messages = {
  heading: 'Läufe',
  age: '{age} alt',
  runs: { one: 'ein Lauf', other: '{n} Läufe' },
  roles: { one: 'Rolle {roles} nötig.', other: 'Eine davon nötig: {roles}.' },
  percentiles: 'p50 {p50}',
};

const arabicForms = {
  zero: 'لا عمليات',
  one: 'عملية واحدة',
  two: 'عمليتان',
  few: '{n} عمليات',
  many: '{n} عملية',
  other: '{n} عملية',
};
const arabic: Messages = {
  heading: 'العمليات',
  age: 'مضى {age}',
  runs: arabicForms,
  roles: { one: 'يلزم {roles}.', other: 'يلزم أحد: {roles}.' },
  percentiles: 'p50 {p50}',
};

const problemsOf = (
  language: string,
  base: Messages,
  change: Partial<Messages> = {},
  same: string[] = [],
): string[] => {
  const texts = Object.entries({ ...base, ...change }).filter(([, text]) => text !== undefined);
  return checkTexts(source, Object.fromEntries(texts) as Messages, language, same);
};

test('complete texts have no problem', () => {
  assert.deepEqual(problemsOf('de', german), []);
  assert.deepEqual(problemsOf('ar', arabic), []);
  assert.deepEqual(checkEnglish(source), []);
});

test('a missing key and an unknown one are reported', () => {
  assert.deepEqual(problemsOf('de', german, { heading: undefined }), [
    'de/cb-x: heading is missing',
  ]);
  assert.deepEqual(problemsOf('de', german, { headding: 'Läufe' }), [
    'de/cb-x: headding is unknown in English',
  ]);
});

test('a placeholder that is lost, misspelled or lost in one form is reported', () => {
  assert.deepEqual(problemsOf('de', german, { age: 'alt' }), ['de/cb-x: age lacks {age}']);
  assert.deepEqual(problemsOf('de', german, { age: '{alter} alt' }), [
    'de/cb-x: age lacks {age}',
    "de/cb-x: age has {alter}, which the English text doesn't have",
  ]);
  assert.deepEqual(
    problemsOf('ar', arabic, { roles: { one: 'يلزم دور.', other: 'يلزم أحد: {roles}.' } }),
    ['ar/cb-x: roles lacks {roles} in the plural form "one"'],
  );
});

test('a number is said in words only by a form for that number alone', () => {
  const few = { ...arabicForms, few: 'بضع عمليات' };
  assert.deepEqual(problemsOf('ar', arabic, { runs: few }), [
    'ar/cb-x: runs lacks {n} in the plural form "few"',
  ]);
  // In French, "one" is 0 and 1.
  const french = { ...german, runs: { one: 'une exécution', many: '{n} d’ex.', other: '{n} ex.' } };
  assert.deepEqual(problemsOf('fr', french), ['fr/cb-x: runs lacks {n} in the plural form "one"']);
});

test('a missing plural form is reported, and one that the language does not use', () => {
  for (const form of Object.keys(arabicForms)) {
    const others = Object.entries(arabicForms).filter(([other]) => other !== form);
    const runs = Object.fromEntries(others) as Messages[string];
    assert.deepEqual(problemsOf('ar', arabic, { runs }), [
      `ar/cb-x: runs lacks the plural form "${form}"`,
    ]);
  }
  assert.deepEqual(problemsOf('de', german, { runs: '{n} Läufe' }), [
    'de/cb-x: runs has no plural forms, but the English text has',
  ]);
  assert.deepEqual(
    problemsOf('de', german, { runs: { one: '{n} Lauf', two: '{n} Läufe', other: '{n} Läufe' } }),
    ['de/cb-x: runs has the plural form "two", which the language doesn\'t use'],
  );
});

test('a language with one form needs no plural forms', () => {
  const japanese = { heading: '実行', age: '{age}前', runs: '{n} 件', roles: '要: {roles} ロール' };
  assert.deepEqual(problemsOf('ja', { ...german, ...japanese }), []);
});

test('English that was left over is reported, unless it is listed', () => {
  const left = 'is English; if on purpose, list it in same-texts.ts';
  assert.deepEqual(problemsOf('de', german, { heading: 'Runs' }), [`de/cb-x: heading ${left}`]);
  assert.deepEqual(problemsOf('de', german, { heading: 'Runs' }, ['heading']), []);
  assert.deepEqual(problemsOf('de', german, { runs: { one: '{n} run', other: '{n} Läufe' } }), [
    `de/cb-x: runs ${left}`,
  ]);
  // English in other words, where the language has other letters.
  assert.deepEqual(problemsOf('ar', arabic, { heading: 'All runs' }), [`ar/cb-x: heading ${left}`]);
  assert.deepEqual(problemsOf('de', german, {}, ['heading']), [
    "de/cb-x: heading isn't English: remove it from same-texts.ts",
  ]);
});

test('English itself has the forms that it needs', () => {
  const en = { runs: { other: '{n} runs' }, age: { one: 'old', other: '{age} old' } };
  assert.deepEqual(checkEnglish({ name: 'cb-x', en }), [
    'en/cb-x: runs lacks the plural form "one"',
    'en/cb-x: age lacks {age} in the plural form "one"',
  ]);
});

test('catalogues that share a file are taken together', () => {
  const shared = sourcesOf([
    { name: 'cb-x', en: { heading: 'Runs' } },
    { name: 'cb-y', en: { other: 'Other' } },
    { name: 'cb-x', en: { age: 'old' } },
  ]);
  assert.deepEqual(shared, [
    { name: 'cb-x', en: { heading: 'Runs', age: 'old' } },
    { name: 'cb-y', en: { other: 'Other' } },
  ]);
});
