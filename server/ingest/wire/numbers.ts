const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const INTEGER = /^\s*[+-]?\d+\s*$/;

/** The finite number that a text writes in decimal, else `null`: `Number` reads `""` and `"0x10"` too. */
export function decimalOf(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** A number where it is exact, else its decimal text; what is no integer at all is `null`. */
export function integerOf(value: number | string | undefined): number | string | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  if (value === undefined || !INTEGER.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.trim();
}

/** JSON has no infinities: the mapping writes `"NaN"` and `"Infinity"`, which are unknown here. */
export function doubleOf(value: number | string | undefined): number | null {
  if (typeof value === 'string') return decimalOf(value);
  return value !== undefined && Number.isFinite(value) ? value : null;
}
