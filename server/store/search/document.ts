/** What is kept of a message so that it can be found. Pure. */
import { wordsOf, type Word } from './words.ts';

export interface SearchDocument {
  /** Lexemes as the input of a `tsvector`: what the index holds. */
  words: string;
  /** Its words one after the other: what phrases are looked for in. */
  body: string;
}

/** Characters of a message that it can be found by. */
export const MOST_SEARCHED = 100_000;

/** Bytes of lexemes; PostgreSQL takes a little more than a million. */
const MOST_BYTES = 900_000;

/** UTF-16 units of a lexeme; PostgreSQL takes 2,046 bytes. */
const LONGEST_LEXEME = 128;

export function documentOf(text: string): SearchDocument {
  const lexemes = new Set<string>();
  let [body, bytes, before] = ['', 0, ''];
  const add = (lexeme: string): void => {
    if (lexemes.has(lexeme)) return;
    lexemes.add(lexeme);
    bytes += Buffer.byteLength(lexeme) + 2;
  };
  for (const word of wordsOf(text.slice(0, MOST_SEARCHED).toWellFormed())) {
    add(lexemeOf(word.value));
    if (word.isJoined) add(before + word.value);
    if (bytes > MOST_BYTES) break;
    body += (word.isJoined ? '' : ' ') + word.value;
    before = word.value;
  }
  return {
    words: [...lexemes].map((lexeme) => `'${lexeme}'`).join(' '),
    body: body === '' ? '' : `${body} `,
  };
}

export const isLong = ({ value }: Word): boolean => value.length > LONGEST_LEXEME;

export const lexemeOf = (value: string): string =>
  value.length > LONGEST_LEXEME
    ? value.slice(0, LONGEST_LEXEME).replace(/[\uD800-\uDBFF]$/, '')
    : value;
