import { NO_TIME, readTime } from '../time.ts';

/** Reads a cell as the contract takes it: its type and form; what a value may be, the server tells. */
export type Read = (cell: string) => unknown;

/** What is wrong with a cell, to be said after its value: "is no amount". */
export class CellFault extends Error {}

export const text: Read = (cell) => cell;

export const oneOf =
  (...values: readonly string[]): Read =>
  (cell) => {
    if (!values.includes(cell)) throw new CellFault(`isn't one of ${values.join(', ')}`);
    return cell;
  };

export const amount: Read = (cell) => {
  if (!/^\d+(\.\d{1,6})?$/.test(cell)) throw new CellFault('is no amount such as 99.00');
  return cell;
};

export const number: Read = (cell) => {
  if (!/^\d+(\.\d+)?$/.test(cell)) throw new CellFault('is no number such as 12.5');
  return Number(cell);
};

export const flag: Read = (cell) => {
  if (cell !== 'true' && cell !== 'false') throw new CellFault('is neither true nor false');
  return cell === 'true';
};

/** A day begins in UTC: a file means the same wherever it is read. */
export function time(cell: string): string {
  const at = readTime(cell);
  if (at === undefined) throw new CellFault(NO_TIME);
  return at;
}

/** Several in a cell, a semicolon between them. */
export const list: Read = (cell) => [
  ...new Set(
    cell
      .split(';')
      .map((each) => each.trim())
      .filter(Boolean),
  ),
];
