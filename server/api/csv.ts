/**
 * Tables as CSV (RFC 4180: commas, CRLF, quotes doubled), safe to open in a spreadsheet. Rows come
 * one by one, so that a long table need not be in memory.
 */

export type CsvCell = string | number | boolean | null | Decimal;

/** A number that is kept as text, such as an amount of money. */
class Decimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** A cell of a numeric column whose values are decimal strings: written as it is, also below 0. */
export const decimal = (text: string | null): CsvCell =>
  text !== null && DECIMAL.test(text) ? new Decimal(text) : text;

/** What may stand before a formula unseen: programs trim it, or show nothing of it. */
const UNSEEN = String.raw`\p{C}\p{Z}\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800`;

/** What starts a formula: `= + - @`, the wide, small, raised and lowered forms of them, and U+2212. */
const STARTS = String.raw`=+\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋\u2212`;

/** What a spreadsheet would take for a formula, or for the break of a cell that starts one. */
const FORMULA = new RegExp(`^[${UNSEEN}]*[${STARTS}\\t\\r\\n]`, 'u');

/** Some programs split at semicolons or tabs, and trim spaces, whatever the file says. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/** A cell as it goes into the file. Only text can be a formula: numbers are written as they are. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  if (typeof cell === 'boolean') return String(cell);
  if (cell instanceof Decimal) return cell.text;
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
