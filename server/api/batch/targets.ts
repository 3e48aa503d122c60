/** Which operations can be in a batch, and by which paths. */
import type { Contract, FieldErrorCode } from '../../contract/index.ts';

type Operation = Contract['operations'] extends ReadonlyMap<unknown, infer O> ? O : never;

/** What is wrong with a path. */
export interface PathFault {
  code: FieldErrorCode;
  /** Follows the path: "must start with a slash". */
  expected: string;
}

/** Says what is wrong with a request's path; `null`: nothing. */
export type PathCheck = (path: string) => PathFault | null;

export function pathCheck(contract: Contract): PathCheck {
  const byPath = Map.groupBy(contract.operations.values(), ({ path }) => path);
  const targets = [...byPath]
    .map(([path, operations]) => ({
      ...patternOf(path),
      get: operations.find(({ method }) => method === 'GET'),
    }))
    // As in the router, a literal segment wins over a parameter.
    .sort((one, other) => one.parameters - other.parameters);
  return (path) => {
    const malformed = malformation(path);
    if (malformed !== null) return { code: 'wrong_format', expected: malformed };
    const [address = ''] = path.split('?', 1);
    const targetOf = (text: string) => targets.find(({ expression }) => expression.test(text));
    // The router reads a path decoded, apart from encoded slashes and percent signs.
    const routed = decoded(address);
    if (routed === null) return { code: 'wrong_format', expected: 'must be percent-encoded' };
    const target = targetOf(routed);
    const get = target === targetOf(address) ? target?.get : undefined;
    if (!get) return { code: 'invalid', expected: 'must be the path of a GET operation' };
    if (answersJson(get)) return null;
    return {
      code: 'invalid',
      expected: "must not be a stream or a file: they can't be in a batch",
    };
  };
}

function decoded(address: string): string | null {
  try {
    return decodeURI(address.replaceAll('%25', '%2525'));
  } catch {
    return null;
  }
}

function patternOf(path: string): { expression: RegExp; parameters: number } {
  const parameters = path.match(/\{\w+\}/g)?.length ?? 0;
  const literal = path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+');
  return { expression: new RegExp(`^${literal}$`), parameters };
}

/** Whether it always answers JSON: it is neither a live stream nor a WebSocket nor a file. */
const answersJson = ({ responses }: Operation): boolean =>
  !responses.has(101) &&
  [...(responses.get(200)?.keys() ?? ['none'])].every((type) => type === 'application/json');

/** Whatever a URL parser would resolve or drop: another path would be requested than is checked. */
function malformation(path: string): string | null {
  if (!path.startsWith('/')) return 'must start with a slash, such as /api/stats/overview';
  if (path.startsWith('//')) return 'must not name a host';
  if (path.includes('#')) return 'must not have a fragment';
  if (/[\s\p{Cc}\\]/u.test(path)) return 'must be percent-encoded';
  const [address = ''] = path.split('?', 1);
  // A URL parser reads `%2e` as a dot.
  const isDots = (segment: string): boolean => /^(?:\.|%2e){1,2}$/i.test(segment);
  return address.split('/').some(isDots) ? 'must not have dot segments' : null;
}
