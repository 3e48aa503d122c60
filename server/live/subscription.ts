import type { Feed, FeedListener } from './feed.ts';
import { expired, hello, messageOf, reset, type Message, type Topic } from './message.ts';
import { MessageQueue, type QueueLimits } from './queue.ts';

/**
 * Why a stream ends: its token did (`token_expired`, `session_ended`), its reader is `slow` or
 * has `left`, it is old (`aged`), the service is going down (`shutdown`), or the outbox could not be read (`failed`).
 */
export type EndReason =
  'token_expired' | 'session_ended' | 'slow' | 'left' | 'aged' | 'shutdown' | 'failed';

/** What a stream's carrier is to do next. */
export type Delivery =
  | { type: 'messages'; messages: Message[] }
  /** Nothing came for a while. Everything up to `position` has been sent or was not for it. */
  | { type: 'heartbeat'; position: number }
  | { type: 'end'; reason: EndReason };

/** What a stream is about. */
export interface Scope {
  topics: readonly Topic[];
  /** `null`: all. Events of no domain go by their topic alone. */
  domains: readonly string[] | null;
  /** Whether its reader may read what was said. */
  content: boolean;
}

export interface SubscriptionLimits {
  /** What may wait for a reader that doesn't take it. */
  queue: QueueLimits;
  /** Milliseconds of silence after which a heartbeat is due. */
  heartbeatMs: number;
  /** Milliseconds for which a reader may take nothing that is there for it. */
  stallMs: number;
}

interface SubscriptionOptions {
  feed: Feed;
  scope: Scope;
  limits: SubscriptionLimits;
  now: () => number;
  /** Called once, however it ends. */
  onEnd: (subscription: Subscription, reason: EndReason) => void;
}

/** Bytes that a carrier gets at once. */
export const BATCH_BYTES = 64 * 1024;

/** Events of the past that are read at once. */
const PAGE = 200;

/**
 * One reader's stream: first what it missed, read page by page as it takes them, then what comes.
 * Its carrier calls `take` whenever it can send; what it doesn't take in time waits here, within
 * limits.
 */
export class Subscription implements FeedListener {
  readonly #feed: Feed;
  readonly #limits: SubscriptionLimits;
  readonly #now: () => number;
  readonly #onEnd: SubscriptionOptions['onEnd'];
  readonly #queue = new MessageQueue();
  readonly #domains: ReadonlySet<string> | null;
  readonly #content: boolean;
  readonly #ending = Promise.withResolvers<EndReason>();
  #topics: ReadonlySet<Topic>;
  /** Up to where the past has been read, or `null` where the stream is at the present. */
  #cursor: number | null = null;
  #ended: EndReason | null = null;
  #heartbeatDue = false;
  #taking = false;
  #takenAt: number;
  #wake = (): void => {};

  constructor({ feed, scope, limits, now, onEnd }: SubscriptionOptions) {
    this.#feed = feed;
    this.#limits = limits;
    this.#now = now;
    this.#onEnd = onEnd;
    this.#topics = new Set(scope.topics);
    this.#domains = scope.domains && new Set(scope.domains);
    this.#content = scope.content;
    this.#takenAt = now();
  }

