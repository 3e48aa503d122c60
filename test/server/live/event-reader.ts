import { createParser } from '../../../sdk/live/parser.ts';
import type { Schemas } from '../../../server/contract/index.ts';

export type LiveEvent = Schemas['LiveEvent'];

interface ReaderOptions {
  port: number;
  token?: string;
  lastEventId?: string;
  query?: string;
  /** A page's, which only a browser sends. */
  origin?: string;
}

/** A client of `GET /api/live`, over a real connection. */
export class EventReader {
  readonly response: Response;
  /** All that came, as it came. */
  text = '';
  /** The last id that came, with an event or alone. */
  lastEventId: string | undefined;
  ended = false;
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #parse = createParser();
  readonly #decoder = new TextDecoder();
  #arrived: LiveEvent[] = [];

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body?.getReader();
  }

  static async open(options: ReaderOptions): Promise<EventReader> {
    const { port, token = 'admin', lastEventId, query = '', origin } = options;
    const abort = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/api/live${query}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(origin !== undefined && { origin }),
        ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
      },
      signal: abort.signal,
    });
    return new EventReader(response, abort);
  }

  /** The next event; fails where the stream ends instead. */
  async next(): Promise<LiveEvent> {
    for (;;) {
      const event = this.#arrived.shift();
      if (event) return event;
      if (!(await this.read())) throw new Error(`The stream has ended after: ${this.text}`);
    }
  }

  async take(count: number): Promise<LiveEvent[]> {
    const events: LiveEvent[] = [];
    while (events.length < count) events.push(await this.next());
    return events;
  }

  /** The events until the stream ends. */
  async rest(): Promise<LiveEvent[]> {
    while (await this.read());
    return this.#arrived.splice(0);
  }

  /** Reads a chunk. @returns false at the end */
  async read(): Promise<boolean> {
    const chunk = await this.#reader?.read();
    if (!chunk || chunk.done) {
      this.ended = true;
      return false;
    }
    const text = this.#decoder.decode(chunk.value, { stream: true });
    this.text += text;
    for (const { event, id, data } of this.#parse(text)) {
      if (id !== undefined) this.lastEventId = id;
      if (data === undefined) continue;
      this.#arrived.push({ event, id, data: JSON.parse(data) as unknown } as LiveEvent);
    }
    return true;
  }

  close(): void {
    this.#abort.abort();
  }
}
