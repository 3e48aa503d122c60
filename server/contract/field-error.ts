import type { Fault } from './faults.ts';
import type { Schemas } from './types.ts';
import { shortened } from './written.ts';

/** Characters of a pointer, whose steps may be names that a caller made up. */
const MOST_OF_A_POINTER = 300;

/** A field that a refusal is about. `path` is a parameter's name, or a JSON pointer into the body. */
export type FieldError = Schemas['FieldError'];

export type FieldErrorCode = Schemas['FieldErrorCode'];

/**
 * The entry of a field that is wrong.
 *
 * @example
 * fieldError('query', { path: 'limit', code: 'too_large', expected: 'must be at most 200', given: '201' })
 * // message: '`limit` must be at most 200 (got 201).'
 */
export function fieldError(
  place: FieldError['in'],
  { path: full, code, expected, given }: Fault,
): FieldError {
  const path = shortened(full, place === 'body' ? MOST_OF_A_POINTER : undefined);
  const subject = path === '' ? 'The body' : `\`${path}\``;
  const got = given === undefined ? '' : ` (got ${given})`;
  return { in: place, path, code, message: `${subject} ${expected}${got}.` };
}
