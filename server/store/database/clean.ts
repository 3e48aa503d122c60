/**
 * Brings text and JSON into a form that the database can hold: no NUL and no half surrogate pair
 * (neither text nor jsonb takes them), no name longer than an index entry may be.
 */
import { hash } from 'node:crypto';

/** Characters of a name; longer ones end in a hash of the whole. */
const MAX_NAME = 256;

/** Stands for a domain, model or agent that nobody has named; an empty name means all of them. */
export const UNKNOWN = 'unknown';

/** NUL or half a surrogate pair, the way JSON.stringify writes them. */
export const UNFIT_JSON = /\\u(?:0000|d[89a-f])/;

export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** A text that goes into an index. */
export function cleanName(name: string): string {
  const text = cleanText(name);
  if (text.length <= MAX_NAME) return text;
  const digest = hash('sha256', text, 'hex').slice(0, 32);
  return `${text.slice(0, MAX_NAME - 33).toWellFormed()}~${digest}`;
}

/** JSON text without what jsonb refuses. */
export function cleanJson(value: unknown): string {
  // What JSON has no word for (undefined, a function) gives no text at all.
  const json = (JSON.stringify(value) as string | undefined) ?? 'null';
  return UNFIT_JSON.test(json)
    ? JSON.stringify(value, (_key, inner: unknown) => cleanDeep(inner))
    : json;
}

function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), inner]));
}
