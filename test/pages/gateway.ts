import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/**
 * What it does with what arrives: passes it on, all of it or without WebSockets as some proxies do,
 * fails with a 500, or never answers.
 */
export type Mode = 'passing' | 'without-sockets' | 'failing' | 'hanging';

const FAILURE = JSON.stringify({
  type: 'about:blank',
  title: 'Internal Server Error',
  status: 500,
  detail: 'Something failed in the service.',
  requestId: 'req-500',
});

/** What stands before the service in a test, and fails as services and networks do. */
export class Gateway {
  readonly url: string;
  /** How many requests have come. */
  asked = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #tunnels = new Set<Socket>();
  #mode: Mode = 'passing';

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = new URL(target);
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) =>
      this.#answer(incoming, outgoing),
    );
    server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#tunnel(incoming, socket, head),
    );
  }

  static async start(target: string): Promise<Gateway> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Gateway(server, target);
  }

  /** From now on; what is open is cut. */
  be(mode: Mode): void {
    this.#mode = mode;
    this.#cut();
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#cut();
    await closed;
  }

  /** It is there again, at the same address. */
  async return(): Promise<void> {
    const port = Number(new URL(this.url).port);
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.leave();
  }

  #cut(): void {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
  }

  #answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.asked += 1;
    if (this.#mode === 'hanging') return;
    if (this.#mode === 'failing') {
      const headers = {
        'content-type': 'application/problem+json',
        'access-control-allow-origin': '*',
        'access-control-allow-headers': '*, authorization',
      };
      const preflight = incoming.method === 'OPTIONS';
      outgoing.writeHead(preflight ? 204 : 500, headers).end(preflight ? undefined : FAILURE);
      return;
    }
    const { hostname, port } = this.#target;
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, path: url, method, headers }, (answer) => {
      if (outgoing.destroyed) return void answer.destroy();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => {});
    });
    onward.on('error', () => outgoing.destroy());
    pipeline(incoming, onward, () => {});
  }

  #tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#tunnels.add(socket);
    socket.on('close', () => this.#tunnels.delete(socket)).on('error', () => {});
    if (this.#mode === 'hanging') return;
    if (this.#mode === 'without-sockets') {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      return;
    }
    if (this.#mode === 'failing') {
      socket.end('HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n');
      return;
    }
    const onward = connect(Number(this.#target.port), this.#target.hostname, () => {
      if (socket.destroyed) return void onward.destroy();
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
      }
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      pipeline(socket, onward, () => {});
      pipeline(onward, socket, () => {});
    });
    onward.on('error', () => socket.destroy());
  }
}
