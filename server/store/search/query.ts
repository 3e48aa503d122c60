/**
 * Reads what somebody looks for: words, `"a phrase"`, `or` and `-not`. Every text is a query; what
 * has no words in it asks for nothing. Pure.
 */
import { isLong, lexemeOf } from './document.ts';
import { wordsOf, type Word } from './words.ts';

/** Words that are said one after the other. */
export interface Term {
  words: readonly Word[];
  /** Whether a message that says it is left out. */
  isExcluded: boolean;
}

/** Alternatives, each of which is terms that all have to hold. */
export type ParsedQuery = readonly (readonly Term[])[];

/** How the database is asked (see migration 0019). */
export interface DatabaseQuery {
  /** A `tsquery` that finds every message that fits, and perhaps others. */
  words: string;
  /** JSON: parts of `body` by which the others are told apart; `null`: there are no others. */
  exact: string | null;
}

/** Matches every message: no lexeme has this name. */
export const EVERYTHING = "!'#'";

interface Piece {
  text: string;
  isQuoted: boolean;
  isExcluded: boolean;
}

const PIECE = /(-*)"([^"]*)"?|(-*)([^\s"]+)/gu;

function piecesOf(q: string): Piece[] {
  // What keyboards and phones make of quotes, and the dash of Chinese and Japanese ones.
  const typed = q.replaceAll(/[“”„‟＂]/gu, '"').replaceAll('－', '-');
  return [...typed.matchAll(PIECE)].map(([whole, , quoted, dashes, plain = '']) => {
    const isQuoted = quoted !== undefined;
    const text = isQuoted ? quoted : plain;
    return { text, isQuoted, isExcluded: isQuoted ? whole.startsWith('-') : dashes !== '' };
  });
}

const isOr = ({ text, isQuoted, isExcluded }: Piece): boolean =>
  !isQuoted && !isExcluded && text.toLowerCase() === 'or';

export function parseQuery(q: string): ParsedQuery {
  const pieces = piecesOf(q);
  const alternatives: Term[][] = [[]];
  let isNext = false;
  for (const [index, piece] of pieces.entries()) {
    const current = alternatives.at(-1);
    // Where there is nothing to choose from it is a word.
    if (isOr(piece) && current?.length && !isNext && index < pieces.length - 1) {
      isNext = true;
      continue;
    }
    const words = [...wordsOf(piece.text.toWellFormed())];
    if (words.length === 0) continue;
    const term = { words, isExcluded: piece.isExcluded };
    if (isNext) alternatives.push([term]);
    else current?.push(term);
    isNext = false;
  }
  return alternatives.filter((terms) => terms.length > 0);
}

/** `null` where nothing is asked for, so nothing is found. */
export function toDatabase(query: ParsedQuery): DatabaseQuery | null {
  if (query.length === 0) return null;
  const words = query.map(candidatesOf).map((all) => `(${all.join(' & ')})`);
  const isExact = query.flat().every((term) => !needsBody(term));
  const exact = query.map((terms) => ({
    all: terms.filter(({ isExcluded }) => !isExcluded).map(partOf),
    none: terms.filter(({ isExcluded }) => isExcluded).map(partOf),
  }));
  return { words: words.join(' | '), exact: isExact ? null : JSON.stringify(exact) };
}

function candidatesOf(terms: readonly Term[]): string[] {
  const lexemes = terms.flatMap((term) => {
    const quoted = lexemesOf(term).map((lexeme) => `'${lexeme}'`);
    if (!term.isExcluded) return quoted;
    // A message may say each word of a phrase, and not the phrase.
    return needsBody(term) ? [] : quoted.map((lexeme) => `!${lexeme}`);
  });
  return lexemes.length > 0 ? [...new Set(lexemes)] : [EVERYTHING];
}

/** What the index holds of it: words, single characters, and pairs of joined ones. */
function lexemesOf({ words }: Term): string[] {
  return words.flatMap((word, index) => {
    if (word.isJoined) return [`${words[index - 1]?.value ?? ''}${word.value}`];
    return words[index + 1]?.isJoined ? [] : [lexemeOf(word.value)];
  });
}

/** Whether the index can't tell alone. */
const needsBody = (term: Term): boolean => lexemesOf(term).length > 1 || term.words.some(isLong);

/** As a message's body has it. */
function partOf({ words }: Term): string {
  let part = '';
  for (const [index, { value, isCharacter, isJoined }] of words.entries()) {
    part += isJoined || (index === 0 && isCharacter) ? value : ` ${value}`;
  }
  return words.at(-1)?.isCharacter ? part : `${part} `;
}
