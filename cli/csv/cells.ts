import { NO_TIME, readTime } from '../time.ts';

/** How numbers are written in a file. */
export interface Numbers {
  /** `99,00`; otherwise `99.00`. */
  decimalComma: boolean;
}

/**
 * Reads a cell as the contract has it: its type and form. Which values are allowed, the server
 * decides.
 * @throws CellFault
 */
export type Read = (cell: string, numbers: Numbers) => unknown;

/** What is wrong with a cell, as it follows the value: "must be an amount such as 99.00". */
export class CellFault extends Error {}

export const text: Read = (cell) => cell;

export const oneOf =
  (...values: readonly string[]): Read =>
  (cell) => {
    if (!values.includes(cell)) throw new CellFault(`isn't one of ${values.join(', ')}`);
    return cell;
  };

export const amount: Read = (cell, numbers) => {
  const written = decimal(cell, numbers, 'an amount', '99.00');
  if (!/^\d+(\.\d{1,6})?$/.test(written)) throw new CellFault('must have at most 6 decimal places');
  return written;
};

export const number: Read = (cell, numbers) => Number(decimal(cell, numbers, 'a number', '12.5'));

/**
 * A number with a decimal point. The other mark is refused, not guessed: `1,234` may be either.
 * @param what the kind of number, and an example
 */
function decimal(
  cell: string,
  { decimalComma }: Numbers,
  ...[what, example]: [what: string, example: string]
): string {
  const written = decimalComma ? cell.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : cell;
  if (/^\d+(\.\d+)?$/.test(written)) return written;
  const shown = decimalComma ? example.replace('.', ',') : example;
  const hint = !decimalComma && /^\d+,\d+$/.test(cell) ? '; for 1,5 pass --decimal-comma' : '';
  throw new CellFault(`must be ${what} such as ${shown}${hint}`);
}

export const flag: Read = (cell) => {
  if (cell !== 'true' && cell !== 'false') throw new CellFault('must be true or false');
  return cell === 'true';
};

/** A day starts in UTC, so that a file means the same wherever it is read. */
export function time(cell: string): string {
  const at = readTime(cell);
  if (at === undefined) throw new CellFault(NO_TIME);
  return at;
}

/** Several in a cell, with semicolons between them. */
export const list: Read = (cell) => {
  if (cell.includes(',')) throw new CellFault('must have semicolons between its parts');
  const parts = cell.split(';').map((part) => part.trim());
  return [...new Set(parts.filter(Boolean))];
};
