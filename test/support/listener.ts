import { WebSocket } from 'ws';
import { createParser } from '../../sdk/live/parser.ts';
import type { Contract, Schemas } from '../../server/contract/index.ts';

export interface ListenOptions {
  token?: string | undefined;
  origin?: string | undefined;
  /** Sent beside them; on a WebSocket the token goes in the subprotocols. */
  headers?: Record<string, string>;
}

type Operation = Contract['operations'] extends ReadonlyMap<unknown, infer O> ? O : never;

/** How an operation's live events come; `null`: its answer is an ordinary one. */
export function transportOf({ responses }: Operation): 'socket' | 'stream' | null {
  if (responses.has(101)) return 'socket';
  return responses.get(200)?.has('text/event-stream') ? 'stream' : null;
}

type LiveEvent = Schemas['LiveEvent'];

/** A client of a live stream of either kind, which keeps all that comes. */
export class Listener {
  /** Of the answer; 101 is a WebSocket. */
  readonly status: number;
  /** What a refusal says. */
  readonly refusal: string;
  readonly events: LiveEvent[] = [];
  readonly #close: () => void;
  #fault: unknown;
  #wake = (): void => {};

  private constructor(status: number, refusal: string, close: () => void) {
    this.status = status;
    this.refusal = refusal;
    this.#close = close;
  }

  /** Asks for server-sent events. */
  static async stream(url: string, options: ListenOptions): Promise<Listener> {
    const abort = new AbortController();
    const { token, origin, headers } = options;
    const response = await fetch(url, {
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(origin !== undefined && { origin }),
        ...headers,
      },
      signal: abort.signal,
    });
    const refusal = response.ok ? '' : await response.text();
    const listener = new Listener(response.status, refusal, () => abort.abort());
    if (response.ok && response.body) void listener.#read(response.body);
    return listener;
  }

  /** Asks for a WebSocket, as a page does. */
  static socket(url: string, options: ListenOptions): Promise<Listener> {
    const { token, origin, headers } = options;
    const protocols = ['cloudbrain.v1', ...(token === undefined ? [] : [`bearer.${token}`])];
    return new Promise((resolve, reject) => {
      const client = {
        ...(origin !== undefined && { origin }),
        ...(headers && { headers }),
      };
      const socket = new WebSocket(url.replace('http', 'ws'), protocols, client);
      const listener = new Listener(101, '', () => socket.terminate());
      socket.on('open', () => resolve(listener));
      socket.on('message', (data: Buffer) => {
        listener.#take(JSON.parse(data.toString()) as LiveEvent);
      });
      socket.on('close', (code, reason) => {
        listener.#fail(new Error(`It closed with ${code}: ${reason.toString()}`));
      });
      socket.on('error', reject);
      socket.on('unexpected-response', (_request, response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve(new Listener(response.statusCode ?? 0, text, () => {}));
        });
      });
    });
  }

  /** Resolves once the events that came fulfil it. @throws where the stream ends before */
  async until(holds: (events: readonly LiveEvent[]) => boolean): Promise<void> {
    while (!holds(this.events)) {
      if (this.#fault !== undefined) throw this.#fault as Error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#close();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const parse = createParser();
    try {
      for await (const chunk of body) {
        for (const { event, id, data } of parse(decoder.decode(chunk, { stream: true }))) {
          if (data === undefined) continue;
          this.#take({ event, id, data: JSON.parse(data) as unknown } as LiveEvent);
        }
      }
      this.#fail(new Error('The stream has ended.'));
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(event: LiveEvent): void {
    this.events.push(event);
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#fault ??= error;
    this.#wake();
  }
}
