import type { ConversationEvent, LiveEvent, Message, Topic } from '../types.ts';

/** What a connection asked for. */
export interface FakeSubscription {
  transport: 'ws' | 'sse';
  /** `undefined`: all. */
  topics: Topic[] | undefined;
  domain: string | undefined;
  lastEventId: string | undefined;
  /** The id of the one conversation whose stream it is. */
  conversation?: string;
  /** How many of its latest messages the stream begins with. */
  replay?: number;
}

/** How a transport carries events, and how it ends. */
export interface FakeCarrier {
  send(event: FakeEvent): void;
  /** With a WebSocket's close code; server-sent events just break off. */
  end(code: number): void;
}

type FakeEvent = LiveEvent | ConversationEvent;
type DataOf<Event extends LiveEvent['event']> = Extract<LiveEvent, { event: Event }>['data'];

/** `null`: about the stream itself. */
const topicOf: Record<LiveEvent['event'], Topic | null> = {
  execution: 'executions',
  stats: 'stats',
  conversation: 'conversations',
  cleanup: 'cleanup',
  session: 'sessions',
  failure: 'errors',
  executive: 'executive',
  hello: null,
  reset: null,
  expired: null,
};

const allTopics = Object.values(topicOf).filter((topic) => topic !== null);

/** An event, and in which conversation it was said where it is a message. */
interface SentEvent {
  event: FakeEvent;
  conversation?: string;
}

/** The live events of a fake server, over both transports. */
export class FakeLive {
  readonly #open = new Map<FakeCarrier, FakeSubscription>();
  readonly #past: SentEvent[] = [];
  #id = 0;
  /** Every connection so far, in order. */
  readonly subscriptions: FakeSubscription[] = [];

  /** Number of open streams. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Sends an event to all subscribers of its topic, and to clients that later resume after an earlier id.
   *
   * @example
   * server.live.emit('execution', { execution, deleted: false });
   */
  emit<Event extends LiveEvent['event']>(event: Event, data: DataOf<Event>): void {
    this.#tell({ event: { event, id: String(++this.#id), data } as unknown as LiveEvent });
  }

  /**
   * Sends a message of a conversation to the streams of that conversation.
   *
   * @example
   * server.live.say('conv-8812', message);
   */
  say(conversation: string, message: Message): void {
    const event = { event: 'message', id: String(++this.#id), data: { message } } as const;
    this.#tell({ event, conversation });
  }

  /**
   * Breaks every connection, like a server that goes down; clients reconnect.
   *
   * @param code close code of WebSockets; 4400 and above stand for a status: 4403 is a 403.
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
   * Ends every token: each stream sends `expired` and closes.
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
   * Forgets past events: clients that resume after an older id get a `reset`.
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
    const { topics, lastEventId, conversation, replay = 0 } = subscription;
    const at = lastEventId === undefined ? this.#id : Number(lastEventId);
    const missed = this.#past.filter(({ event: { id } }) => Number(id) > at);
    greet(carrier, at, topics);
    // The stream of a conversation knows no reset: what was said is kept elsewhere.
    if (missed.length < this.#id - at && conversation === undefined) {
      carrier.send({ event: 'reset', id: String(this.#id), data: { reason: 'too_old' } });
    }
    const said = this.#past.filter((told) => told.conversation === conversation);
    const replayed = lastEventId === undefined && replay > 0 ? said.slice(-replay) : [];
    for (const told of [...replayed, ...missed]) tell(carrier, subscription, told);
  }

  /** @internal What a ping is answered with. */
  greet(carrier: FakeCarrier): void {
    greet(carrier, this.#id, this.#open.get(carrier)?.topics);
  }

  /** @internal */
  disconnect(carrier: FakeCarrier): void {
    this.#open.delete(carrier);
  }

  #tell(told: SentEvent): void {
    this.#past.push(told);
    for (const [carrier, subscription] of [...this.#open]) tell(carrier, subscription, told);
  }
}

function greet(carrier: FakeCarrier, id: number, topics = allTopics): void {
  const serverTime = new Date().toISOString();
  carrier.send({ event: 'hello', id: String(id), data: { topics, serverTime } });
}

function tell(carrier: FakeCarrier, subscription: FakeSubscription, told: SentEvent): void {
  if (wants(subscription, told)) carrier.send(told.event);
}

function wants({ topics, domain, conversation }: FakeSubscription, told: SentEvent): boolean {
  const { event } = told;
  if (event.event === 'message') return told.conversation === conversation;
  const topic = topicOf[event.event];
  if (topic && topics && !topics.includes(topic)) return false;
  if (
    conversation !== undefined &&
    event.event === 'conversation' &&
    event.data.id !== conversation
  )
    return false;
  const where = domainOf(event);
  return domain === undefined || where === null || where === domain;
}

/** `null`: it belongs to no domain, and is for everybody. */
function domainOf(event: LiveEvent): string | null {
  switch (event.event) {
    case 'execution':
      return event.data.execution.domain;
    case 'stats':
    case 'conversation':
      return event.data.domain;
    case 'session':
      return event.data.session.domain;
    case 'failure':
      return event.data.error.domain;
    case 'cleanup':
    case 'executive':
    case 'hello':
    case 'reset':
    case 'expired':
      return null;
  }
}
