/** CSV (RFC 4180) that a spreadsheet does not take for a formula. */

export type Cell = string | number | boolean | null;

/** What a spreadsheet may begin to reckon with. */
const FORMULA = /^[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;

/** A line with its end; `null` is an empty cell. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  // An apostrophe makes a text of it, and spreadsheets don't show it.
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
