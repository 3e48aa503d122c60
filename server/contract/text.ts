import { pointer, type Fault } from './faults.ts';

/** Why a text can't be kept: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function textFault(text: string, path: string): Fault | undefined {
  const code = 'invalid_text';
  if (text.includes('\0')) return { path, code, expected: 'must not contain NUL' };
  if (!text.isWellFormed()) return { path, code, expected: 'must be well-formed Unicode' };
  return undefined;
}

/** The first text in a JSON value that can't be kept, by its JSON pointer. */
export function findTextFault(value: unknown, path = ''): Fault | undefined {
  if (typeof value === 'string') return textFault(value, path);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const fault = findTextFault(inner, path + pointer(key));
    if (fault) return fault;
  }
  return undefined;
}
