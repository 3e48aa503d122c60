/**
 * Tables as CSV (RFC 4180: commas, CRLF, quotes doubled), safe to open in a spreadsheet. Rows come
 * one by one, so that a long table need not be in memory.
 */

export type CsvCell = string | number | boolean | null;

/**
 * What a spreadsheet would take for a formula, at the start of a cell. The wide ones are what some
 * programs make of the narrow.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Some programs split at semicolons or tabs, and trim spaces, whatever the file says. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/** A cell as it goes into the file. Only text can be a formula: numbers are written as they are. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  if (typeof cell === 'boolean') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row with the line break that ends it. */
export const csvRow = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** A table line by line, its header first: to be sent as it is read, or put together. */
export async function* csvRows(
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]> | AsyncIterable<readonly CsvCell[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvRow(header);
  for await (const row of rows) yield csvRow(row);
}
