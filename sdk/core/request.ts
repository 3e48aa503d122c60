import { CloudBrainError } from './errors.ts';

/** The path of one thing: what stands in braces is its id. */
export function withId<P extends `${string}{${string}}${string}`>(path: P, id: string): P {
  return path.replace(/\{.+\}/, () => encodeURIComponent(dotted(id))) as P;
}

/**
 * `.` and `..` are resolved away from an address, encoded or not: the contract has them encoded
 * once more, and likewise what they look like then.
 */
const dotted = (id: string): string =>
  /^(?:\.|%(?:25)*2E){1,2}$/i.test(id) ? id.replaceAll('%', '%25').replaceAll('.', '%2E') : id;

/** Headers; the later of two that differ in case alone wins, and what is undefined is left out. */
export function toHeaders(given: Record<string, string | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}

/**
 * A query string; the contract joins lists by commas. Only what is undefined or null is left out: an
 * empty text or list asks for something, and the server refuses it rather than answer for everything.
 */
export function toQuery(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value != null);
  return given.length ? `?${new URLSearchParams(given as [string, string][])}` : '';
}

/** The value; nothing for nothing; the error where it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return text ? (JSON.parse(text) as unknown) : undefined;
  } catch (error) {
    return error;
  }
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
