import { once } from 'node:events';
import { createServer, request as send, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyOptions {
  /** Hosts that only this proxy knows, and the ports of this machine that they stand for. */
  hosts: Record<string, number>;
  /** `user:password`, without which it answers 407. */
  login?: string;
}

/** A forward proxy: it forwards requests to http, and opens tunnels for everything else. */
export class TestProxy {
  /** What it was asked for: `GET http://example.com/path`, `CONNECT example.com:443`. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor({ hosts, login }: ProxyOptions) {
    const wanted = login === undefined ? undefined : `Basic ${btoa(login)}`;
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      this.requests.push(`${method} ${url}`);
      if (headers['proxy-authorization'] !== wanted) {
        response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
        return;
      }
      const target = URL.parse(url);
      const port = hosts[target?.hostname ?? ''];
      if (!target || port === undefined) {
        response.writeHead(502).end();
        return;
      }
      const path = target.pathname + target.search;
      const forwarded = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.once('error', () => response.destroy());
      request.pipe(forwarded);
    });
    this.#server.on('connect', (request, socket: Socket) => {
      const { url = '', headers } = request;
      this.requests.push(`CONNECT ${url}`);
      const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
      if (headers['proxy-authorization'] !== wanted) {
        return void refuse('407 Proxy Authentication Required');
      }
      const port = hosts[url.split(':')[0] ?? ''];
      if (port === undefined) return void refuse('502 Bad Gateway');
      const tunnel = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        tunnel.pipe(socket).pipe(tunnel);
      });
      tunnel.on('error', () => socket.destroy());
      socket.on('error', () => tunnel.destroy());
      socket.on('close', () => tunnel.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: ProxyOptions): Promise<TestProxy> {
    const proxy = new TestProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Also ends its tunnels. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