  /** Everything up to here has been queued, or was not for this reader. */
  get position(): number {
    return this.#cursor ?? this.#feed.position;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Resolves when the stream ends; what is left to take still is. */
  get ended(): Promise<EndReason> {
    return this.#ending.promise;
  }

  /**
   * Begins after the id that the reader names, or now. Called once, on a feed that is ready.
   * @param after as the reader sent it: anything
   */
  async begin(after: string | null): Promise<void> {
    const id = after === null ? null : /^\d{1,15}$/.test(after) ? Number(after) : NaN;
    const gap = id === null ? null : await this.#gapAfter(id);
    if (this.#ended) return;
    this.#cursor = gap ? null : id;
    this.#feed.listeners.add(this);
    this.greet();
    if (gap) this.#push(reset(this.position, gap));
  }

  /** From now on these topics. The answer is a `hello`. */
  select(topics: readonly Topic[]): void {
    this.#topics = new Set(topics);
    this.#queue.retain(({ topic }) => topic === null || this.#topics.has(topic));
    this.greet();
  }

  /** Says, in its turn, where the stream is. */
  greet(): void {
    this.#push(hello(this.position, this.#topics, this.#now()));
  }

  /** The next for the carrier to do; waits until there is something. One call at a time. */
  async take(): Promise<Delivery> {
    this.#taking = true;
    try {
      for (;;) {
        if (this.#queue.size > 0) {
          return { type: 'messages', messages: this.#queue.take(BATCH_BYTES) };
        }
        if (this.#ended) return { type: 'end', reason: this.#ended };
        if (this.#cursor !== null) {
          await this.#catchUp(this.#cursor);
        } else if (this.#heartbeatDue) {
          return { type: 'heartbeat', position: this.position };
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      this.#taking = false;
      this.#heartbeatDue = false;
      this.#takenAt = this.#now();
    }
  }

  /**
   * For a carrier with something of its own to send: its reader takes that.
   * @returns false once the stream has ended
   */
  goOn(): boolean {
    this.#takenAt = this.#now();
    return this.#ended === null;
  }

  receive(message: Message): void {
    if (this.#cursor !== null) return;
    const mine = this.#asSeen(message);
    if (!mine) return;
    this.#push(mine);
    if (this.#queue.exceeds(this.#limits.queue)) this.end('slow');
  }

  /** Looks at the time: a heartbeat may be due, or the reader may have stopped to read. */
  tick(): void {
    const idle = this.#now() - this.#takenAt;
    if (!this.#taking && idle >= this.#limits.stallMs) {
      this.end('slow');
    } else if (idle >= this.#limits.heartbeatMs) {
      this.#heartbeatDue = true;
      this.#wake();
    }
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    if (reason === 'token_expired' || reason === 'session_ended') {
      this.#queue.push(expired(this.position, reason));
    } else if (reason !== 'shutdown' && reason !== 'aged') {
      this.#queue.clear();
    }
    this.#ended = reason;
    this.#cursor = null;
    this.#feed.listeners.delete(this);
    this.#onEnd(this, reason);
    this.#ending.resolve(reason);
    this.#wake();
  }

  /** Why what came after the id can't be told. */
  async #gapAfter(id: number): Promise<'unknown_id' | 'too_old' | null> {
    // Another replica may have told of it before this one has read it.
    if (id > this.#feed.position) await this.#feed.look(id);
    if (Number.isNaN(id) || id > this.#feed.position) return 'unknown_id';
    if (id >= this.#feed.recent.start) return null;
    const { floor } = await this.#feed.bounds();
    return id >= floor ? null : 'too_old';
  }

  #push(message: Message): void {
    this.#queue.push(message);
    this.#wake();
  }

  #wants({ topic, domain }: Message): boolean {
    if (topic === null || !this.#topics.has(topic)) return false;
    return domain === null || this.#domains === null || this.#domains.has(domain);
  }

  /** The event as this reader may see it; `null` where it is not for it. */
  #asSeen(message: Message): Message | null {
    if (!this.#wants(message)) return null;
    return this.#content ? message : message.withoutContent;
  }

  #queueAll(messages: readonly Message[]): void {
    for (const message of messages) {
      const mine = this.#asSeen(message);
      if (mine) this.#queue.push(mine);
    }
  }

  /** Queues the next page of the past; the last one joins the present without a gap. */
  async #catchUp(cursor: number): Promise<void> {
    const { recent, position } = this.#feed;
    if (cursor >= recent.start) {
      const messages = recent.after(cursor, PAGE);
      this.#queueAll(messages);
      this.#cursor = messages.length < PAGE ? null : (messages.at(-1)?.id ?? null);
      return;
    }
    const page = await this.#feed.read(cursor, PAGE).catch(() => null);
    if (this.#ended) return;
    if (!page) {
      this.end('failed');
      return;
    }
    if (page.floor > cursor) {
      // What was still to be read has been removed while it was on its way.
      this.#cursor = null;
      this.#push(reset(this.position, 'too_old'));
      return;
    }
    // What the feed had not told by then, it tells itself.
    const events = page.events.filter(({ id }) => id <= position);
    this.#queueAll(events.map(messageOf));
    this.#cursor = events.length < PAGE ? position : (events.at(-1)?.id ?? position);
  }
}
