import type { LiveCommand, LiveEvent, Topic } from '../types.ts';

/** What a connection asked for. */
export interface FakeSubscription {
  transport: 'ws' | 'sse';
  /** `undefined`: all. */
  topics: Topic[] | undefined;
  domain: string | undefined;
  lastEventId: string | undefined;
}

/** How a transport carries events, and how it ends. */
export interface FakeCarrier {
  send(event: LiveEvent): void;
  /** With a WebSocket's close code; server-sent events just break off. */
  end(code: number): void;
}

type DataOf<Event extends LiveEvent['event']> = Extract<LiveEvent, { event: Event }>['data'];

const topicOf: Partial<Record<LiveEvent['event'], Topic>> = {
  execution: 'executions',
  stats: 'stats',
  cleanup: 'cleanup',
  executive: 'executive',
};

const allTopics: Topic[] = ['executions', 'stats', 'cleanup', 'executive'];

/** The live side of a fake server: it tells every stream that is open, over either transport. */
export class FakeLive {
  readonly #open = new Map<FakeCarrier, FakeSubscription>();
  readonly #past: LiveEvent[] = [];
  #id = 0;
  /** Every connection there has been, in order. */
  readonly subscriptions: FakeSubscription[] = [];

  /** How many streams are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Tells an event to all who listen to its topic. Who comes back later, with the id before, hears
   * of it as well.
   *
   * @example
   * server.live.emit('execution', { execution, deleted: false });
   */
  emit<Event extends LiveEvent['event']>(event: Event, data: DataOf<Event>): void {
    const told = { event, id: String(++this.#id), data } as unknown as LiveEvent;
    this.#past.push(told);
    for (const [carrier, subscription] of [...this.#open]) tell(carrier, subscription, told);
  }

  /**
   * Breaks every connection, as a server does that goes down; clients come back.
   *
   * @param code of the WebSockets' closing; from 4400 on it stands for a status: 4403 is a 403.
   * @example
   * server.live.drop();
   */
  drop(code = 1001): void {
    for (const carrier of [...this.#open.keys()]) {
      this.#open.delete(carrier);
      carrier.end(code);
    }
  }

  /**
   * Ends every token: each stream says `expired` and closes.
   *
   * @example
   * server.live.expire();
   */
  expire(): void {
    this.emit('expired', { reason: 'token_expired' });
    this.#past.pop();
    this.drop(4401);
  }

  /**
   * Forgets the past: who comes back with an older id gets a `reset`.
   *
   * @example
   * server.live.forget();
   */
  forget(): void {
    this.#past.length = 0;
  }

  /** @internal */
  connect(carrier: FakeCarrier, subscription: FakeSubscription): void {
    this.subscriptions.push(subscription);
    this.#open.set(carrier, subscription);
    const { topics, lastEventId } = subscription;
    const at = lastEventId === undefined ? this.#id : Number(lastEventId);
    const missed = this.#past.filter(({ id }) => Number(id) > at);
    greet(carrier, at, topics);
    if (missed.length < this.#id - at) {
      carrier.send({ event: 'reset', id: String(this.#id), data: { reason: 'too_old' } });
    }
    for (const event of missed) tell(carrier, subscription, event);
  }

  /** @internal What a ping is answered with. */
  greet(carrier: FakeCarrier): void {
    greet(carrier, this.#id, this.#open.get(carrier)?.topics);
  }

  /** @internal */
  disconnect(carrier: FakeCarrier): void {
    this.#open.delete(carrier);
  }
}

function greet(carrier: FakeCarrier, id: number, topics = allTopics): void {
  const serverTime = new Date().toISOString();
  carrier.send({ event: 'hello', id: String(id), data: { topics, serverTime } });
}

function tell(carrier: FakeCarrier, { topics, domain }: FakeSubscription, event: LiveEvent): void {
  const topic = topicOf[event.event];
  if (topic && topics && !topics.includes(topic)) return;
  if (domain !== undefined && domainOf(event) !== undefined && domainOf(event) !== domain) return;
  carrier.send(event);
}

function domainOf(event: LiveEvent): string | undefined {
  if (event.event === 'execution') return event.data.execution.domain;
  return event.event === 'stats' ? event.data.domain : undefined;
}

/** What a request for a stream asks for. */
export function subscriptionOf(
  transport: FakeSubscription['transport'],
  query: URLSearchParams,
  lastEventId: string | null,
): FakeSubscription {
  return {
    transport,
    topics: query.get('topics')?.split(',') as Topic[] | undefined,
    domain: query.get('domain') ?? undefined,
    lastEventId: lastEventId ?? undefined,
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
