import type { AttributeValue } from '../../../server/ingest/wire/model.ts';

/** Deeper values than any client sends: cut, so that nobody can exhaust the stack. */
const MAX_DEPTH = 40;

/**
 * A string that PostgreSQL takes: `text` refuses NUL, `jsonb` refuses half surrogate pairs. Both
 * become U+FFFD.
 */
export function cleanText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}

/** Any JSON value with clean strings and keys; `null` for what is nested beyond 40 levels. */
export function cleanValue(value: unknown, depth = 0): AttributeValue {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item, depth + 1)]),
  );
}

/** JSON inside a string, clean; `undefined` where it is none (an exporter may have cut it off). */
export function parseJson(text: string): AttributeValue | undefined {
  try {
    return cleanValue(JSON.parse(text));
  } catch {
    return undefined;
  }
}
