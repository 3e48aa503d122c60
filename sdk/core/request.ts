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
    throw new CloudBrainError(`\`${name}\` must be a non-empty string, in ${path}`);
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
  const given = Object.entries((query ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value != null,
  );
  const texts = given.map(([name, value]) => [name, isDate(value) ? toText(value, name) : value]);
  return texts.length ? `?${new URLSearchParams(texts as [string, string][])}` : '';
}

/**
 * A body as JSON, with its times as the contract has them.
 *
 * @throws CloudBrainError for an invalid `Date`, which JSON would turn into null
 */
export function toJson(body: unknown): string {
  return JSON.stringify(
    body,
    function (this: Record<string, unknown>, name: string, value: unknown) {
      // The value is a text by now.
      const given = this[name];
      return isDate(given) ? toText(given, name) : value;
    },
  );
}

const isDate = (value: unknown): value is Date =>
  Object.prototype.toString.call(value) === '[object Date]';

function toText(date: Date, name: string): string {
  if (Number.isNaN(+date)) throw new CloudBrainError(`\`${name}\` must be a valid Date`);
  return date.toISOString();
}

/**
 * The address of a server, without what a path can't follow: a slash at its end, query and hash.
 *
 * @param given in a page also a path of the page's server, which is the default
 * @param name of the setting, for errors
 * @throws CloudBrainError where it isn't one
 */
export function absolute(given: string | URL | undefined, name = 'baseUrl'): string {
  const page = (globalThis as Partial<typeof globalThis>).location?.href;
  if (given === undefined && page === undefined) {
    throw new CloudBrainError('`baseUrl` is missing: pass it, or set CLOUDBRAIN_BASE_URL');
  }
  let text = '/';
  try {
    if (given !== undefined) text = given.toString().trim();
    const { protocol, username, password, href } = new URL(text, page);
    if (/^(?:https?:|[/.])/i.test(text) && /^https?:$/.test(protocol) && !username && !password) {
      return href.replace(/\/?([?#].*)?$/, '');
    }
  } catch {
    // The error below is for every fault.
  }
  // What has a password in it is not shown.
  const shown = text.includes('@') ? 'one with a password' : JSON.stringify(given);
  throw new CloudBrainError(
    `\`${name}\` must be an address such as http://127.0.0.1:4400, not ${shown}`,
  );
}
