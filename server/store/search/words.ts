/**
 * Cuts text into the words that a search compares. Words are compared without accents, case and
 * English endings; scripts that write no spaces between words are compared character by character.
 * Pure: what is stored, what is asked for and what is marked in a snippet all come from here.
 */
import { stemmer } from 'stemmer';

export interface Word {
  /** As it is compared. */
  value: string;
  /** Whether it is one character of a script without spaces, such as Chinese. */
  isCharacter: boolean;
  /** Whether it follows the character before it without anything between them. */
  isJoined: boolean;
  /** Where it is in the text, in UTF-16 units. */
  start: number;
  end: number;
}

/** Characters that show nothing: soft hyphens, joiners, marks of direction. */
const INVISIBLE = '\\u00AD\\u061C\\u180E\\u200C-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF';
const RUN = new RegExp(`[\\p{L}\\p{N}\\p{M}]+(?:[${INVISIBLE}]+[\\p{L}\\p{N}\\p{M}]+)*`, 'gu');
const LETTER = /[\p{L}\p{N}\p{M}]/gu;
const ASCII = /^\p{ASCII}*$/u;
const ENGLISH = /^[a-z]{3,40}$/;

/** Scripts that write no spaces between words, and Korean, which joins particles to them. */
const SPACELESS =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** A character with its marks: a Hangul syllable may be written as up to three of its letters. */
const CLUSTER = new RegExp(
  '(?:[\\u1100-\\u115F\\uA960-\\uA97C]+[\\u1160-\\u11A7\\uD7B0-\\uD7C6]*[\\u11A8-\\u11FF\\uD7CB-\\uD7FB]*' +
    `|[\\uAC00-\\uD7A3][\\u11A8-\\u11FF]*|[^])[\\p{M}\\uFF9E\\uFF9F${INVISIBLE}]*`,
  'yu',
);

/** Kana, common Han characters and Hangul syllables: folded they are the same. */
const isPlainAt = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa)
  );
};

const isPlain = (cluster: string): boolean => cluster.length === 1 && isPlainAt(cluster, 0);

function clusterAt(run: string, index: number): string {
  const next = index + 1;
  const isAlone = next === run.length || run.charCodeAt(next) < 0x80 || isPlainAt(run, next);
  if (isAlone && isPlainAt(run, index)) return run.charAt(index);
  CLUSTER.lastIndex = index;
  return CLUSTER.exec(run)?.[0] ?? run.slice(index);
}

/** Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic, and what shows nothing. */
const ACCENT_RANGES = [
  '\\u0300-\\u036F\\u0483-\\u0487\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7',
  '\\u0610-\\u061A\\u0640\\u064B-\\u065F\\u0670\\u06D6-\\u06DC\\u06DF-\\u06E4\\u06E7\\u06E8',
  '\\u06EA-\\u06ED\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF\\u20D0-\\u20FF\\uFE00-\\uFE0F\\uFE20-\\uFE2F',
  '\\u{E0100}-\\u{E01EF}',
  INVISIBLE,
];
const anyOf = (ranges: readonly string[]): RegExp => new RegExp(`[${ranges.join('')}]`, 'gu');
const ACCENTS = anyOf(ACCENT_RANGES);

/** Letters that Unicode doesn't decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i', ŧ: 't' },
  ς: 'σ',
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** The words of a text, in their order. */
export function* wordsOf(text: string): Generator<Word, void, undefined> {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (ASCII.test(run)) {
      const value = stemOf(run.toLowerCase());
      yield { value, isCharacter: false, isJoined: false, start: index, end: index + run.length };
    } else if (SPACELESS.test(run)) {
      yield* mixedWords(run, index);
    } else {
      yield* plainWords(fold(run), index, index + run.length);
    }
  }
}

/** A run that has characters of a script without spaces, perhaps beside words of another one. */
function* mixedWords(run: string, offset: number): Generator<Word, void, undefined> {
  const word = { text: '', start: offset };
  let isJoined = false;
  for (let index = 0; index < run.length;) {
    const cluster = clusterAt(run, index);
    const [start, end] = [offset + index, offset + index + cluster.length];
    const folded = isPlain(cluster) ? cluster : fold(cluster);
    index += cluster.length;
    if (!isPlain(cluster) && !SPACELESS.test(folded)) {
      if (word.text === '') word.start = start;
      word.text += folded;
      isJoined = false;
      continue;
    }
    if (word.text !== '') yield* plainWords(word.text, word.start, start);
    word.text = '';
    for (const value of isPlain(cluster) ? cluster : (folded.match(LETTER) ?? [])) {
      yield { value, isCharacter: true, isJoined, start, end };
      isJoined = true;
    }
  }
  if (word.text !== '') yield* plainWords(word.text, word.start, offset + run.length);
}

/** What looks like one word may be several ones that a single character stands for. */
function* plainWords(folded: string, start: number, end: number): Generator<Word, void, undefined> {
  for (const [value] of folded.matchAll(RUN)) {
    yield { value: stemOf(value), isCharacter: false, isJoined: false, start, end };
  }
}

const fold = (text: string): string => {
  const letters = withFewMarks(text)
    .normalize('NFKD')
    .replaceAll(ACCENTS, '')
    .toLowerCase()
    .replaceAll(SPECIAL, (letter) => LETTERS[letter] ?? letter);
  // What was taken out may have stood between marks.
  return withFewMarks(letters).normalize('NFC');
};

/**
 * More marks than this on one letter are nonsense (it is also the limit of Unicode's stream-safe
 * text), and V8 sorts them in quadratic time when it normalizes.
 */
const MOST_MARKS = 30;

/** Halfwidth sound marks are letters, and become marks. */
const MARK = '[\\p{M}\\uFF9E\\uFF9F]';
const MANY_MARKS = new RegExp(`(${MARK}{${MOST_MARKS}})${MARK}+`, 'gu');

const withFewMarks = (text: string): string => text.replaceAll(MANY_MARKS, '$1');

const stems = new Map<string, string>();
const MOST_STEMS = 50_000;

function stemOf(word: string): string {
  if (!ENGLISH.test(word)) return word;
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= MOST_STEMS) stems.clear();
  const stem = stemmer(word);
  stems.set(word, stem);
  return stem;
}
