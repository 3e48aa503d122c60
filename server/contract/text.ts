/** Why a text can't be kept: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain NUL';
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  return undefined;
}

/** The first text in a JSON value that can't be kept, by its JSON pointer. */
export function findTextFault(
  value: unknown,
  path = '',
): { path: string; message: string } | undefined {
  if (typeof value === 'string') {
    const message = textFault(value);
    return message === undefined ? undefined : { path, message };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const fault = findTextFault(inner, `${path}/${key}`);
    if (fault) return fault;
  }
  return undefined;
}
