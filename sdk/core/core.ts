import createClient, {
  createQuerySerializer,
  type Client,
  type FetchOptions,
  type ClientPathsWithMethod,
  type MethodResponse,
  type Middleware,
} from 'openapi-fetch';
import type { Auth } from '../auth/auth.ts';
import type { paths } from '../types.ts';
import { Call, type WithResponse } from './call.ts';
import { CloudBrainError, toAPIError } from './errors.ts';
import { type PageBody, PagePromise } from './pages.ts';
import { createLog, type Log, type Logger, type LogLevel } from './log.ts';
import { type SendOptions, type TokenUse, send } from './transport.ts';

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
  /** Sees each call once, before and after all its attempts; as openapi-fetch defines it. */
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
type PathOf<M extends Method> = ClientPathsWithMethod<Client<paths>, M>;
type Operation<M extends Method, P extends PathOf<M>> = paths[P][M] & Record<string, unknown>;

/** An operation's parameters and body, as the contract has them. */
export type CallParams<M extends Method, P extends PathOf<M>> = Pick<
  FetchOptions<Operation<M, P>>,
  'params' | 'body'
>;

/** What an operation answers with when all is well. */
export type CallResult<M extends Method, P extends PathOf<M>> = MethodResponse<Client<paths>, M, P>;

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
  parseAs?: 'stream' | undefined;
  use?: TokenUse;
  /** Whether the body of an error answer is data all the same. */
  isData?: (body: unknown) => boolean;
}

/** What openapi-fetch answers. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** A query string; what is undefined is left out. The contract joins lists by commas. */
export const toQuery = createQuerySerializer({ array: { style: 'form', explode: false } });

/** What resources stand on: one client's settings, and how it calls. */
export class Core {
  readonly baseUrl: string;
  readonly api: Client<paths>;
  readonly auth: Auth | undefined;
  readonly log: Log;
  readonly #options: ClientOptions;
  readonly #send: Omit<SendOptions, 'auth'>;

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
      log: this.log,
    };
    this.api = createClient<paths>({
      baseUrl: this.baseUrl,
      headers: options.headers ?? {},
      fetch: (request) => send(request, { ...this.#send, auth: this.auth }),
      querySerializer: toQuery,
    });
    this.api.use(...(options.middleware ?? []));
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
    return new Call(this.#answer(method, path, params, options, manner));
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
    params: object,
    { signal, headers, timeout, maxRetries, idempotencyKey }: WriteOptions,
    { anonymous, write, use, parseAs, isData }: Manner,
  ): Promise<WithResponse<T>> {
    const settings: SendOptions = {
      ...this.#send,
      timeout: timeout ?? this.#send.timeout,
      maxRetries: maxRetries ?? this.#send.maxRetries,
      auth: anonymous ? undefined : this.auth,
    };
    // `call` has checked method, path and parameters against each other.
    const request = this.api.request as (...args: unknown[]) => Promise<Answer<T>>;
    const { data, error, response } = await request(method, path, {
      ...params,
      signal,
      parseAs,
      headers: { ...(write && { 'Idempotency-Key': idempotencyKey ?? uniqueKey() }), ...headers },
      fetch: (sent: Request) => send(sent, settings, use),
    });
    if (!response.ok && !isData?.(error)) throw toAPIError(response, error);
    return {
      data: (data ?? error) as T,
      response,
      requestId: response.headers.get('x-request-id') ?? undefined,
    };
  }
}

function absolute(baseUrl = '/'): string {
  try {
    return new URL(baseUrl, (globalThis as Partial<typeof globalThis>).location?.href).href.replace(
      /\/$/,
      '',
    );
  } catch {
    throw new CloudBrainError(`baseUrl is no address: ${baseUrl}`);
  }
}

/** `randomUUID` is missing in pages without TLS; a key need only differ from the caller's others. */
function uniqueKey(): string {
  const { crypto } = globalThis as { crypto: Partial<Crypto> };
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
