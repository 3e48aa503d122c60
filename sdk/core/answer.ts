import { InvalidResponseError } from './errors.ts';

export const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

/** A request, for messages. Its query may be private. */
export function nameOf({ method, url }: Pick<Request, 'method' | 'url'>): string {
  const { host, pathname } = new URL(url);
  return `${method} ${pathname} at ${host}`;
}

/** The media type of an answer, without parameters; empty where it has none. */
function mediaTypeOf({ headers }: Response): string {
  const [type = ''] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  return type.trim();
}

export const isStream = (response: Response): boolean => mediaTypeOf(response) === EVENTS_TYPE;

/**
 * Makes sure that a successful answer is one of the contract, and not the page of something in
 * between.
 *
 * @throws InvalidResponseError where it has another media type
 */
export function requireType(response: Response, type: string, request: Request): void {
  const given = mediaTypeOf(response);
  const isJson = type === JSON_TYPE;
  // What has no type may be JSON: it is parsed, or isn't.
  if (isJson ? !/^(?:application\/(?:.+\+)?json)?$/.test(given) : given !== type) {
    throw invalid(response, `${given || 'no media type'} instead of ${type}`, request);
  }
}

/** The error for a successful answer that isn't one of the contract. */
export function invalid(
  response: Response,
  fault: string,
  request: Request,
  options?: ErrorOptions,
): InvalidResponseError {
  // A stream has no end to wait for.
  if (isStream(response)) void response.body?.cancel();
  const message = `${nameOf(request)} answered ${response.status} with ${fault}: is \`baseUrl\` right?`;
  return new InvalidResponseError(message, response, options);
}
