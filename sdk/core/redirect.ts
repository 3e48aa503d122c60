const MAX_REDIRECTS = 5;

/** What leads to the end of a redirect. */
interface Trail {
  /** The request that was redirected, with its credentials; its body is unread. */
  request: Request;
  /** Sends a request, without following where the answer leads. */
  send: (request: Request) => Promise<Response>;
}

/** Where a redirect led. */
interface Destination {
  /** The answer that is no redirect, or the redirect that was not followed. */
  response: Response;
  /** Why it was not followed, to be read after the name of the request. */
  fault?: string;
}

/**
 * Follows redirects within their origin. Left to itself, `fetch` would send API keys, custom headers
 * and bodies to whatever origin a redirect names.
 * Every other redirect is a fault. Browsers hide where a redirect leads, so there all of them are.
 */
export async function follow(redirect: Response, { request, send }: Trail): Promise<Destination> {
  const { origin } = new URL(request.url);
  let response = redirect;
  let at = request;
  for (let hop = 0; isRedirect(response); hop++) {
    const { status, headers } = response;
    void response.body?.cancel();
    const location = headers.get('location');
    const url = location === null ? null : URL.parse(location, at.url);
    let fault: string | undefined;
    if (location === null) fault = '';
    else if (url?.origin !== origin)
      fault = ` to another origin, ${url ? url.origin + url.pathname : location}`;
    // By the standard of fetch, these statuses turn a write into a GET.
    else if (status < 307 && !/^(GET|HEAD)$/.test(at.method)) fault = ` by a ${status}`;
    else if (hop === MAX_REDIRECTS) fault = ' too often';
    if (fault !== undefined) {
      fault = `was redirected${fault}: set \`baseUrl\` to the final address`;
      return { response, fault };
    }
    at = new Request(url ?? at.url, at);
    response = await send(at.clone());
  }
  return { response };
}

/** Whether an answer leads elsewhere. A status of 201 may have a location as well. */
function isRedirect({ type, status, headers }: Response): boolean {
  const redirects = [301, 302, 303, 307, 308];
  return type === 'opaqueredirect' || (headers.has('location') && redirects.includes(status));
}
