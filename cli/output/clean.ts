/**
 * Characters that a terminal acts upon instead of showing them: controls (ESC starts its commands)
 * and marks that change the direction of text.
 */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Spells a character out: `\x1b`, `\u202e`. */
function spelled(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** A text from outside on one line, harmless to a terminal. */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\s*[\r\n\t]\s*/g, ' ')
    .replaceAll(acting, spelled);

/** A text from outside with its lines, harmless to a terminal. */
export const cleanLines = (text: string): string =>
  text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.toWellFormed().replaceAll('\t', '  ').replaceAll(acting, spelled))
    .join('\n');

/** One line of JSON that is harmless to a terminal: JSON itself escapes only some controls. */
export const jsonLine = (value: unknown): string => escaped(JSON.stringify(value));

/** JSON on several lines, harmless to a terminal. Its numbers keep their digits. */
export function prettyJson(text: string): string {
  const value = exact.parse(text, (_, part, { source }) =>
    typeof part === 'number' ? exact.rawJSON(source) : part,
  );
  return JSON.stringify(value, null, 2).split('\n').map(escaped).join('\n');
}

/** What TypeScript's library lacks. */
const exact = JSON as unknown as {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { source: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
};

const escaped = (json: string): string =>
  json.replaceAll(
    acting,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
