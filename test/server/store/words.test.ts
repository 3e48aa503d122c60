/** The words of texts that are made to be expensive. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { documentOf } from '../../../server/store/search/document.ts';
import { parseQuery } from '../../../server/store/search/query.ts';
import { snippetOf } from '../../../server/store/search/snippet.ts';
import { wordsOf } from '../../../server/store/search/words.ts';
import { cpuOf } from '../../support/cpu.ts';
import { runs } from '../../support/effort.ts';

/** Units of a text; sorted by insertion, as many marks take a hundred times as long as spread out. */
const LENGTH = 60_000;

/** Marks that are written after others and sorted before them, and what may stand between them. */
const MARKS: Record<string, [first: string, second: string]> = {
  accents: ['\u0301', '\u0323'],
  'virama and nukta': ['\u094D', '\u093C'],
  'marks beyond the first plane': ['\u{1D165}', '\u0334'],
  'halfwidth sound marks': ['\u0323', '\uFF9E'],
  'marks that fold into several': ['\u0344', '\u0323'],
  'marks with joiners between them': [
    `${'\u094D'.repeat(30)}\u200D`,
    `${'\u093C'.repeat(30)}\u200D`,
  ],
  'marks with accents between them': [
    `${'\u094D'.repeat(20)}\u0323`,
    `${'\u093C'.repeat(20)}\u0301`,
  ],
  'marks with halfwidth ones between them': [
    `${'\u0301'.repeat(30)}\uFF9E`,
    `${'\u0323'.repeat(30)}\uFF9F`,
  ],
};
const LETTERS = ['a', 'か', '한'];

const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));

suite('a letter with any number of marks', () => {
  for (const [name, [first, second]] of Object.entries(MARKS)) {
    test(`takes no longer than letters with few: ${name}`, () => {
      const read = (text: string) => () => {
        documentOf(text);
        snippetOf(text, parseQuery('absent'));
      };
      for (const letter of LETTERS) {
        const heaped = letter + filled(first, LENGTH / 2) + filled(second, LENGTH / 2);
        const spread = filled(`${letter}\u0301\u0323 `, LENGTH);
        const [many, few] = [cpuOf(read(heaped)), cpuOf(read(spread))];
        assert.ok(many < 8 * few + 500, `${letter}: ${many} ms, spread out ${few} ms`);
      }
    });
  }

  test('is the same word however many more it has', () => {
    const valuesOf = (text: string) => [...wordsOf(text)].map(({ value }) => value);
    const mark = fc.constantFrom('\u0301', '\u0323', '\u094D', '\u093C', '\uFF9E', '\u3099');
    const marks = fc.string({ unit: mark, minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...LETTERS), marks, marks, (letter, some, more) => {
        const words = valuesOf(`${letter}${some}`);
        assert.ok(words.length > 0);
        assert.deepEqual(valuesOf(`${letter}${some}${more}`), words);
      }),
      { numRuns: runs(500) },
    );
  });

  test('is compared without regard to how its marks are written, as far as they make sense', () => {
    const valuesOf = (text: string) => [...wordsOf(text)].map(({ value }) => value);
    const mark = fc.constantFrom('\u0301', '\u0323', '\u094D', '\u093C', '\u0334', '\u3099');
    const letter = fc
      .tuple(fc.constantFrom(...LETTERS), fc.string({ unit: mark, maxLength: 12 }))
      .map(([base, marks]) => base + marks);
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 8 }), (letters) => {
        const text = letters.join('');
        assert.deepEqual(valuesOf(text.normalize('NFD')), valuesOf(text.normalize('NFC')));
      }),
      { numRuns: runs(500) },
    );
  });
});
