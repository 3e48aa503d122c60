import type { Value, ValueFormat } from '../format/value.ts';

/** What a column's values are: figures, points in time, names of any length, or short words. */
export type ColumnFormat = ValueFormat | 'time' | 'name' | 'text';

/** A column of a table. */
export interface Column<T> {
  /** Names the column: its cells have the class `c-<key>`. */
  key: string;
  /** The heading. */
  label: string;
  /** How its values are written; `text` by default. Names are cut in the middle where they don't fit. */
  format?: ColumnFormat;
  /** `end` for figures, which is the default of those formats. */
  align?: 'start' | 'end';
  /** Its value; by default the item's property of that name. Null is unknown. */
  value?(this: void, item: T): Value | null;
  /** Instead of its value, any content. */
  render?(this: void, item: T): unknown;
  /** Whether the reader can sort by it, or how two items are ordered. */
  sort?: boolean | ((this: void, a: T, b: T) => number);
  /**
   * Where it is in a narrow container, in which a row has two lines: on the first (1, the default), on
   * the second (2), or hidden (3).
   */
  priority?: 1 | 2 | 3;
  /** The width that it has at least, as a CSS length: what its usual values need. */
  width?: string;
}

/** The column that a table is sorted by. */
export interface Sorting {
  key: string;
  direction: 'ascending' | 'descending';
}

const DEFAULT_WIDTH = '8ch';

/** Formats whose values stand below each other by their last digit. */
const FIGURES: readonly (ColumnFormat | undefined)[] = [
  'number',
  'compact',
  'currency',
  'percent',
  'duration',
  'bytes',
  'tokens',
];

/** The side at which a column's values start. */
export const alignOf = ({ align, format }: Column<never>): 'start' | 'end' =>
  align ?? (FIGURES.includes(format) ? 'end' : 'start');

/** The value of an item in a column. */
export function valueOf<T>({ key, value }: Column<T>, item: T): Value | null {
  if (value) return value(item);
  return ((item as Record<string, unknown>)[key] as Value | null | undefined) ?? null;
}

/**
 * The widths of columns, as CSS grid tracks. Each column is at least as wide as its usual values, so
 * that nothing moves when rows arrive; one with longer values grows as far as there is room.
 *
 * @param isSteady whether widths never depend on the values, as where only some rows are rendered
 */
export function tracksOf(columns: readonly Column<never>[], isSteady = false): string {
  const max = isSteady ? '1fr' : 'auto';
  return columns.map(({ width = DEFAULT_WIDTH }) => `minmax(${width}, ${max})`).join(' ');
}

/** How a table is sorted after a press of a column's heading: figures and times descend first. */
export function nextSorting(column: Column<never>, sorting: Sorting | undefined): Sorting {
  const { key, format } = column;
  if (sorting?.key === key)
    return { key, direction: sorting.direction === 'ascending' ? 'descending' : 'ascending' };
  const descends = format === 'time' || FIGURES.includes(format);
  return { key, direction: descends ? 'descending' : 'ascending' };
}

/**
 * Items in the order of a column; items with the same value keep theirs. Unknown values come last in
 * both directions.
 */
export function sortItems<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  sorting: Sorting | undefined,
  locale: string,
): readonly T[] {
  const column = columns.find(({ key, sort }) => sort && key === sorting?.key);
  if (!column || !sorting) return items;
  const sign = sorting.direction === 'ascending' ? 1 : -1;
  if (typeof column.sort === 'function') {
    const { sort } = column;
    return items.toSorted((a, b) => sign * sort(a, b));
  }
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return items
    .map((item) => ({ item, value: valueOf(column, item) }))
    .toSorted(({ value: a }, { value: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return sign * compareValues(a, b, column.format, compare);
    })
    .map(({ item }) => item);
}

function compareValues(
  a: Value,
  b: Value,
  format: ColumnFormat | undefined,
  compare: (a: string, b: string) => number,
): number {
  if (format === 'time') return Date.parse(String(a)) - Date.parse(String(b));
  // Money is a decimal string.
  if (typeof a === 'number' || FIGURES.includes(format)) return Number(a) - Number(b);
  return compare(a, String(b));
}
