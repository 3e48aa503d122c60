/**
 * What a terminal would act upon instead of showing it: controls (ESC begins its commands), and the
 * marks that turn the direction of text.
 */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Shows what it is: `\x1b`, `\u202e`. */
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

/** As one line of JSON that a terminal may show as well: JSON itself escapes only some controls. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    acting,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
