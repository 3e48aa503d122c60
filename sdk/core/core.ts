import type { ClientPathsWithMethod, FetchOptions, MethodResponse } from 'openapi-fetch';
import type { Auth } from '../auth/auth.ts';
import type { paths } from '../types.ts';
import { type Api, createApi } from './api.ts';
import { Call, type WithResponse } from './call.ts';
import { invalid, isStream, requireType } from './answer.ts';
import { toAPIError } from './errors.ts';
import type { Log } from './log.ts';
import { absolute } from './request.ts';
import { MAX_TIMER } from './retry.ts';
import { check } from './settings.ts';
import type { WriteOptions } from './write.ts';
import { type Gate, type SendOptions, type TokenUse, send } from './transport.ts';

/** The version of the API that this SDK was made for. */
const API_VERSION = '2026-12-01';

/**
 * Runs around each call and all its attempts. It can change the request or the answer, or answer the
 * call itself.
 *
 * @example
 * const timed: Middleware = async (request, next) => {
 *   const start = performance.now();
 *   const response = await next(request);
 *   report(request.url, response.status, performance.now() - start);
 *   return response;
 * };
 */
export type Middleware = (
  request: Request,
  next: (request: Request) => Promise<Response>,
) => Promise<Response>;

/** Settings of a client's core, all optional. Times in milliseconds. */
export interface CoreOptions {
  /** Address of the server. In a page it can be relative; the default is the page's own server. */
  baseUrl?: string | undefined;
  /** Credentials: `passwordAuth()`, `bearer()` or `apiKey()`. */
  auth?: Auth | null | undefined;
  /** Version of the API, a date; by default the one that this SDK was made for. */
  apiVersion?: string | undefined;
  /**
   * Limit for each attempt, including the body; for a file, the longest pause within its body. 30,000 by
   * default; 0 means no limit.
   */
  timeout?: number | undefined;
  /** How often a failed request is retried; 2 by default. */
  maxRetries?: number | undefined;
  /** A call fails at once if the server asks for a longer pause than this; 60,000 by default. */
  maxRetryAfter?: number | undefined;
  /** Sent with every request. */
  headers?: Record<string, string | undefined> | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  WebSocket?: typeof globalThis.WebSocket | undefined;
  /** Receives log messages; none by default. */
  log?: Log | undefined;
  /** Runs around each call and all its attempts. */
  around?: Middleware | undefined;
  /** @internal Shared by clients that share a limit of the server. */
  gate?: Gate | undefined;
}

/** Options of a single call. */
export interface RequestOptions {
  /** Ends the call with a `UserAbortError`; a file's body that is being read, with its own reason. */
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
  maxRetries?: number | undefined;
  headers?: Record<string, string | undefined> | undefined;
}

export type Method = 'get' | 'post' | 'put' | 'delete';
export type PathOf<M extends Method> = ClientPathsWithMethod<Api, M>;
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
  /** The caller reads the body itself, which must be of this media type. */
  accept?: string | undefined;
  /** By the contract the answer has no body. */
  noContent?: boolean;
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
  /** Of each attempt, in milliseconds. */
  readonly timeout: number;
  /** In milliseconds; a server that asks for a longer pause gets none. */
  readonly maxRetryAfter: number;
  /** @internal */
  readonly gate: Gate;
  /** Sends every call: the contract by its paths. */
  readonly api: Api;
  /** @internal As given: `new Core({ ...core.options, around })` is a copy with another one. */
  readonly options: CoreOptions;
  readonly #send: SendOptions;

  /** @throws CloudBrainError for an invalid setting. */
  constructor(options: CoreOptions) {
    check(options);
    const {
      auth = null,
      apiVersion = API_VERSION,
      gate = { until: 0 },
      timeout = 30_000,
      maxRetries = 2,
      maxRetryAfter = 60_000,
      // Looked up at the call, as tests may replace it.
      fetch = (input: string | URL | Request, init?: RequestInit) => globalThis.fetch(input, init),
      log = () => {},
    } = options;
    const send = {
      timeout,
      maxRetries,
      maxRetryAfter: Math.min(maxRetryAfter, MAX_TIMER),
      fetch,
      auth: auth ?? undefined,
      log,
      gate,
    };
    this.baseUrl = absolute(options.baseUrl);
    this.auth = send.auth;
    this.gate = gate;
    this.timeout = timeout;
    this.log = log;
    this.maxRetryAfter = send.maxRetryAfter;
    this.options = { ...options, gate };
    this.#send = send;
    const headers = { 'cloudbrain-version': apiVersion, ...options.headers };
    this.api = createApi(this.baseUrl, headers, (request) => this.#fetch(request));
  }

  get WebSocket(): typeof globalThis.WebSocket {
    return this.options.WebSocket ?? globalThis.WebSocket;
  }

  /** Calls an operation of the contract. */
  call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    params: CallParams<M, P>,
    options: WriteOptions,
    mode: CallMode = {},
  ): Call<CallResult<M, P>> {
    return new Call(this.#answer(method, path, params, options, mode));
  }

  /** Sends a request with token, retries and time-out; an error answer is returned, not thrown. */
  #fetch(request: Request, options?: Partial<SendOptions>, use?: TokenUse): Promise<Response> {
    const next = (sent: Request) => send(sent, { ...this.#send, ...options }, use);
    return this.options.around?.(request, next) ?? next(request);
  }

  async #answer<T>(
    method: Method,
    path: string,
    params: object,
    given: WriteOptions,
    { anonymous, repeatable, use, accept, noContent, isData }: CallMode,
  ): Promise<WithResponse<T>> {
    check(given);
    const { signal, timeout = this.timeout, maxRetries = this.#send.maxRetries } = given;
    const headers = { 'idempotency-key': given.idempotencyKey, ...given.headers };
    const auth = anonymous ? undefined : this.auth;
    const options = { timeout, maxRetries, auth, repeatable, stream: accept !== undefined };
    let sent: [request: Request, whole: Response] | undefined;
    const fetch = async (request: Request) => {
      const whole = await this.#fetch(request, options, use);
      sent = [request, whole];
      // openapi-fetch reads its own copy, so that the caller can still read the answer.
      return accept || isStream(whole) ? whole : whole.clone();
    };
    const init = { ...params, headers, signal, fetch, parseAs: accept ? 'stream' : 'json' };
    const { data, error, response } = await (this.api as AnyApi)
      .request(method, path, init)
      .catch((cause: unknown) => {
        if (!sent || !(cause instanceof SyntaxError)) throw cause;
        throw invalid(sent[1], 'malformed JSON', sent[0], { cause });
      });
    if (!response.ok && !isData?.(error)) throw toAPIError(response, error, this.baseUrl);
    const [request, whole] = sent ?? [new Request(this.baseUrl), response];
    if (response.ok && accept) requireType(whole, accept, request);
    else if (response.ok && data === undefined && !noContent)
      throw invalid(whole, 'no body', request);
    return {
      data: (response.ok ? data : error) as T,
      response: whole,
      requestId: response.headers.get('x-request-id') ?? undefined,
    };
  }
}
