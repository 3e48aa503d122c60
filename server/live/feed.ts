import type { LiveStore, OutboxBounds, OutboxEvent, OutboxPage } from '../store/read/live.ts';
import { messageOf, saysErased, saysGone, type Message } from './message.ts';
import { RecentEvents, type RecentLimits } from './recent.ts';

/** Reads the outbox. Ids grow in the order in which their transactions commit. */
export type OutboxReader = Pick<LiveStore, 'bounds' | 'read'>;

/** Takes a workspace's events as they come. */
export interface FeedListener {
  receive(message: Message): void;
}

/** Events per query. */
const PAGE = 500;

/**
 * The one reader of a workspace's outbox in this process: each event is read and written down
 * once, however many listen.
 */
export class Feed {
  readonly workspaceId: string;
  /** Settles once the feed knows where it is. */
  readonly ready: Promise<void>;
  readonly listeners = new Set<FeedListener>();
  readonly #source: OutboxReader;
  readonly #limits: RecentLimits;
  #recent: RecentEvents;
  #position = 0;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(workspaceId: string, source: OutboxReader, limits: RecentLimits) {
    this.workspaceId = workspaceId;
    this.#source = source;
    this.#limits = limits;
    this.#recent = new RecentEvents(0, limits);
    this.ready = this.#begin();
  }

  /** The id up to which listeners have been told everything. */
  get position(): number {
    return this.#position;
  }

  get recent(): RecentEvents {
    return this.#recent;
  }

  /** Something may have come, up to `lastId` where that is known. Resolves once it has been told. */
  async look(lastId = Infinity): Promise<void> {
    await this.ready;
    if (lastId <= this.#position) return;
    this.#again = true;
    this.#reading ??= this.#readAll();
    return this.#reading;
  }

  /** A page of the past. */
  read(after: number, limit: number): Promise<OutboxPage> {
    return this.#source.read(this.workspaceId, after, limit);
  }

  bounds(): Promise<OutboxBounds> {
    return this.#source.bounds(this.workspaceId);
  }

  /** The newest events come along, so that after a restart the readers' return costs one query. */
  async #begin(): Promise<void> {
    const { floor, latest } = await this.bounds();
    this.#position = Math.max(floor, latest - this.#limits.events);
    this.#recent = new RecentEvents(this.#position, this.#limits);
    this.#again = true;
    await this.#readAll();
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        for (;;) {
          const { events } = await this.read(this.#position, PAGE);
          for (const event of events) this.#tell(event);
          if (events.length < PAGE) break;
        }
      }
    } finally {
      // Here and not in a `then`: a look that comes in between would find a reading that has ended.
      this.#reading = null;
    }
  }

  #tell(event: OutboxEvent): void {
    const message = messageOf(event);
    this.#position = event.id;
    if (saysGone(event) && message.conversation !== null) this.#recent.forget(message.conversation);
    if (saysErased(event)) this.#recent.clear();
    this.#recent.push(message);
    for (const listener of this.listeners) listener.receive(message);
  }
}
