import type { BatchAnswer, BatchRequest, ErrorCode, operations, Problem } from '../types.ts';
import { fileTypes } from '../core/download.ts';
import { FakeLive } from './fake-live.ts';
import { fakeEventStream, fakeWebSocket, subscriptionOf } from './fake-transports.ts';
import { match, type OperationId } from './routes.ts';

type StatusOf<Id extends OperationId> = Extract<
  keyof operations[Id]['responses'],
  200 | 201 | 202 | 204
>;

/** The successful answer of an operation; nothing for a 204. */
export type ResultOf<Id extends OperationId> = operations[Id]['responses'][StatusOf<Id>] extends {
  content: infer Content;
}
  ? Content extends { 'application/json': infer Body }
    ? Body
    : Content[keyof Content]
  : undefined;

/** A call as it arrived. */
export interface FakeCall {
  operation: OperationId;
  /** Path parameters: `{ id }`. */
  path: Record<string, string>;
  query: Record<string, string>;
  headers: Headers;
  /** Parsed JSON; `undefined` without a body. */
  body: unknown;
}

/** The code of an error that names none. */
const codeOf: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_parameter',
  401: 'token_invalid',
  403: 'role_required',
  404: 'not_found',
  409: 'cleanup_refused',
  413: 'body_too_large',
  422: 'idempotency_key_reused',
  429: 'rate_limited',
  503: 'database_unavailable',
};

/** An error answer, made by {@link fakeProblem}. */
export class FakeProblem {
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(status: number, more: Partial<Problem>, headers: Record<string, string>) {
    this.status = status;
    this.headers = headers;
    const { code = codeOf[status] ?? 'internal_error' } = more;
    this.problem = {
      type: `/api/docs/errors/${code}`,
      title: 'No',
      status,
      code,
      detail: 'The fake server says no.',
      requestId: 'req_fake',
      errors: [],
      ...more,
    };
  }
}

/** Answer to an operation: data, a problem, or a function of the call. */
export type FakeAnswer<Id extends OperationId> =
  | ResultOf<Id>
  | FakeProblem
  | ((call: FakeCall) => ResultOf<Id> | FakeProblem | Promise<ResultOf<Id> | FakeProblem>);

/** Answers by operation. */
export type FakeAnswers = { [Id in OperationId]?: FakeAnswer<Id> };

/** Of the operations that answer with another one than 200: one that is missing does not compile. */
const statuses: {
  readonly [Id in OperationId as StatusOf<Id> extends 200 ? never : Id]: StatusOf<Id>;
} = {
  'auth.logout': 204,
  'auth.createEmbedToken': 201,
  'keys.create': 201,
  'keys.end': 204,
  'cleanup.run': 202,
  'users.erase': 202,
  'conversations.addFavorite': 204,
  'conversations.removeFavorite': 204,
  'conversations.delete': 204,
};

const statusOf: Partial<Record<OperationId, number>> = statuses;

/**
 * An error answer.
 *
 * @param more fields of the problem document, such as `detail` or `requiredRoles`
 * @example
 * server.on('stats.overview', fakeProblem(403, { requiredRoles: ['viewer'] }));
 */
export function fakeProblem(
  status: number,
  more: Partial<Problem> = {},
  headers: Record<string, string> = {},
): FakeProblem {
  return new FakeProblem(status, more, headers);
}

/**
 * A server in the same page or process, typed by the contract, that records its calls. For tests and
 * stories.
 *
 * @example
 * const server = new FakeServer({ 'auth.me': me });
 * const cb = new CloudBrain({ ...server.options });
 * await cb.auth.me();
 * assert.equal(server.calls[0]?.operation, 'auth.me');
 */
export class FakeServer {
  readonly #answers = new Map<OperationId, unknown>();
  /** Every call, in order. */
  readonly calls: FakeCall[] = [];
  /** Its live events. */
  readonly live = new FakeLive();
  /** A `fetch` that sends to this server. */
  readonly fetch: typeof globalThis.fetch;
  /** A `WebSocket` that connects to this server. */
  readonly WebSocket: typeof globalThis.WebSocket;

  constructor(answers: FakeAnswers = {}) {
    for (const [operation, answer] of Object.entries(answers)) {
      this.#answers.set(operation as OperationId, answer);
    }
    this.fetch = async (input, init) => this.#answer(new Request(input, init));
    this.WebSocket = fakeWebSocket(this.live, (url, protocols) => {
      const headers = new Headers({ 'sec-websocket-protocol': protocols.join(', ') });
      this.#record('live.socket', {}, url, headers, undefined);
      const answer = this.#answers.get('live.socket');
      // Browsers learn no status of a WebSocket that was not accepted: 1006 is all they get.
      return answer instanceof FakeProblem ? 1006 : undefined;
    });
  }

