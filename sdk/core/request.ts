import { CloudBrainError } from './errors.ts';

/** A path of the contract with its parameters filled in. */
export function fillPath<P extends string>(path: P, params: Record<string, unknown>): P {
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(dotted(String(params[name]))),
  ) as P;
}

/**
 * `.` and `..` are resolved away from an address, encoded or not: the contract has them encoded
 * once more, and likewise what they look like then.
 */
const dotted = (id: string): string =>
  /^(?:\.|%(?:25)*2E){1,2}$/i.test(id) ? id.replaceAll('%', '%25').replaceAll('.', '%2E') : id;

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
