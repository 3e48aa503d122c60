import type { ClientPathsWithMethod, FetchOptions, MethodResponse } from 'openapi-fetch';
import type { Auth } from '../auth/auth.ts';
import type { paths } from '../types.ts';
import { type Api, createApi } from './api.ts';
import { Call, type WithResponse } from './call.ts';
import { CloudBrainError, toAPIError } from './errors.ts';
import { createLog, type Log, type Logger, type LogLevel } from './log.ts';
import { type PageBody, PagePromise } from './pages.ts';
import { absolute, fill, readJson, toHeaders, toQuery, uniqueKey } from './request.ts';
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

/** Settings of a client; all but `baseUrl` and `auth` have good defaults. Times in milliseconds. */
export interface ClientOptions {
  /** Where the server is. In a page it may be relative, and left out it is the page's own server. */
  baseUrl?: string | undefined;
  /** Who is asking: `passwordAuth()`, `bearer()` or `apiKey()`. */
  auth?: Auth | undefined;
  /** For each attempt, the body included; 30,000. 0 means no limit. */
  timeout?: number | undefined;
  /** How often a failed request is sent again; 2. */
  maxRetries?: number | undefined;
  /** A server that asks for a longer pause than this gets none: the call fails; 60,000. */
  maxRetryAfter?: number | undefined;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  WebSocket?: typeof globalThis.WebSocket | undefined;
  /** `console` by default. */
  logger?: Logger | undefined;
  /** `warn` by default. */
  logLevel?: LogLevel | undefined;
  /** The first is outermost. */
  middleware?: Middleware[] | undefined;
}

/** What a single call may set for itself. */
export interface RequestOptions {
  /** Ends the call with a `UserAbortError`. */
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
  maxRetries?: number | undefined;
  headers?: Record<string, string> | undefined;
}

/** What a call that changes something may set besides. */
export interface WriteOptions extends RequestOptions {
  /** The same key gives the same answer for 24 hours; made for you where left out. */
  idempotencyKey?: string | undefined;
}

type Method = 'get' | 'post';
type PathOf<M extends Method> = ClientPathsWithMethod<Api, M>;
type Operation<M extends Method, P extends PathOf<M>> = paths[P][M] & Record<string, unknown>;

/** An operation's parameters and body, as the contract has them. */
export type CallParams<M extends Method, P extends PathOf<M>> = Pick<
  FetchOptions<Operation<M, P>>,
  'params' | 'body'
>;

/** What an operation answers with when all is well. */
export type CallResult<M extends Method, P extends PathOf<M>> = MethodResponse<Api, M, P>;

/** The operations that answer page by page. */
type ListPath = '/api/executions' | '/api/cleanup/actions';

type ItemOf<P extends ListPath> = paths[P]['get'] extends {
  responses: { 200: { content: { 'application/json': PageBody<infer T> } } };
}
  ? T
  : never;

/** How the core is to send a call, where that isn't the usual way. */
interface Manner {
  /** Without a token. */
  anonymous?: boolean;
  /** With an idempotency key. */
  write?: boolean;
  /** As a body that the caller reads. */
  stream?: boolean;
  use?: TokenUse;
  /** Whether the body of an error answer is data all the same. */
  isData?: (body: unknown) => boolean;
}

/** What an operation may be told, whichever it is. */
interface AnyParams {
  params?:
    | {
        path?: Record<string, unknown>;
        query?: object;
        header?: Record<string, string | undefined>;
      }
    | undefined;
  body?: unknown;
}

/** What resources stand on: one client's settings, and how it calls. */
export class Core {
  readonly baseUrl: string;
  readonly api: Api;
  readonly auth: Auth | undefined;
  readonly log: Log;
  readonly #options: ClientOptions;
  readonly #send: SendOptions;

  constructor(options: ClientOptions) {
    this.baseUrl = absolute(options.baseUrl);
    this.auth = options.auth;
    this.#options = options;
    this.log = createLog(options.logger, options.logLevel);
    this.#send = {
      timeout: options.timeout ?? 30_000,
      maxRetries: options.maxRetries ?? 2,
      maxRetryAfter: options.maxRetryAfter ?? 60_000,
      // Looked up at the call, as tests may replace it.
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      auth: this.auth,
      log: this.log,
    };
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
    options: WriteOptions,
    manner: Manner = {},
  ): Call<CallResult<M, P>> {
    return new Call(this.#answer(method, path, params as AnyParams, options, manner));
  }

  /** Calls an operation that answers page by page. */
  list<P extends ListPath>(
    path: P,
    query: NonNullable<paths[P]['get']['parameters']['query']>,
    options: RequestOptions,
  ): PagePromise<ItemOf<P>> {
    return new PagePromise<ItemOf<P>>((cursor = query.cursor) => {
      const params: unknown = { params: { query: { ...query, cursor } } };
      const call: unknown = this.call('get', path, params as CallParams<'get', P>, options);
      return call as Call<PageBody<ItemOf<P>>>;
    });
  }

  async #answer<T>(
    method: Method,
    path: string,
    { params = {}, body }: AnyParams,
    { signal, headers, timeout, maxRetries, idempotencyKey }: WriteOptions,
    { anonymous, write, use, stream, isData }: Manner,
  ): Promise<WithResponse<T>> {
    const request = new Request(this.baseUrl + fill(path, params.path) + toQuery(params.query), {
      method: method.toUpperCase(),
      headers: toHeaders({
        ...this.#options.headers,
        'content-type': body === undefined ? undefined : 'application/json',
        'idempotency-key': write ? (idempotencyKey ?? uniqueKey()) : undefined,
        ...params.header,
        ...headers,
      }),
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    const response = await this.#fetch(
      request,
      {
        ...this.#send,
        timeout: timeout ?? this.#send.timeout,
        maxRetries: maxRetries ?? this.#send.maxRetries,
        auth: anonymous ? undefined : this.auth,
      },
      use,
    );
    const data = stream && response.ok ? response.body : readJson(await response.text());
    if (!response.ok && !isData?.(data)) throw toAPIError(response, data);
    if (data instanceof SyntaxError) {
      throw new CloudBrainError(`${path} answered what is not JSON`, { cause: data });
    }
    return {
      data: data as T,
      response,
      requestId: response.headers.get('x-request-id') ?? undefined,
    };
  }

  #fetch(request: Request, options = this.#send, use?: TokenUse): Promise<Response> {
    const { middleware = [] } = this.#options;
    return middleware.reduceRight<(request: Request) => Promise<Response>>(
      (next, layer) => (request) => layer(request, next),
      (request) => send(request, options, use),
    )(request);
  }
}
