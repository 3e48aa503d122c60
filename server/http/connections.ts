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
  /** Those of them that the service works on; with none, the connection waits for its client. */
  working: number;
  /** Since when its client has been sent an answer that is not complete yet. */
  sendingSince: number | undefined;
}

/** A request waits for its body, is worked on, and waits for its client to read the answer. */
interface Asked {
  connection: Connection;
  phase: 'body' | 'work' | 'answer';
}

/**
 * The connections of a server: so many at most, none for ever. Where there is one too many, the one
 * closes that has waited for its client for longest: kept alive, never used, in the middle of a head
 * or a body, or with an answer that its client doesn't read. Streams and WebSockets wait for nobody:
 * `Hub` limits those.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #all = new Map<Socket, Connection>();
  readonly #networks = new Map<string, Network>();
  readonly #waiting: Waiting = new Set();
  readonly #asked = new WeakMap<IncomingMessage, Asked>();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.on('connection', (socket: Socket) => this.#open(socket));
    // Before it is answered, while its headers may still be set.
    server.prependListener('request', (incoming, outgoing) => this.#ask(incoming, outgoing));
    // From here on it is the WebSocket's, or the refusal's.
    server.on('upgrade', ({ socket }: IncomingMessage) => {
      const connection = this.#all.get(socket);
      if (!connection) return;
      connection.working += 1;
      this.#settle(connection);
    });
    const sweep = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, limits.maxAgeMs)).unref();
    server.once('close', () => clearInterval(sweep));
  }

  /** Closes those on which nothing has come yet: a client may open one for later. */
  closeUnused(): void {
    for (const socket of this.#all.keys()) if (socket.bytesRead === 0) socket.destroy();
  }

  /**
   * From here on a request waits for its client to read the answer.
   * @param isStream whether the answer is one that has no end, and waits for nobody
   */
  answer(incoming: IncomingMessage, isStream: boolean): void {
    const asked = this.#asked.get(incoming);
    if (!asked) return;
    if (isStream) {
      this.#move(asked, 'work');
      return;
    }
    asked.connection.sendingSince ??= performance.now();
    this.#move(asked, 'answer');
  }

  #open(socket: Socket): void {
    const name = networkOf(socket.remoteAddress ?? '');
    const network = this.#networks.get(name) ?? { connections: 0, waiting: new Set() };
    this.#networks.set(name, network);
    network.connections += 1;
    const connection: Connection = {
      ...{ socket, network, openedAt: performance.now() },
      ...{ requests: 0, working: 0, sendingSince: undefined },
    };
    this.#all.set(socket, connection);
    socket.once('close', () => {
      this.#leave(connection);
      this.#all.delete(socket);
      network.connections -= 1;
      if (network.connections === 0) this.#networks.delete(name);
    });
    this.#settle(connection);
    const { most, mostPerNetwork } = this.#limits;
    // Those that are closing count until they are gone, so that each that comes takes one away.
    if (network.connections > mostPerNetwork) this.#makeRoom(network.waiting);
    else if (this.#all.size > most) this.#makeRoom(this.#waiting);
  }

  /** Closes the oldest, which is the one that just came where all others are at work. */
  #makeRoom([oldest]: Waiting): void {
    if (!oldest) return;
    this.#leave(oldest);
    oldest.socket.destroy();
  }

  #ask(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const connection = this.#all.get(incoming.socket);
    if (!connection) return;
    connection.requests += 1;
    const asked: Asked = { connection, phase: 'body' };
    this.#asked.set(incoming, asked);
    if (hasBody(incoming)) {
      this.#settle(connection);
      // One that was refused unread ends after its answer.
      incoming.once('end', () => {
        if (asked.phase === 'body') this.#move(asked, 'work');
      });
    } else {
      this.#move(asked, 'work');
    }
    if (this.#isOld(connection)) outgoing.setHeader('Connection', 'close');
    // A client that reads comes last in the line again.
    outgoing.on('drain', () => this.#settle(connection));
    outgoing.once('close', () => {
      connection.requests -= 1;
      connection.sendingSince = connection.requests > 0 ? performance.now() : undefined;
      this.#move(asked, 'answer');
    });
  }

  #move(asked: Asked, phase: Asked['phase']): void {
    const { connection } = asked;
    connection.working += Number(phase === 'work') - Number(asked.phase === 'work');
    asked.phase = phase;
    this.#settle(connection);
  }

  /** Puts it at the end of those that wait for their clients, or takes it from them. */
  #settle(connection: Connection): void {
    this.#leave(connection);
    if (connection.working > 0 || !this.#all.has(connection.socket)) return;
    this.#waiting.add(connection);
    connection.network.waiting.add(connection);
  }

  #leave(connection: Connection): void {
    this.#waiting.delete(connection);
    connection.network.waiting.delete(connection);
  }

  #isOld({ openedAt }: Connection): boolean {
    return performance.now() - openedAt >= this.#limits.maxAgeMs;
  }

  #sweep(): void {
    const longAgo = performance.now() - this.#limits.maxAgeMs;
    for (const connection of this.#waiting) {
      const { requests, sendingSince, socket } = connection;
      // One with a request on it closes with its answer, if that is ever read.
      if (requests === 0 && this.#isOld(connection)) socket.destroySoon();
      else if (sendingSince !== undefined && sendingSince <= longAgo) socket.destroy();
    }
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
