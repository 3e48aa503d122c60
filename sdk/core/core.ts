import type { ClientPathsWithMethod, FetchOptions, MethodResponse } from 'openapi-fetch';
import type { Auth } from '../auth/auth.ts';
import type { paths } from '../types.ts';
import { type Api, createApi } from './api.ts';
import { Call, type WithResponse } from './call.ts';
import { CloudBrainError, toAPIError } from './errors.ts';
import type { Log } from './log.ts';
import { absolute } from './request.ts';
import { MAX_TIMER } from './retry.ts';
import { type SendOptions, type TokenUse, send } from './transport.ts';

/**
 * Sees each call before and after all its attempts: it may change the request, the answer, or give
 * one of its own.
 *
 * @example
 * const timed: Middleware = async (request, next) => {
 *   const began = performance.now();
 *   const response = await next(request);
 *   report(request.url, response.status, performance.now() - began);
 *   return response;
 * };
 */
export type Middleware = (
  request: Request,
  next: (request: Request) => Promise<Response>,
) => Promise<Response>;

/** Settings of a client's core; all have good defaults. Times in milliseconds. */
export interface CoreOptions {
  /** Where the server is. In a page it may be relative, and left out it is the page's own server. */
  baseUrl?: string | undefined;
  /** Who is asking: `passwordAuth()`, `bearer()` or `apiKey()`. */
  auth?: Auth | undefined;
  /** For each attempt, the body included (a file's is its caller's); 30,000. 0 means no limit. */
  timeout?: number | undefined;
  /** How often a failed request is sent again; 2. */
  maxRetries?: number | undefined;
  /** A server that asks for a longer pause than this gets none: the call fails; 60,000. */
  maxRetryAfter?: number | undefined;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  WebSocket?: typeof globalThis.WebSocket | undefined;
  /** Where messages go; nowhere by default. */
  log?: Log | undefined;
  /** Sees each call, around all its attempts. */
  around?: Middleware | undefined;
}

/** What a single call may set for itself. */
export interface RequestOptions {
  /** Ends the call with a `UserAbortError`; a file's body that is being read, with its own reason. */
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
  maxRetries?: number | undefined;
  headers?: Record<string, string> | undefined;
}

type Method = 'get' | 'post' | 'put' | 'delete';
type PathOf<M extends Method> = ClientPathsWithMethod<Api, M>;
type Operation<M extends Method, P extends PathOf<M>> = paths[P][M] & Record<string, unknown>;

/** An operation's parameters and body, as the contract has them. */
export type CallParams<M extends Method, P extends PathOf<M>> = Pick<
  FetchOptions<Operation<M, P>>,
  'params' | 'body'
>;

/** The body of an operation's successful answer. */
export type CallResult<M extends Method, P extends PathOf<M>> = MethodResponse<Api, M, P>;

/** How a call is sent, where that isn't the usual way. */
interface CallMode {
  /** Without a token. */
  anonymous?: boolean;
  /** May be sent again, though it is a write without a key. */
  repeatable?: boolean;
  /** The caller reads the body itself. */
  stream?: boolean;
  use?: TokenUse;
  /** Whether the body of an error answer is data all the same. */
  isData?: (body: unknown) => boolean;
}

/** An openapi-fetch client whose operation is known at run time only. */
interface AnyApi {
  request(
    method: Method,
    path: string,
    init: object,
  ): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}

/** The settings of one client, and how it calls: resources are built on it. */
export class Core {
  readonly baseUrl: string;
  readonly auth: Auth | undefined;
  readonly log: Log;
  /** In milliseconds; a server that asks for a longer pause gets none. */
  readonly maxRetryAfter: number;
  /** Sends every call: the contract by its paths. */
  readonly api: Api;
  readonly #options: CoreOptions;
  readonly #send: SendOptions;

  /** @throws CloudBrainError where `baseUrl` is not an address. */
  constructor(options: CoreOptions) {
    const {
      auth,
      timeout = 30_000,
      maxRetries = 2,
      maxRetryAfter = 60_000,
      // Looked up at the call, as tests may replace it.
      fetch = (input: string | URL | Request, init?: RequestInit) => globalThis.fetch(input, init),
      log = () => {},
    } = options;
    this.baseUrl = absolute(options.baseUrl);
    this.auth = auth;
    this.log = log;
    this.maxRetryAfter = Math.min(maxRetryAfter, MAX_TIMER);
    this.#options = options;
    this.#send = { timeout, maxRetries, maxRetryAfter: this.maxRetryAfter, fetch, auth, log };
    this.api = createApi(this.baseUrl, options.headers ?? {}, (request) => this.#fetch(request));
  }

  get WebSocket(): typeof globalThis.WebSocket {
    return this.#options.WebSocket ?? globalThis.WebSocket;
  }

  /** Calls an operation of the contract. */
  call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    params: CallParams<M, P>,
    options: RequestOptions,
    mode: CallMode = {},
  ): Call<CallResult<M, P>> {
    return new Call(this.#answer(method, path, params, options, mode));
  }

  /** Sends a request with token, retries and time-out; an error answer is returned, not thrown. */
  #fetch(request: Request, options?: Partial<SendOptions>, use?: TokenUse): Promise<Response> {
    const next = (sent: Request) => send(sent, { ...this.#send, ...options }, use);
    return this.#options.around?.(request, next) ?? next(request);
  }

  async #answer<T>(
    method: Method,
    path: string,
    params: object,
    {
      signal,
      headers,
      timeout = this.#send.timeout,
      maxRetries = this.#send.maxRetries,
    }: RequestOptions,
    { anonymous, repeatable, use, stream, isData }: CallMode,
  ): Promise<WithResponse<T>> {
    const auth = anonymous ? undefined : this.auth;
    const options = { timeout, maxRetries, auth, repeatable, stream };
    let whole: Response | undefined;
    const fetch = async (request: Request) => {
      whole = await this.#fetch(request, options, use);
      // openapi-fetch reads its own copy, so that the caller can still read the answer.
      return stream ? whole : whole.clone();
    };
    const parseAs = stream ? 'stream' : 'json';
    const init = { ...params, headers, signal, fetch, parseAs };
    const api = this.api as AnyApi;
    const { data, error, response } = await api
      .request(method, path, init)
      .catch((cause: unknown) => {
        if (!whole || !(cause instanceof SyntaxError)) throw cause;
        throw new CloudBrainError(`${path} answered what is not JSON`, { cause });
      });
    if (!response.ok && !isData?.(error)) throw toAPIError(response, error, this.baseUrl);
    return {
      data: (response.ok ? data : error) as T,
      response: whole ?? response,
      requestId: response.headers.get('x-request-id') ?? undefined,
    };
  }
}
