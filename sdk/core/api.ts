import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../types.ts';
import { invalid, JSON_TYPE, requireType } from './answer.ts';
import { fillPath, toJson, toQuery } from './request.ts';

/** Every operation of the contract by its path: a client of openapi-fetch. */
export type Api = Client<paths>;

/**
 * Creates the client that sends every request of an SDK client.
 *
 * @param fetch sends, with token, retries and time-out: openapi-fetch's middleware can't retry
 */
export function createApi(
  baseUrl: string,
  headers: Record<string, string | undefined>,
  fetch: (request: Request) => Promise<Response>,
): Api {
  const api = createClient<paths>({
    baseUrl,
    headers,
    fetch,
    querySerializer: toQuery,
    pathSerializer: fillPath,
    bodySerializer: toJson,
  });
  api.use({
    onRequest({ schemaPath, params }) {
      // Without any parameters openapi-fetch would send the braces.
      if (!params.path) fillPath(schemaPath, {});
      return undefined;
    },
    async onResponse({ request, response, options }) {
      const { ok, status } = response;
      if (ok && status !== 204 && request.method !== 'HEAD' && options.parseAs === 'json') {
        requireType(response, JSON_TYPE, request);
        if (!(await response.clone().text())) throw invalid(response, 'no body', request);
      }
      return undefined;
    },
  });
  return api;
}
