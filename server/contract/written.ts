/** Characters of a value, and of a name that a caller made up, that an error shows. */
const MOST = 60;
const MOST_OF_A_NAME = 100;

/** A name that a caller made up, as an error shows it. */
export const shortened = (name: string, most = MOST_OF_A_NAME): string =>
  name.length > most ? `${name.slice(0, most).toWellFormed()}…` : name;

/** A value as an error shows it: what a caller sent may be long, or hold anything. */
export function written(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const isLong = value.length > MOST;
      // Escaped: neither control characters nor half a character.
      const text = JSON.stringify(isLong ? value.slice(0, MOST) : value);
      return isLong ? `${text.slice(0, -1)}…"` : text;
    }
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'nothing';
    default:
      if (value === null) return 'null';
      return Array.isArray(value) ? 'a list' : 'an object';
  }
}
