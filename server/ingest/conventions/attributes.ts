import { hash } from 'node:crypto';
import type { Attributes, AttributeValue } from '../wire/model.ts';
import { decimalOf } from '../wire/numbers.ts';

/** Characters of a name or an id; what the database indexes is cut further there. */
const NAME_LIMIT = 1_000;

/** No call of a model takes or gives more tokens than this: beyond is nonsense. */
const COUNT_LIMIT = 1_000_000_000;

/** A week in milliseconds: nothing measured lasts longer. */
const DURATION_LIMIT_MS = 7 * 24 * 3_600_000;

/** Tells the sender of a value that was not believed. */
export type Note = (message: string) => void;

/** At most `length` characters, never half a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** The first of some attributes that is there: `null` counts as absent. */
export function value(attributes: Attributes, ...keys: string[]): AttributeValue {
  for (const key of keys) {
    const found = attributes.get(key);
    if (found != null) return found;
  }
  return null;
}

/** The first that is a non-empty string, number or boolean, uncut. */
export function text(attributes: Attributes, ...keys: string[]): string | null {
  for (const key of keys) {
    const found = attributes.get(key);
    if (typeof found === 'number' || typeof found === 'boolean') return String(found);
    if (typeof found === 'string' && found !== '') return found;
  }
  return null;
}

/** Like `text`, for names and ids: trimmed, at most 1,000 characters; a longer one ends in its hash. */
export function name(attributes: Attributes, ...keys: string[]): string | null {
  for (const key of keys) {
    const found = text(attributes, key)?.trim();
    if (found) return shortName(found);
  }
  return null;
}

function shortName(found: string): string {
  if (found.length <= NAME_LIMIT) return found;
  const digest = hash('sha256', found, 'hex').slice(0, 32);
  return `${cut(found, NAME_LIMIT - digest.length - 1)}~${digest}`;
}

/** The first name of a list, such as `gen_ai.response.finish_reasons`. */
export function firstName(attributes: Attributes, ...keys: string[]): string | null {
  const found = value(attributes, ...keys);
  const first = Array.isArray(found) ? found[0] : found;
  return typeof first === 'string' && first !== '' ? cut(first, NAME_LIMIT) : null;
}

/** A number, whether it was sent as one or as a string. */
export function number(attributes: Attributes, ...keys: string[]): number | null {
  const found = value(attributes, ...keys);
  if (typeof found === 'number') return found;
  return typeof found === 'string' ? decimalOf(found) : null;
}

/** A boolean, whether it was sent as one or as a string. */
export function flag(attributes: Attributes, ...keys: string[]): boolean | null {
  const found = value(attributes, ...keys);
  if (typeof found === 'boolean') return found;
  return found === 'true' ? true : found === 'false' ? false : null;
}

/** A count of tokens or steps; one that can't be is `null`, and told to the sender. */
export function count(attributes: Attributes, note: Note, ...keys: string[]): number | null {
  const key = keys.find((candidate) => attributes.get(candidate) != null);
  if (key === undefined) return null;
  const found = number(attributes, key);
  if (found !== null && Number.isInteger(found) && found >= 0 && found <= COUNT_LIMIT) return found;
  note(`${key} is not a count and was ignored`);
  return null;
}

/** Milliseconds, or `null` where they are absent, negative or longer than a week. */
export function duration(attributes: Attributes, ...keys: string[]): number | null {
  return sane(number(attributes, ...keys));
}

/** The same, told in seconds as the conventions do. */
export function durationOfSeconds(attributes: Attributes, ...keys: string[]): number | null {
  const seconds = number(attributes, ...keys);
  return sane(seconds === null ? null : seconds * 1_000);
}

function sane(ms: number | null): number | null {
  if (ms === null || !(ms >= 0) || ms > DURATION_LIMIT_MS) return null;
  return Math.round(ms * 1_000) / 1_000;
}
