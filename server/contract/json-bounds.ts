/** No form of the contract is nested deeper than a handful of levels. */
const MAX_LEVELS = 64;

/** The largest form, business data with 1,000 records, has fewer than 20 values in each. */
const MAX_VALUES = 100_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Why a JSON body is not worth parsing, before any of it is built; `undefined` where it is. Looks
 * at brackets and commas alone: whether it is JSON at all is for the parser.
 */
export function jsonBound(bytes: Uint8Array): string | undefined {
  let level = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = stringEnd(bytes, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        level += 1;
        values += 1;
        if (level > MAX_LEVELS) return `is nested more than ${MAX_LEVELS} levels deep`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        level -= 1;
        break;
      case 0x2c: // ,
        values += 1;
        break;
    }
    if (values > MAX_VALUES) return `has more than ${MAX_VALUES} values`;
  }
  return undefined;
}

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
