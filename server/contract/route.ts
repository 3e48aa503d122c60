import type { Context, Hono } from 'hono';
import type { IncomingMessage } from 'node:http';
import type { Contract, CheckedOperation } from './contract.ts';
import { Problem, unavailable } from './problem.ts';
import type { AnyRequest, AnyResult, OperationId, Upgrade } from './types.ts';
import {
  answerAsOlder,
  olderOperation,
  todaysQuery,
  type OlderOperation,
  type Version,
} from './versions/index.ts';

/** What whoever serves the contract puts into each request's context. */
export interface ContractEnv {
  Bindings: {
    /** Node's own request; absent where the app is called directly. */
    incoming?: IncomingMessage;
    /** Set for a request of a batch: its id, its client, and whether the batch was counted for it. */
    batch?: { requestId: string; ip: string; isCounted: boolean };
    /** Set where the client asks for a WebSocket; whoever accepts puts itself here. */
    upgrade?: { accept?: Upgrade['accept'] };
  };
  Variables: {
    requestId: string;
    ip: string;
    /** The version of the API that the request pins; the current one if not set. */
    version?: Version;
    /** Set once the request is matched, for the log. */
    operation?: OperationId;
  };
}

/** A request on its way in: matched, nothing of it checked. */
export interface Exchange {
  operation: CheckedOperation;
  request: Request;
  requestId: string;
  ip: string;
  /** Whether the client asks for a WebSocket. */
  upgrading: boolean;
  /** What the version that it pins has differently of the operation. */
  older: OlderOperation | undefined;
  /** Added to the answer, an error's as well. */
  headers: Headers;
  /** Whether it has been counted against the caller's limits, as the batch that it belongs to. */
  isCounted: boolean;
}

/**
 * The handlers as what carries them sees them; `Handlers` of whoever writes them is exact, and
 * there a missing one does not compile.
 */
export type AnyHandlers = Partial<
  Record<OperationId, (request: never) => AnyResult | Promise<AnyResult>>
>;

export interface RouteOptions<Caller> {
  contract: Contract;
  handlers: AnyHandlers;
  /** Says who is asking, or throws the refusal; runs before anything else of the request is read. */
  admit: (exchange: Exchange) => Promise<Caller>;
  /** Runs the handler, once or not at all: where answers are kept to be repeated. */
  perform: (
    exchange: Exchange,
    request: AnyRequest & { caller: Caller },
    run: () => Promise<AnyResult>,
  ) => Promise<AnyResult>;
  /** Turns an error that is no `Problem` into one, and tells whoever looks after the service. */
  fail: (error: unknown, exchange: Exchange) => Problem;
  /** Aborts when the service goes down: streams end. */
  closing: AbortSignal;
  /** Milliseconds that an answer may take, streams apart. */
  timeoutMs: number;
  /** Whether each answer is held against the contract. */
  checkResponses: boolean;
  /** Where clients reach the service, as far as it knows: errors link to it. */
  publicUrl?: string | undefined;
}

/** Serves every operation of the contract. A known path's other methods are a 405. */
export function route<Caller>(app: Hono<ContractEnv>, options: RouteOptions<Caller>): void {
  const byPath = Map.groupBy(options.contract.operations.values(), ({ path }) => path);
  for (const [path, operations] of byPath) {
    const methods = new Map(operations.map((operation) => [operation.method, operation]));
    const allow = [...methods.keys(), 'OPTIONS'].join(', ');
    app.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      const { method } = c.req;
      if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
      const operation = methods.get(method) ?? (method === 'HEAD' ? readable(methods) : undefined);
      if (!operation) {
        const problem = new Problem('method_not_allowed', `Use ${allow}.`, {
          headers: { allow },
        });
        return problem.toResponse(c.get('requestId'), options.publicUrl);
      }
      c.set('operation', operation.id);
      return answer(c, operation, options);
    });
  }
}

/** HEAD is GET without its body; a stream has no answer to leave the body out of. */
function readable(methods: Map<string, CheckedOperation>): CheckedOperation | undefined {
  const get = methods.get('GET');
  return get && !isStream(get) ? get : undefined;
}

const isStream = ({ responses }: CheckedOperation): boolean =>
  responses.has(101) || responses.get(200)?.has('text/event-stream') === true;

