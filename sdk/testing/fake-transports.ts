import type { LiveCommand, Topic } from '../types.ts';
import type { FakeCarrier, FakeLive, FakeSubscription } from './fake-live.ts';

/**
 * What a request for a stream asks for.
 *
 * @param conversation whose stream it is, where it is one's
 */
export function subscriptionOf(
  transport: FakeSubscription['transport'],
  query: URLSearchParams,
  lastEventId: string | null,
  conversation?: string,
): FakeSubscription {
  const topics = query.get('topics')?.split(',') as Topic[] | undefined;
  return {
    transport,
    topics: conversation === undefined ? topics : ['conversations'],
    domain: query.get('domain') ?? undefined,
    lastEventId: lastEventId ?? undefined,
    ...(conversation !== undefined && { conversation, replay: Number(query.get('replay')) }),
  };
}

/** Server-sent events of a fake server. */
export function fakeEventStream(
  live: FakeLive,
  subscription: FakeSubscription,
  signal: AbortSignal,
): Response {
  const encoder = new TextEncoder();
  let carrier: FakeCarrier;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      carrier = {
        send: ({ event, id, data }) => {
          const frame = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
          controller.enqueue(encoder.encode(frame));
        },
        end: () => controller.close(),
      };
      live.connect(carrier, subscription);
      signal.addEventListener('abort', () => {
        live.disconnect(carrier);
        controller.error(signal.reason);
      });
    },
    cancel: () => live.disconnect(carrier),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** A WebSocket of a fake server: as much of one as a client of the contract uses. */
export function fakeWebSocket(
  live: FakeLive,
  accept: (url: URL, protocols: string[]) => number | undefined,
): typeof globalThis.WebSocket {
  class FakeWebSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly url: string;
    readonly protocol = 'cloudbrain.v1';
    readyState = 0;
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: Event) => void) | null = null;
    onclose: ((event: Event) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    readonly #carrier: FakeCarrier = {
      send: (event) => this.#tell('message', { data: JSON.stringify(event) }),
      end: (code) => this.#end(code),
    };

    constructor(url: string | URL, protocols: string | string[] = []) {
      super();
      this.url = String(url);
      const target = new URL(url);
      queueMicrotask(() => {
        if (this.readyState !== 0) return;
        const refusal = accept(target, [protocols].flat());
        if (refusal !== undefined) {
          this.#end(refusal);
          return;
        }
        this.readyState = 1;
        this.#tell('open', {});
        const { searchParams: query } = target;
        live.connect(this.#carrier, subscriptionOf('ws', query, query.get('lastEventId')));
      });
    }

    send(text: string): void {
      const command = JSON.parse(text) as LiveCommand;
      if (command.type === 'ping') live.greet(this.#carrier);
    }

    close(code = 1000): void {
      live.disconnect(this.#carrier);
      this.#end(code);
    }

    #end(code: number): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.#tell('close', { code, reason: '', wasClean: true });
    }

    #tell(type: 'open' | 'message' | 'close', fields: object): void {
      const event = Object.assign(new Event(type), fields);
      this[`on${type}`]?.(event);
      this.dispatchEvent(event);
    }
  }
  return FakeWebSocket as unknown as typeof globalThis.WebSocket;
}
