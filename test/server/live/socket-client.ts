import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Schemas } from '../../../server/contract/index.ts';
import { eventually } from '../../support/eventually.ts';

type LiveEvent = Schemas['LiveEvent'];

/** A page's WebSocket: the platform's own client. */
export class SocketClient {
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | null = null;
  readonly #arrived: LiveEvent[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.onmessage = ({ data }) => this.#arrived.push(JSON.parse(String(data)) as LiveEvent);
    socket.onclose = ({ code, reason }) => (this.closed = { code, reason });
  }

  static async open(port: number, query = '', token = 'admin'): Promise<SocketClient> {
    const url = `ws://127.0.0.1:${port}/api/ws/metrics${query}`;
    const client = new SocketClient(new WebSocket(url, ['cloudbrain.v1', `bearer.${token}`]));
    await once(client.socket, 'open');
    return client;
  }

  send(command: unknown): void {
    this.socket.send(typeof command === 'string' ? command : JSON.stringify(command));
  }

  async take(count: number): Promise<LiveEvent[]> {
    await eventually(`${count} events come`, () => this.#arrived.length >= count);
    return this.#arrived.splice(0, count);
  }

  async next(): Promise<LiveEvent> {
    const [event] = await this.take(1);
    return event!;
  }

  async end(): Promise<{ code: number; reason: string }> {
    await eventually('it closes', () => this.closed !== null);
    return this.closed!;
  }
}

/** Asks for a WebSocket with any headers, and answers nothing of what comes on it. */
export async function handshake(
  port: number,
  headers: Record<string, string>,
  path = '/api/ws/metrics',
): Promise<{ response: IncomingMessage; body: string; socket: Duplex }> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path,
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.on('error', reject);
    asking.on('upgrade', (response, socket) => resolve({ response, body: '', socket }));
    asking.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ response, body, socket: response.socket }));
    });
  });
}