async function answer<Caller>(
  c: Context<ContractEnv>,
  operation: CheckedOperation,
  options: RouteOptions<Caller>,
): Promise<Response> {
  const { upgrade, batch } = c.env;
  const exchange: Exchange = {
    operation,
    request: c.req.raw,
    requestId: c.get('requestId'),
    ip: c.get('ip'),
    upgrading: upgrade !== undefined,
    older: olderOperation(operation.id, c.get('version')),
    headers: new Headers(),
    isCounted: batch?.isCounted ?? false,
  };
  let response: Response;
  try {
    const result = await handle(c, exchange, options);
    if (isUpgrade(result)) {
      if (upgrade) upgrade.accept = checkedAccept(result, exchange, options);
      return new Response(null);
    }
    response = result instanceof Response ? result : toResponse(result);
  } catch (error) {
    const problem = error instanceof Problem ? error : options.fail(error, exchange);
    response = problem.toResponse(exchange.requestId, options.publicUrl);
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value);
  // An older shape isn't in today's contract; its tests have the one that it was in.
  if (!options.checkResponses || (exchange.older && response.ok)) return response;
  try {
    return await options.contract.responses.check(operation, response, (violation) =>
      options.fail(violation, exchange),
    );
  } catch (violation) {
    const problem = options.fail(violation, exchange);
    return problem.toResponse(exchange.requestId, options.publicUrl);
  }
}

async function handle<Caller>(
  c: Context<ContractEnv>,
  exchange: Exchange,
  options: RouteOptions<Caller>,
): Promise<AnyResult> {
  const { operation, request, requestId, ip, upgrading, older } = exchange;
  const caller = await options.admit(exchange);
  const handler = options.handlers[operation.id];
  if (!handler) {
    throw unavailable("This part of the service isn't running.", 'not_running', { seconds: 60 });
  }
  if (operation.responses.has(101) && !upgrading) {
    throw new Problem('upgrade_required', 'Connect with a WebSocket.', {
      headers: { upgrade: 'websocket' },
    });
  }
  const { searchParams } = new URL(request.url);
  const params = operation.readParameters({
    path: c.req.param(),
    query: older ? todaysQuery(older, searchParams) : searchParams,
    header: request.headers,
  });
  const body = await operation.readBody(request);
  const perform = (signal: AbortSignal): Promise<AnyResult> => {
    const call = { params, body, caller, request, requestId, signal, ip };
    const run = async (todays = params): Promise<AnyResult> =>
      handler({ ...call, params: todays } as never);
    return options.perform(exchange, call, () =>
      older ? answerAsOlder(older, params, run) : run(),
    );
  };
  return isStream(operation)
    ? perform(AbortSignal.any([request.signal, options.closing]))
    : inTime(options.timeoutMs, request.signal, perform);
}

/** Answers for work that takes too long, and tells it to stop. */
async function inTime<T>(
  ms: number,
  gone: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeIsOver = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const problem = unavailable('The response took too long.', 'answer_timeout', { seconds: 5 });
      reject(problem);
      late.abort(problem);
    }, ms);
  });
  try {
    return await Promise.race([work(AbortSignal.any([gone, late.signal])), timeIsOver]);
  } finally {
    clearTimeout(timer);
  }
}

const isUpgrade = (result: AnyResult): result is Upgrade => 'accept' in result;

/** Where answers are checked, the messages on a WebSocket are checked too. */
function checkedAccept<Caller>(
  { accept }: Upgrade,
  exchange: Exchange,
  { checkResponses, contract, fail }: RouteOptions<Caller>,
): Upgrade['accept'] {
  if (!checkResponses) return accept;
  return (socket) => {
    const send = socket.send.bind(socket) as (...args: unknown[]) => void;
    socket.send = (data: unknown, ...rest: unknown[]) => {
      try {
        contract.responses.checkEvent(JSON.parse(String(data)));
      } catch (violation) {
        fail(violation, exchange);
        throw violation;
      }
      send(data, ...rest);
    };
    accept(socket);
  };
}

function toResponse(result: Exclude<AnyResult, Response | Upgrade>): Response {
  const { status, type, body, headers = {} } = result;
  if (body === undefined) return new Response(null, { status, headers });
  if (type === undefined) return Response.json(body, { status, headers });
  return new Response(body as BodyInit, { status, headers: { 'content-type': type, ...headers } });
}
