import { tooManyRequests, unavailable } from '../contract/index.ts';
import type { Bus, Wake } from './bus.ts';
import { Feed, type OutboxReader } from './feed.ts';
import type { RecentLimits } from './recent.ts';
import { Subscription, type Scope, type SubscriptionLimits } from './subscription.ts';

export interface HubLimits extends SubscriptionLimits {
  /** Streams of one caller, and of all. */
  streamsPerCaller: number;
  /** Of one client's network: its tokens may be many. */
  streamsPerNetwork: number;
  streams: number;
  /** What a workspace's feed keeps in memory for those who resume. */
  recent: RecentLimits;
  /** Milliseconds between two looks at the outbox: with the bus, and while it is away. */
  lookMs: number;
  lookWithoutBusMs: number;
  /** Milliseconds after which a stream ends, for its reader to come again. */
  maxAgeMs: number;
  /** Milliseconds between two looks at whether a caller still may listen. */
  recheckMs: number;
}

const defaults: HubLimits = {
  queue: { events: 1000, bytes: 1024 * 1024 },
  heartbeatMs: 15_000,
  stallMs: 45_000,
  streamsPerCaller: 100,
  streamsPerNetwork: 1_000,
  streams: 10_000,
  recent: { events: 1000, bytes: 1024 * 1024 },
  // A replica may die between its commit and its word on the bus.
  lookMs: 10_000,
  lookWithoutBusMs: 2000,
  recheckMs: 10_000,
  maxAgeMs: 24 * 3_600_000,
};

/** Milliseconds between two rounds over all streams. */
const ROUND_MS = 1000;

export interface HubOptions {
  outbox: OutboxReader;
  bus: Bus;
  limits?: Partial<HubLimits>;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Told of what failed and will be tried again. */
  onError?: (message: string, error: unknown) => void;
}

export interface SubscribeOptions extends Scope {
  workspaceId: string;
  /** Whose streams are counted together. */
  caller: string;
  /** Where from, as `networkOf` has it; left out, counted by caller alone. */
  network?: string;
  /** The id after which to go on, as the reader sent it; `null`: from now. */
  after: string | null;
  /** Epoch milliseconds at which the caller's token ends; `null`: never. */
  expiresAt: number | null;
  /** Whether the caller may still listen as it did; asked every few seconds. */
  stillValid: () => Promise<boolean>;
}

interface Stream {
  subscription: Subscription;
  feed: Feed;
  options: SubscribeOptions;
  openedAt: number;
  checkedAt: number;
}

export interface HubStats {
  streams: number;
  workspaces: number;
  callers: number;
  /** Events that wait for slow readers. */
  queued: number;
}

/** How many there are of each; of what isn't named nothing is counted. */
class Counts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  of(name: string | undefined): number {
    return name === undefined ? 0 : (this.#counts.get(name) ?? 0);
  }

  add(name: string | undefined, by: number): void {
    if (name === undefined) return;
    const count = this.of(name) + by;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}

/** All streams of this process. One timer serves them all, and runs only while there are any. */
export class Hub {
  readonly #outbox: OutboxReader;
  readonly #bus: Bus;
  readonly #limits: HubLimits;
  readonly #now: () => number;
  readonly #onError: NonNullable<HubOptions['onError']>;
  readonly #streams = new Map<Subscription, Stream>();
  readonly #perCaller = new Counts();
  readonly #perNetwork = new Counts();
  readonly #feeds = new Map<string, { feed: Feed; streams: number }>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt: number;
  #closed = false;

  constructor({ outbox, bus, limits, now = Date.now, onError = () => {} }: HubOptions) {
    this.#outbox = outbox;
    this.#bus = bus;
    this.#limits = { ...defaults, ...limits };
    this.#now = now;
    this.#onError = onError;
    this.#lookedAt = now();
    this.#unsubscribe = bus.subscribe((wake) => this.#wake(wake));
  }

