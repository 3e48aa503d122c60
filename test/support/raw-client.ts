import { Agent, request, type IncomingMessage } from 'node:http';
import { patience } from './patience.ts';

export interface RawRequest {
  method: string;
  /** As it goes over the wire. */
  path: string;
  /** Values are sent as UTF-8. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Uint8Array | null;
}

export interface RawAnswer {
  status: number;
  /** The media type with its parameters; empty where there is none. */
  type: string;
  text: string;
}

/** Milliseconds without a sign of life after which an answer no longer comes. */
const PATIENCE_MS = patience(40_000);

/** Sends what `fetch` would mend or refuse. Of a stream only its beginning is read. */
export class RawClient {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  send(raw: RawRequest): Promise<RawAnswer> {
    const { method, path, headers, body } = raw;
    return new Promise((resolve, reject) => {
      const asking = request({
        agent: this.#agent,
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        headers: [
          ...['host', this.#url.host],
          ...(body ? ['content-length', String(body.byteLength)] : []),
          ...headers.flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
        ],
      });
      asking.on('error', (error) => {
        // A server may close an idle connection at any time, also when it is about to be used.
        if (asking.reusedSocket && 'code' in error && error.code === 'ECONNRESET') {
          resolve(this.send(raw));
        } else {
          reject(error);
        }
      });
      asking.setTimeout(PATIENCE_MS, () => asking.destroy(new Error(`${path} is not answered.`)));
      asking.on('upgrade', (response: IncomingMessage, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, type: '', text: '' });
      });
      asking.on('response', (response: IncomingMessage) => {
        const status = response.statusCode ?? 0;
        const type = response.headers['content-type'] ?? '';
        const isStream = type.startsWith('text/event-stream');
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (!isStream) return;
          resolve({ status, type, text });
          response.destroy();
        });
        response.on('end', () => resolve({ status, type, text }));
        response.on('error', reject);
      });
      asking.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
