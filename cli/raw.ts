import type { Context } from './context.ts';
import { UsageError } from './exit.ts';

/** A request as it is sent. */
export interface RawRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
}

/**
 * Sends a request with the credentials, retries and time-outs of every other command.
 * @returns the answer, whatever its status; its body is unread
 */
export async function sendRaw(context: Context, request: RawRequest): Promise<Response> {
  const { method, path, headers, body } = request;
  const { href } = new URL((await context.server()) + path);
  let answer: Response | undefined;
  // The SDK reads an answer whole before it returns it, so it gets the head alone; of the answer that
  // renews a session it needs all.
  const cb = await context.client((fetch) => async (input, init) => {
    const { url } = input as Request;
    if (url !== href && url.endsWith('/api/auth/refresh')) return fetch(input, init);
    void answer?.body?.cancel();
    answer = await fetch(input, init);
    return new Response(null, answer);
  });
  const api = cb.api as unknown as AnyApi;
  await api.request(method, path, { headers, body, bodySerializer, parseAs: 'stream' });
  if (!answer) throw new Error('The SDK sent no request');
  return answer;
}

/** `cb.api` without the types of the contract. */
interface AnyApi {
  request(method: string, path: string, init: object): Promise<unknown>;
}

const bodySerializer = (body: Uint8Array): Uint8Array => body;

/**
 * Returns the path below a server's address that is meant by a path, or by an address on that server.
 * @param queries are added to its query: `[name, value]`
 * @throws UsageError for whatever could lead to another server, or be changed on the way
 */
export function pathOn(
  server: string,
  given: string,
  queries: [name: string, value: string][] = [],
): string {
  if (/[\s\\#]|\p{Cc}/u.test(given)) {
    throw new UsageError(
      'The path must not contain spaces, backslashes, # or control characters.',
      'Encode them: %20, %5C, %23.',
    );
  }
  const isAddress = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(given);
  if (isAddress && !given.startsWith(`${server}/`)) {
    throw new UsageError(
      `'${given}' is not an address on ${server}.`,
      'Credentials are sent to that server only; --base-url names another.',
    );
  }
  const path = isAddress ? given.slice(server.length) : given.replace(/^(?!\/)/, '/');
  const [before = '', ...query] = path.split(/\?(.*)/s).filter((part) => part !== '');
  // A URL resolves these away, encoded or not.
  const dots = before.split('/').find((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  if (dots !== undefined) throw new UsageError(`The path must not contain the segment '${dots}'.`);
  if (queries.length > 0) query.push(new URLSearchParams(queries).toString());
  return query.length > 0 ? `${before}?${query.join('&')}` : before;
}
