import { CloudBrainError } from './errors.ts';

/**
 * A path of the contract with its parameters filled in.
 *
 * @throws CloudBrainError for a value that no path can carry: an empty one would name another
 * operation
 */
export function fillPath(path: string, params: Record<string, unknown>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (typeof value === 'string' && value !== '' && value.isWellFormed()) return encodeId(value);
    throw new CloudBrainError(`\`${name}\` must be a text that is not empty, in ${path}`);
  });
}

/**
 * The path of one thing of a list. Of an id that no path can carry it stays unfilled, so that it is
 * the call that fails, as all others do.
 */
export function withId<P extends string>(path: P, id: string): P {
  try {
    return fillPath(path, { id }) as P;
  } catch {
    return path;
  }
}

/**
 * An id as a segment of a path. `.` and `..` are resolved away from every address, by proxies also
 * within `a%2F..`, and some words are operations of their own. Their first character is encoded
 * twice; so is the `%` of what looks like that, and the server decodes such segments once more.
 */
function encodeId(id: string): string {
  const escaped = id
    .replace(
      /(^|[/\\])(\.\.?(?![^/\\])|%[\da-f]{2}[^/\\]*)/gi,
      (_, before: string, part: string) =>
        before + part.replaceAll('%', '%25').replaceAll('.', '%2E'),
    )
    .replace(OTHER_OPERATIONS, (word) => `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`);
  return encodeURIComponent(escaped);
}

/** What the contract has where an id may be: `/api/conversations/search`. */
const OTHER_OPERATIONS = /^(?:delete|export|groups|search)$/;

/**
 * A query string; the contract joins lists by commas. Only undefined and null are left out: an empty
 * text or list is sent, and the server refuses it rather than answer for everything.
 */
export function toQuery(query: unknown): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value != null);
  return given.length ? `?${new URLSearchParams(given as [string, string][])}` : '';
}

/**
 * The address of a server, without what a path can't follow: a slash at its end, query and hash.
 * @throws CloudBrainError where it is none
 */
export function absolute(baseUrl = '/'): string {
  try {
    const { href } = new URL(baseUrl, (globalThis as Partial<typeof globalThis>).location?.href);
    return href.replace(/\/?([?#].*)?$/, '');
  } catch {
    throw new CloudBrainError(`baseUrl is no address: ${baseUrl}`);
  }
}
