import stringWidth from 'string-width';
import { clean } from './clean.ts';
import type { Paint, Style } from './paint.ts';

/** A column of a table. */
export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  style?: (row: Row) => Style | undefined;
  /** Aligned to the right, as numbers are. */
  right?: true;
  /** Cut if the terminal is too narrow. */
  cut?: true;
  /** Left out if that isn't enough; the highest number first. */
  leaveOut?: number;
}

/** What a text is laid out for. */
export interface Page {
  /** How many characters a line may have. */
  width: number;
  paint: Paint;
}

/** The least number of characters that a cut cell keeps. */
const LEAST = 10;
const GAP = '  ';

/**
 * Rows in aligned columns under their titles. Cells are made harmless here: they may come from outside.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, paint }: Page,
): string {
  const all = columns.map((column) => {
    const cells = rows.map((row) => clean(column.value(row)));
    const widths = [column.title, ...cells].map((text) => stringWidth(text));
    return { column, cells, width: Math.max(...widths) };
  });
  const shown = fit(all, width);
  const line = (cellOf: (at: (typeof shown)[number]) => { text: string; style?: Style }): string =>
    shown
      .map((at, index) => {
        const { text, style } = cellOf(at);
        const cell = shorten(text, at.width);
        const painted = style === undefined || cell === '' ? cell : paint(style, cell);
        const space = ' '.repeat(at.width - stringWidth(cell));
        if (at.column.right) return space + painted;
        return index === shown.length - 1 ? painted : painted + space;
      })
      .join(GAP)
      .trimEnd();
  const head = line(({ column }) => ({ text: column.title, style: 'bold' }));
  const body = rows.map((row, index) =>
    line(({ column, cells }) => {
      const style = column.style?.(row);
      return { text: cells[index] ?? '', ...(style !== undefined && { style }) };
    }),
  );
  return [head, ...body].join('\n');
}

interface Fitted<Row> {
  column: Column<Row>;
  cells: string[];
  width: number;
}

/** Cuts the widest columns that may be cut; if that isn't enough, leaves columns out. */
function fit<Row>(all: readonly Fitted<Row>[], width: number): Fitted<Row>[] {
  const total = (columns: readonly Fitted<Row>[]): number =>
    columns.reduce((sum, column) => sum + column.width, GAP.length * (columns.length - 1));
  const least = ({ column, width: own }: Fitted<Row>): number =>
    column.cut ? Math.min(own, LEAST) : own;
  let shown = [...all];
  const narrowest = (): number =>
    total(shown.map((column) => ({ ...column, width: least(column) })));
  while (narrowest() > width) {
    const last = Math.max(...shown.map(({ column }) => column.leaveOut ?? 0));
    if (last === 0) break;
    shown = shown.filter(({ column }) => column.leaveOut !== last);
  }
  const fitted = shown.map((column) => ({ ...column }));
  for (let over = total(fitted) - width; over > 0; over--) {
    const room = fitted.filter((column) => column.width > least(column));
    const widest = room.sort((a, b) => b.width - a.width)[0];
    if (!widest) break;
    widest.width--;
  }
  return fitted;
}

/** A table under a heading, below other tables; nothing where it has no rows. */
export function section<Row>(
  heading: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  page: Page,
): string[] {
  if (rows.length === 0) return [];
  return [`${page.paint('bold', heading)}\n${table(columns, rows, page)}`];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text cut to a width, with an ellipsis. */
export function shorten(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Names with their values, one per line, the values aligned. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => stringWidth(name)));
  return rows
    .map(([name, value]) => `${name}${' '.repeat(width - stringWidth(name))}${GAP}${clean(value)}`)
    .join('\n');
}
