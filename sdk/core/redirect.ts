import { InvalidResponseError } from './errors.ts';

const MAX_REDIRECTS = 5;

/**
 * Sends a request and follows redirects within its origin. Left to itself, `fetch` would send API
 * keys, custom headers and bodies to whatever origin a redirect names.
 *
 * @param name of the request, for errors
 * @throws InvalidResponseError for every other redirect. Browsers hide where a redirect leads, so
 * there it is thrown for all of them.
 */
export async function follow(
  request: Request,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
  name: string,
): Promise<Response> {
  for (let sent = 0; ; sent++) {
    const next = request.clone();
    const response = await fetch(request, { signal, redirect: 'manual' });
    const { type, status, headers, body } = response;
    const location = headers.get('location');
    const isHidden = type === 'opaqueredirect';
    const isRedirect = location !== null && [301, 302, 303, 307, 308].includes(status);
    if (!isHidden && !isRedirect) return response;
    void body?.cancel();
    const url = URL.parse(location ?? '', request.url);
    let fault: string | undefined;
    if (isHidden) fault = '';
    else if (url?.origin !== new URL(request.url).origin)
      fault = ` to another origin, ${url ? url.origin + url.pathname : location}`;
    // By the standard of fetch, these statuses turn a write into a GET.
    else if (status < 307 && !/^(GET|HEAD)$/.test(request.method)) fault = ` by a ${status}`;
    else if (sent === MAX_REDIRECTS) fault = ' too often';
    if (fault !== undefined) {
      const message = `${name} was redirected${fault}: set \`baseUrl\` to the final address`;
      throw new InvalidResponseError(message, response);
    }
    request = new Request(url ?? request.url, next);
  }
}
