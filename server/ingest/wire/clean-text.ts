/**
 * A string that PostgreSQL takes: `text` refuses NUL, `jsonb` refuses half surrogate pairs. Both
 * become U+FFFD.
 */
export function cleanText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}
