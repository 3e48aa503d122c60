import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered to a path. */
export interface Content {
  body: string;
  type: 'text/html' | 'text/css' | 'text/javascript' | 'application/json';
  status?: number;
  headers?: Record<string, string>;
}

type Answer = Content | (() => Content | Promise<Content>);

/** A customer's site: an origin of its own with pages, and a backend that gets tokens for them. */
export class Portal {
  readonly url: string;
  /** Every path that was asked for, in order. */
  readonly asked: string[] = [];
  readonly #content = new Map<string, Answer>();
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<Portal> {
    const server = createServer((request, response) => {
      portal.#answer(request, response).catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const portal = new Portal(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return portal;
  }

  /** Answers a path with it from now on. */
  put(path: string, answer: Answer): void {
    this.#content.set(path, answer);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    this.asked.push(pathname);
    const answer = this.#content.get(pathname);
    if (!answer) {
      // Browsers ask for an icon by themselves.
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    const {
      body,
      type,
      status = 200,
      headers,
    } = typeof answer === 'function' ? await answer() : answer;
    response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, ...headers }).end(body);
  }
}
