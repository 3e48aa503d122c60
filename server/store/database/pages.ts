/** Pages of a list, found by the place of an entry and never by how many come before it. */
import { sql, type RawBuilder } from 'kysely';

/** What an entry is sorted by, as text: two entries never have the same. */
export type Position = readonly string[];

/** Where a page starts: after an entry, or before it. */
export interface Place {
  towards: 'next' | 'previous';
  position: Position;
  /** Whether the entry itself belongs to the page, as after an empty page. */
  isIncluded: boolean;
}

export interface PageQuery {
  /** `null`: from the start of the list. */
  from: Place | null;
  /** Entries at most. */
  limit: number;
}

export interface Page<Entry> {
  /** In the order of the list, whichever way they were found. */
  entries: Entry[];
  /** Where the next page starts; `null` on the last one. */
  next: Place | null;
  /** Where the page before starts; `null` on the first one. */
  previous: Place | null;
}

/**
 * A page of what was found.
 * @param found the entries as `seek` sorts them: away from the place, one more than a page has
 * where there are more
 */
export function pageOf<Entry>(
  found: readonly Entry[],
  { from, limit }: PageQuery,
  positionOf: (entry: Entry) => Position,
): Page<Entry> {
  const hasMore = found.length > limit;
  const isBack = from?.towards === 'previous';
  const entries = isBack ? found.slice(0, limit).toReversed() : found.slice(0, limit);
  const [first, last] = [entries.at(0), entries.at(-1)];
  if (!first || !last) {
    // The other way lies all that is on the other side of the place.
    const back = from && { ...from, isIncluded: !from.isIncluded };
    return {
      entries,
      next: isBack && back ? { ...back, towards: 'next' } : null,
      previous: !isBack && back ? { ...back, towards: 'previous' } : null,
    };
  }
  const beyond = (towards: Place['towards'], entry: Entry): Place => ({
    towards,
    position: positionOf(entry),
    isIncluded: false,
  });
  return {
    entries,
    next: isBack || hasMore ? beyond('next', last) : null,
    previous: (isBack ? hasMore : from !== null) ? beyond('previous', first) : null,
  };
}

/** One of what a list is sorted by; none is ever null. */
export interface SortKey {
  value: RawBuilder<unknown>;
  /** Its type, such as `timestamptz`. */
  type: string;
  order: 'asc' | 'desc';
}

/** How a page is found: the condition and the order of its query. */
export interface Seek {
  isBeyond: RawBuilder<boolean>;
  inOrder: RawBuilder<unknown>;
}

/** @param keys what the list is sorted by: together they tell every two entries apart */
export function seek(keys: readonly SortKey[], from: Place | null): Seek {
  const isBack = from?.towards === 'previous';
  const order = (key: SortKey) => ((key.order === 'asc') === isBack ? 'desc' : 'asc');
  const inOrder = sql`order by ${sql.join(
    keys.map((key) => sql`${key.value} ${sql.raw(order(key))}`),
  )}`;
  return { isBeyond: from === null ? sql`true` : beyond(keys, from, order), inOrder };
}

function beyond(
  keys: readonly SortKey[],
  { position, isIncluded }: Place,
  orderOf: (key: SortKey) => 'asc' | 'desc',
): RawBuilder<boolean> {
  const given = keys.map(({ type }, index) => sql`${position[index]}::${sql.raw(type)}`);
  const sign = (key: SortKey, equal: boolean) =>
    sql.raw((orderOf(key) === 'asc' ? '>' : '<') + (equal ? '=' : ''));
  const [first] = keys;
  if (first && keys.every((key) => key.order === first.order)) {
    // As one comparison, which an index answers.
    const values = sql.join(keys.map(({ value }) => value));
    return sql<boolean>`(${values}) ${sign(first, isIncluded)} (${sql.join(given)})`;
  }
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map(({ value }, at) => sql`${value} = ${given[at]}`);
    const isLast = index === keys.length - 1;
    const past = sql`${key.value} ${sign(key, isLast && isIncluded)} ${given[index]}`;
    return sql`(${sql.join([...equal, past], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(alternatives, sql` or `)})`;
}