  /** Settings of a client of this server: `new CloudBrain({ ...server.options })`. */
  get options(): { baseUrl: string; fetch: typeof fetch; WebSocket: typeof WebSocket } {
    return { baseUrl: 'http://cloudbrain.test', fetch: this.fetch, WebSocket: this.WebSocket };
  }

  /**
   * Sets the answer of an operation from now on.
   *
   * @example
   * server.on('executions.get', ({ path }) => ({ ...execution, id: path.id }));
   */
  on<Id extends OperationId>(operation: Id, answer: FakeAnswer<Id>): this {
    this.#answers.set(operation, answer);
    return this;
  }

  /**
   * The calls of one operation.
   *
   * @example
   * assert.equal(server.callsTo('cleanup.run').length, 1);
   */
  callsTo(operation: OperationId): FakeCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  /**
   * Answers all requests to paths of the contract, at any address, until the returned function is called.
   * For code that creates its own client, such as an element.
   *
   * @example
   * const restore = server.install();
   */
  install(): () => void {
    const { fetch, WebSocket } = globalThis;
    const isOurs = (method: string, url: string) => match(method, new URL(url).pathname);
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      return isOurs(request.method, request.url) ? this.fetch(request) : fetch(request);
    };
    const Fake = this.WebSocket;
    globalThis.WebSocket = new Proxy(WebSocket, {
      construct: (Real, [url, protocols]: [string | URL, string[]?]) =>
        isOurs('GET', String(url)) ? new Fake(url, protocols) : new Real(url, protocols),
    });
    return () => Object.assign(globalThis, { fetch, WebSocket });
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const found = match(request.method, url.pathname);
    if (!found) return toResponse(fakeProblem(404, { detail: `There is no ${url.pathname}.` }));
    const { operation } = found;
    const text = await request.text();
    const body = text ? (JSON.parse(text) as unknown) : undefined;
    const call = this.#record(operation, found.path, url, request.headers, body);
    const { signal } = request;
    signal.throwIfAborted();
    let answer = this.#answers.get(operation);
    if (typeof answer === 'function') {
      const answering = Promise.resolve((answer as (call: FakeCall) => unknown)(call));
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      answer = await Promise.race([answering, aborted]);
    }
    if (answer instanceof FakeProblem) return toResponse(answer);
    if (operation === 'live.stream' || operation === 'conversations.stream') {
      const from = request.headers.get('last-event-id');
      const wanted = subscriptionOf('sse', url.searchParams, from, found.path.id);
      return fakeEventStream(this.live, wanted, signal);
    }
    if (operation === 'batch.run' && answer === undefined) return this.#answerAll(request, body);
    const status = statusOf[operation] ?? 200;
    if (status === 204) return new Response(null, { status });
    if (answer === undefined) {
      return toResponse(fakeProblem(404, { detail: `The fake server has no ${operation}.` }));
    }
    // By the contract a text is a file, or metrics.
    if (typeof answer !== 'string') return Response.json(answer, { status });
    const { format = call.query.format } = (body ?? {}) as { format?: string };
    const type = fileTypes[(format ?? 'json') as keyof typeof fileTypes];
    const isFile = /[eE]xport/.test(operation);
    return new Response(answer, { status, headers: isFile ? { 'content-type': type } : {} });
  }

  /** Each request of a batch as if it had come by itself, in their order. */
  async #answerAll({ url, headers }: Request, body: unknown): Promise<Response> {
    const { requests } = body as BatchRequest;
    const lines: string[] = [];
    for (const [index, { id, path }] of requests.entries()) {
      const answer = await this.#answer(new Request(new URL(path, url), { headers }));
      const text = await answer.text();
      const { status } = answer;
      const line: BatchAnswer = {
        ...{ index, status, headers: Object.fromEntries(answer.headers) },
        ...(id !== undefined && { id }),
        body: text === '' ? null : (JSON.parse(text) as unknown),
      };
      lines.push(`${JSON.stringify(line)}\n`);
    }
    return new Response(lines.join(''), { headers: { 'content-type': 'application/x-ndjson' } });
  }

  #record(
    operation: OperationId,
    path: Record<string, string>,
    url: URL,
    headers: Headers,
    body: unknown,
  ): FakeCall {
    const query = Object.fromEntries(url.searchParams);
    const call: FakeCall = { operation, path, query, headers, body };
    this.calls.push(call);
    return call;
  }
}

function toResponse({ status, problem, headers }: FakeProblem): Response {
  return Response.json(problem, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}
