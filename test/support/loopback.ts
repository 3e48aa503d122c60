/** A small real server on the loopback interface that answers as a test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { patience } from './patience.ts';

/** A request as it arrived. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed JSON; `undefined` where there was no body. */
  body: unknown;
}

/** An answer, or what writes one by hand. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | ((response: ServerResponse) => void);

export type Handler = (seen: Seen) => Reply | Promise<Reply>;

/** Takes over a WebSocket; `false` refuses the upgrade with a 401. */
export type SocketHandler = (socket: WebSocket, seen: Seen) => void;

export interface Loopback {
  url: string;
  /** Every request, upgrades included, in the order of arrival. */
  seen: Seen[];
  /** Requests of one path. */
  to(path: string): Seen[];
  /** What answers from now on. */
  handle: Handler;
  /** What takes WebSockets; without it they are refused with a 404. */
  socket: SocketHandler | undefined;
  /** What refuses a WebSocket, head and all, where none takes it. */
  refuse: string;
  /** WebSockets that are open. */
  sockets: Set<WebSocket>;
  /** TCP connections that are open. */
  connections(): Promise<number>;
  /** Stops to listen and cuts every connection; `listen` comes back at the same port. */
  stop(): Promise<void>;
  listen(): Promise<void>;
}

interface Cleanup {
  after(task: () => Promise<void>): void;
}

/** Starts one, and stops it after the test. */
export async function startLoopback(t: Cleanup, handle: Handler): Promise<Loopback> {
  const upgrader = new WebSocketServer({
    noServer: true,
    handleProtocols: () => 'cloudbrain.v1',
  });
  const server = createServer((request, response) => void answer(request, response));
  let port = 0;

  const loopback: Loopback = {
    url: '',
    seen: [],
    to: (path) => loopback.seen.filter((seen) => seen.path === path),
    handle,
    socket: undefined,
    refuse: 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n',
    sockets: upgrader.clients,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async stop() {
      for (const client of upgrader.clients) client.terminate();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async listen() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      ({ port } = server.address() as AddressInfo);
      loopback.url = `http://127.0.0.1:${port}`;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request);
    loopback.seen.push(seen);
    const reply = await loopback.handle(seen);
    if (typeof reply === 'function') {
      reply(response);
      return;
    }
    const { status = 200, headers = {}, json, text } = reply;
    const type = json === undefined ? {} : { 'content-type': typeOf(status) };
    response.writeHead(status, { ...type, ...headers });
    response.end(json === undefined ? text : JSON.stringify(json));
  }

  server.on('upgrade', (request, tcp, head) => {
    void read(request).then((seen) => {
      loopback.seen.push(seen);
      const take = loopback.socket;
      if (!take) return tcp.end(loopback.refuse);
      upgrader.handleUpgrade(request, tcp, head, (socket) => take(socket, seen));
    });
  });

  await loopback.listen();
  t.after(() => loopback.stop());
  return loopback;
}

async function read(request: IncomingMessage): Promise<Seen> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  let text = '';
  if (request.method !== 'GET') for await (const chunk of request) text += String(chunk);
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: text ? JSON.parse(text) : undefined,
  };
}

const typeOf = (status: number): string =>
  status < 400 ? 'application/json' : 'application/problem+json';

/** A problem answer. */
export function problem(
  status: number,
  detail = 'No.',
  headers: Record<string, string> = {},
  more: object = {},
): Reply {
  const requestId = `req_${status}`;
  return {
    status,
    headers: { 'x-request-id': requestId, ...headers },
    json: { type: 'about:blank', title: 'No', status, detail, requestId, errors: [], ...more },
  };
}

/** Answers with each in turn, and with the last from then on. */
export function inTurn(...replies: Reply[]): Handler {
  let turn = 0;
  return () => replies[Math.min(turn++, replies.length - 1)]!;
}

/** Resolves as soon as the condition holds; fails where it never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience(10_000);
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${String(holds)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