  /**
   * Opens a stream. Whoever gets it takes from it until it ends, or ends it.
   * @throws Problem 429 where the caller, or the service, has as many streams as it may; 503 where
   *   the service is going down or the outbox can't be read
   */
  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { workspaceId, caller, network, after } = options;
    if (this.#closed) throw unavailable('The service is shutting down.', 'stopping');
    const { streams, streamsPerCaller, streamsPerNetwork } = this.#limits;
    const isFull =
      this.#streams.size >= streams ||
      this.#perCaller.of(caller) >= streamsPerCaller ||
      this.#perNetwork.of(network) >= streamsPerNetwork;
    if (isFull) throw tooManyRequests(30, 'too_many_streams');
    const feed = this.#enter(workspaceId);
    const subscription = new Subscription({
      feed,
      scope: options,
      limits: this.#limits,
      now: this.#now,
      onEnd: (ended) => this.#leave(ended),
    });
    const openedAt = this.#now();
    this.#streams.set(subscription, { subscription, feed, options, openedAt, checkedAt: openedAt });
    this.#perCaller.add(caller, 1);
    this.#perNetwork.add(network, 1);
    this.#timer ??= setInterval(() => this.round(), ROUND_MS).unref();
    try {
      await feed.ready;
      await subscription.begin(after);
    } catch (cause) {
      subscription.end('failed');
      throw unavailable("Live events can't be read right now.", 'busy', { seconds: 2, cause });
    }
    return subscription;
  }

  stats(): HubStats {
    let queued = 0;
    for (const subscription of this.#streams.keys()) queued += subscription.queued;
    return {
      streams: this.#streams.size,
      workspaces: this.#feeds.size,
      callers: this.#perCaller.size,
      queued,
    };
  }

  /** What time brings: ends, heartbeats, looks at the outbox. Runs every second by itself. */
  round(): void {
    const now = this.#now();
    for (const stream of this.#streams.values()) {
      const { subscription, options } = stream;
      if (options.expiresAt !== null && now >= options.expiresAt) subscription.end('token_expired');
      else if (now - stream.openedAt >= this.#limits.maxAgeMs) subscription.end('aged');
      else subscription.tick();
      if (now - stream.checkedAt < this.#limits.recheckMs) continue;
      stream.checkedAt = now;
      void this.#recheck(stream);
    }
    const { lookMs, lookWithoutBusMs } = this.#limits;
    if (now - this.#lookedAt >= (this.#bus.connected ? lookMs : lookWithoutBusMs)) {
      this.#wake('all');
    }
  }

  /** Looks at once whether the callers of a workspace's streams still may listen. */
  recheck(workspaceId: string): void {
    const checkedAt = this.#now();
    for (const stream of this.#streams.values()) {
      if (stream.options.workspaceId !== workspaceId) continue;
      stream.checkedAt = checkedAt;
      void this.#recheck(stream);
    }
  }

  /** Ends every stream and takes no new ones. The readers find another replica, or come again. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    for (const subscription of [...this.#streams.keys()]) subscription.end('shutdown');
  }

  #enter(workspaceId: string): Feed {
    let entry = this.#feeds.get(workspaceId);
    if (!entry) {
      const feed = new Feed(workspaceId, this.#outbox, this.#limits.recent);
      // Each stream that waits for it is told; here it only must not be unheard.
      feed.ready.catch(() => {});
      entry = { feed, streams: 0 };
      this.#feeds.set(workspaceId, entry);
    }
    entry.streams += 1;
    return entry.feed;
  }

  #leave(subscription: Subscription): void {
    const stream = this.#streams.get(subscription);
    if (!stream) return;
    const { workspaceId, caller, network } = stream.options;
    this.#streams.delete(subscription);
    this.#perCaller.add(caller, -1);
    this.#perNetwork.add(network, -1);
    const entry = this.#feeds.get(workspaceId);
    if (entry && (entry.streams -= 1) === 0) this.#feeds.delete(workspaceId);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #wake(wake: Wake): void {
    if (wake === 'all') {
      this.#lookedAt = this.#now();
      for (const { feed } of this.#feeds.values()) this.#look(feed);
    } else {
      const entry = this.#feeds.get(wake.workspaceId);
      if (entry) this.#look(entry.feed, wake.lastId);
    }
  }

  #look(feed: Feed, lastId?: number): void {
    // What was not read now is read at the next look.
    feed
      .look(lastId)
      .catch((error: unknown) => this.#onError('The outbox could not be read', error));
  }

  async #recheck({ subscription, options }: Stream): Promise<void> {
    try {
      if (!(await options.stillValid())) subscription.end('session_ended');
    } catch (error) {
      this.#onError('A stream could not be checked', error);
    }
  }
}
