/** The part of a message in which something was found. Pure. */
import type { ParsedQuery, Term } from './query.ts';
import { wordsOf, type Word } from './words.ts';

/** A part of a text, and whether it was looked for. */
export interface SnippetPart {
  text: string;
  match: boolean;
}

/** UTF-16 units, of the text before what was found and of the whole. */
const [BEFORE, WHOLE] = [60, 240];

interface Range {
  start: number;
  end: number;
}

/** The text around the first place that fits, cut into what fits and what doesn't. */
export function snippetOf(text: string, query: ParsedQuery): SnippetPart[] {
  const byLast = Map.groupBy(
    query.flat().filter(({ isExcluded }) => !isExcluded),
    ({ words }) => words.at(-1)?.value,
  );
  const words: Word[] = [];
  const found: Range[] = [];
  let limit = byLast.size === 0 ? WHOLE : Infinity;
  for (const word of wordsOf(text)) {
    if (word.end > limit) break;
    words.push(word);
    for (const term of byLast.get(word.value) ?? []) {
      const start = startOf(term, words);
      if (start === null) continue;
      if (found.length === 0) limit = Math.max(word.end, windowStart(words, start) + WHOLE);
      found.push({ start, end: word.end });
    }
  }
  const ranges = merged(found);
  const start = windowStart(words, ranges[0]?.start ?? 0);
  const most = Math.max(start + WHOLE, ranges[0]?.end ?? 0);
  if (text.length <= most) return cut(text, { start, end: text.length }, ranges);
  const end = words.findLast((word) => word.end <= most && word.end > start)?.end ?? most;
  return cut(text, { start, end }, ranges);
}

/** Where a term begins that ends with the last of the words; `null`: it doesn't. */
function startOf({ words: wanted }: Term, words: readonly Word[]): number | null {
  const offset = words.length - wanted.length;
  const isSaid = wanted.every((each, index) => {
    const word = words[offset + index];
    return word?.value === each.value && (index === 0 || word.isJoined === each.isJoined);
  });
  return isSaid ? (words[offset]?.start ?? null) : null;
}

/** The start of a word a little before. */
function windowStart(words: readonly Word[], at: number): number {
  if (at <= BEFORE) return 0;
  return Math.min(at, words.find(({ start }) => start >= at - BEFORE)?.start ?? at);
}

function merged(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = all.at(-1);
    if (last && range.start < last.end) last.end = Math.max(last.end, range.end);
    else all.push({ ...range });
  }
  return all;
}

function cut(text: string, { start, end }: Range, ranges: readonly Range[]): SnippetPart[] {
  const parts: SnippetPart[] = [];
  let at = start;
  const add = (until: number, match: boolean): void => {
    if (until > at) parts.push({ text: text.slice(at, until).toWellFormed(), match });
    at = until;
  };
  for (const range of ranges) {
    add(range.start, false);
    add(range.end, true);
  }
  add(end, false);
  return parts;
}
