import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A small server of somebody else's; what it answers can be changed. */
export class Elsewhere {
  answer: Answer;
  readonly asked: IncomingMessage[] = [];
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, answer: Answer, close: () => Promise<void>) {
    this.url = url;
    this.answer = answer;
    this.#close = close;
  }

  static async start(answer: Answer = (_request, response) => response.end()): Promise<Elsewhere> {
    const server = createServer((request, response) => {
      elsewhere.asked.push(request);
      elsewhere.answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const elsewhere = new Elsewhere(`http://127.0.0.1:${port}`, answer, async () => {
      server.closeAllConnections();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    });
    return elsewhere;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** Answers with JSON. */
export const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};
