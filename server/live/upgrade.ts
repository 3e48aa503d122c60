import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { CURRENT_VERSION, Problem, VERSION_HEADER, type ContractEnv } from '../contract/index.ts';
import { writeResponse } from './raw-response.ts';

/** The subprotocol of the contract; beside it a page offers its token as `bearer.<token>`. */
const PROTOCOL = 'cloudbrain.v1';
const BEARER = 'bearer.';

/** Bytes of a client's message: commands are small. */
const MAX_MESSAGE = 4096;

/** Answers a request as the service answers any other. */
export type Fetch = (
  request: Request,
  env: ContractEnv['Bindings'] & { incoming: IncomingMessage },
) => Response | Promise<Response>;

/** Makes the answer to what can't be read as a request. */
export type Refuse = (problem: Problem) => Response;

/**
 * An option for `http.createServer`: other upgrades than to a WebSocket, such as to HTTP/2, which
 * some clients offer with every request, are declined by answering in HTTP/1.1.
 */
export const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Lets the service answer requests for a WebSocket: each passes the same checks as any other
 * request, and what refuses it is a proper HTTP answer.
 * @param refuse answers what can't be read as a handshake
 */
export function serveUpgrades(server: Server, fetch: Fetch, refuse: Refuse): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression costs memory per connection, and events are small.
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
  });
  sockets.on(
    'wsClientError',
    ({ message }, socket) => void writeResponse(socket, refuse(faulty(message))),
  );
  // One that isn't served has been refused before.
  sockets.on('headers', (headers, { headers: given }) => {
    const version = String(given[VERSION_HEADER.toLowerCase()] ?? CURRENT_VERSION);
    headers.push(`${VERSION_HEADER}: ${version}`);
  });
  server.on('upgrade', (incoming, socket, head) => {
    void answer(sockets, { fetch, refuse }, incoming, socket, head);
  });
}

async function answer(
  sockets: WebSocketServer,
  { fetch, refuse }: { fetch: Fetch; refuse: Refuse },
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  // 'close' follows.
  socket.on('error', () => {});
  const env: Parameters<Fetch>[1] = { incoming };
  if (shouldUpgradeCallback(incoming)) env.upgrade = {};
  let response: Response;
  try {
    response = await fetch(requestOf(incoming, gone.signal), env);
  } catch {
    response = refuse(faulty("The address or a header can't be parsed"));
  }
  const { accept } = env.upgrade ?? {};
  if (socket.destroyed) return;
  if (accept) {
    // A faulty handshake is refused, and the closed socket tells whoever waits to be accepted.
    sockets.handleUpgrade(incoming, socket, head, (accepted) => accept(accepted));
  } else {
    await writeResponse(socket, response);
  }
}

/** @throws TypeError where the client's address or method can't be one */
function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const token = tokenIn(incoming.headers['sec-websocket-protocol']);
  if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
  const { method = 'GET', url = '/' } = incoming;
  // Put together, not resolved: `//host/path` is a path here, and names no other host.
  const { origin } = new URL(`http://${incoming.headers.host ?? 'localhost'}`);
  return new Request(origin + url, { method, headers, signal });
}

/** The token among the subprotocols that a page offers: it can't set headers. */
function tokenIn(protocols: string | undefined): string | undefined {
  const offered = protocols?.split(',').map((protocol) => protocol.trim());
  return offered?.find((protocol) => protocol.startsWith(BEARER))?.slice(BEARER.length);
}

const faulty = (message: string): Problem => new Problem('malformed_request', `${message}.`);
