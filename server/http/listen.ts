import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, type CodeOf } from '../contract/index.ts';
import { writeResponse } from '../live/raw-response.ts';
import { serveUpgrades, shouldUpgradeCallback, type Fetch, type Refuse } from '../live/upgrade.ts';
import { StartError } from '../config/start-error.ts';
import { Connections, type ConnectionLimits } from './connections.ts';
import { dropTargetHost } from './target.ts';

/** Milliseconds for a request's headers and for all of it: a half-sent one is dropped then. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
/** Longer than the proxies in front keep an idle connection, so that they close it and not we. */
const KEEP_ALIVE_MS = 75_000;
/** A connection on which nothing moves for so long is cut; a live stream is never silent for it. */
const SILENCE_MS = 120_000;
/** How long those that are at work may take when the service goes down. */
const DRAIN_MS = 10_000;

const UNLIMITED: ConnectionLimits = {
  most: Infinity,
  mostPerNetwork: Infinity,
  maxAgeMs: 24 * 3_600_000,
};

export interface Listening {
  /** Such as `http://127.0.0.1:4400`. */
  url: string;
  /**
   * Takes no more connections and resolves when the last request has been answered, however often it
   * is called.
   */
  close: () => Promise<void>;
}

/**
 * @param app answers what can be read
 * @param limits of its connections
 * @param refuse makes the answer to what can't be read as a request
 * @throws StartError where the address can't be had
 */
export async function listen(
  app: { fetch: Fetch },
  { host, port }: { host: string; port: number },
  refuse: Refuse,
  limits: Partial<ConnectionLimits> = {},
): Promise<Listening> {
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    const response = await app.fetch(request, env);
    const type = response.headers.get('content-type') ?? '';
    connections.answer(env.incoming, type.startsWith('text/event-stream'));
    return response;
  };
  const listener = getRequestListener((request, env) => answer(request, env as HttpBindings), {
    // The process may be somebody else's, who has objects of these names in use.
    overrideGlobalObjects: false,
    errorHandler: () => refuse(new Problem('malformed_request', 'The request is malformed.')),
  });
  const options = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    shouldUpgradeCallback,
  };
  const server = createServer(options, (incoming, outgoing) => {
    dropTargetHost(incoming);
    void listener(incoming, outgoing);
  });
  server.setTimeout(SILENCE_MS);
  const connections = new Connections(server, { ...UNLIMITED, ...limits });
  server.on('upgrade', dropTargetHost);
  serveUpgrades(server, (request, env) => app.fetch(request, env), refuse);
  server.on('clientError', (error, socket) => answerUnread(error, socket, refuse));
  await bind(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= drain(server, connections));
  return { url: `http://${name}:${bound}`, close };
}

/** Node's errors of what it can't read; all others are a malformed request. */
const unread: Readonly<Record<string, readonly [CodeOf<408 | 413 | 431>, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The address and headers exceed 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body_too_large', 'The extensions of a chunk exceed 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time.'],
};

/** As Node does by itself, with a body. */
function answerUnread(error: NodeJS.ErrnoException, socket: Duplex, refuse: Refuse): void {
  // An answer that has begun can't be replaced: what follows its head would be part of its body.
  const { _httpMessage: answering } = socket as { _httpMessage?: ServerResponse | null };
  if (!socket.writable || answering?.headersSent) {
    socket.destroy(error);
    return;
  }
  const [code, detail] = unread[error.code ?? ''] ?? [
    'malformed_request',
    'The request is not valid HTTP.',
  ];
  void writeResponse(socket, refuse(new Problem(code, detail)));
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function bindError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} is in use: stop the process that uses it, or set PORT.`,
        error,
      );
    case 'EACCES':
      return new StartError(`Port ${port} isn't available to this user: set PORT.`, error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} isn't an address of this machine: set HOST.`, error);
    default:
      return new StartError(`Can't listen on ${host}:${port}: ${error.message}.`, error);
  }
}

function drain(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // A client keeps its connection open after its last answer, or opens one for later.
    const idle = setInterval(() => {
      server.closeIdleConnections();
      connections.closeUnused();
    }, 50);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      resolve();
    });
  });
}
