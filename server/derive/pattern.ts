/** Characters of a pattern. */
const LIMIT = 300;

/** What differs from one time to the next, in the order in which it is taken out. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\bhttps?:\/\/[^\s"'<>)\]]{1,500}/gi, '<url>'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '<email>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  // Ids such as `req_011CSHo`, `chatcmpl-9x2`: letters and digits mixed, long enough to be one.
  [/\b(?:0x)?(?=[\w-]{0,80}\d)(?=[\w-]{0,80}[a-z])[\w-]{12,80}\b/gi, '<id>'],
  [/"[^"\n]{1,200}"|'[^'\n]{1,200}'|`[^`\n]{1,200}`/g, '<text>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];

/**
 * A message without what differs from one time to the next (addresses, ids, times, numbers, quoted
 * texts), so that errors of one cause are one group.
 */
export function patternOf(message: string | null): string | null {
  if (message === null) return null;
  // What is cut off after the pattern's end can't change it much, and costs no time.
  let text = message.slice(0, 4 * LIMIT);
  for (const [variable, name] of VARIABLE) text = text.replace(variable, name);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, LIMIT).toWellFormed();
}
