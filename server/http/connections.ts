import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../auth/address.ts';

export interface ConnectionLimits {
  /** Connections at once. */
  most: number;
  /** Of one network; `Infinity` behind proxies, which all requests come from. */
  mostPerNetwork: number;
  /** Milliseconds after which a connection is closed as soon as nothing is asked on it. */
  maxAgeMs: number;
}

/** How often connections that have come of age are looked for. */
const SWEEP_MS = 10_000;

/** Connections that wait for their clients, the one that does for longest first. */
type Waiting = Set<Connection>;

interface Network {
  connections: number;
  waiting: Waiting;
}

interface Connection {
  socket: Socket;
  network: Network;
  openedAt: number;
  /** Requests on it that have not been answered yet. */
  requests: number;
}

/**
 * The connections of a server: so many at most, none for ever. Where there is one too many, the one
 * closes that has waited for its client for longest: kept alive, never used, or in the middle of a
 * head or a body. Streams and WebSockets wait for nobody: `Hub` limits those.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #all = new Map<Socket, Connection>();
  readonly #networks = new Map<string, Network>();
  readonly #waiting: Waiting = new Set();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.on('connection', (socket: Socket) => this.#open(socket));
    // Before it is answered, while its headers may still be set.
    server.prependListener('request', (incoming, outgoing) => this.#ask(incoming, outgoing));
    // From here on it is the WebSocket's, or the refusal's.
    server.on('upgrade', ({ socket }: IncomingMessage) => this.#work(this.#all.get(socket)));
    const sweep = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, limits.maxAgeMs)).unref();
    server.once('close', () => clearInterval(sweep));
  }

  /** Closes those on which nothing has come yet: a client may open one for later. */
  closeUnused(): void {
    for (const socket of this.#all.keys()) if (socket.bytesRead === 0) socket.destroy();
  }

  #open(socket: Socket): void {
    const name = networkOf(socket.remoteAddress ?? '');
    const network = this.#networks.get(name) ?? { connections: 0, waiting: new Set() };
    this.#networks.set(name, network);
    network.connections += 1;
    const connection = { socket, network, openedAt: performance.now(), requests: 0 };
    this.#all.set(socket, connection);
    socket.once('close', () => {
      this.#work(connection);
      this.#all.delete(socket);
      network.connections -= 1;
      if (network.connections === 0) this.#networks.delete(name);
    });
    this.#wait(connection);
    const { most, mostPerNetwork } = this.#limits;
    // Those that are closing count until they are gone, so that each that comes takes one away.
    if (network.connections > mostPerNetwork) this.#makeRoom(network.waiting);
    else if (this.#all.size > most) this.#makeRoom(this.#waiting);
  }

  /** Closes the oldest, which is the one that just came where all others are at work. */
  #makeRoom([oldest]: Waiting): void {
    this.#work(oldest);
    oldest?.socket.destroy();
  }

  #ask(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const connection = this.#all.get(incoming.socket);
    if (!connection) return;
    connection.requests += 1;
    if (hasBody(incoming)) {
      this.#wait(connection);
      incoming.once('end', () => this.#work(connection));
    } else {
      this.#work(connection);
    }
    if (this.#isOld(connection)) outgoing.setHeader('Connection', 'close');
    outgoing.once('close', () => {
      connection.requests -= 1;
      if (connection.requests === 0 && this.#all.has(connection.socket)) this.#wait(connection);
    });
  }

  #work(connection: Connection | undefined): void {
    if (!connection) return;
    this.#waiting.delete(connection);
    connection.network.waiting.delete(connection);
  }

  #wait(connection: Connection): void {
    this.#work(connection);
    this.#waiting.add(connection);
    connection.network.waiting.add(connection);
  }

  #isOld({ openedAt }: Connection): boolean {
    return performance.now() - openedAt >= this.#limits.maxAgeMs;
  }

  #sweep(): void {
    for (const connection of this.#waiting) {
      // One with a request on it closes with its answer.
      if (connection.requests === 0 && this.#isOld(connection)) connection.socket.destroySoon();
    }
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
