import type { Client } from 'openapi-fetch';
import type { paths } from '../types.ts';
import { toQuery } from './request.ts';

/** Every operation of the contract by its path: a client of openapi-fetch. */
export type Api = Client<paths>;

const methods = [
  'GET',
  'PUT',
  'POST',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PATCH',
  'TRACE',
  'request',
  'use',
  'eject',
] as const;

/**
 * A client of openapi-fetch that is loaded by its first call: most callers never need it.
 *
 * @param fetch sends, with token, retries and time-out
 */
export function createApi(
  baseUrl: string,
  headers: Record<string, string>,
  fetch: (request: Request) => Promise<Response>,
): Api {
  let loading: Promise<Api> | undefined;
  const load = async (): Promise<Api> => {
    const { default: createClient } = await import('openapi-fetch');
    return createClient<paths>({ baseUrl, headers, fetch, querySerializer: toQuery });
  };
  const method = (name: (typeof methods)[number]) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const api = await (loading ??= load());
      return (api[name] as (...args: unknown[]) => unknown)(...args);
    };
    return [name, call];
  };
  const api: unknown = Object.fromEntries(methods.map(method));
  return api as Api;
}
