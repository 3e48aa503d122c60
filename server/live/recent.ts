import type { Message } from './message.ts';

export interface RecentLimits {
  events: number;
  bytes: number;
}

/**
 * A workspace's newest events, without a gap: all between `start` (not included) and the last.
 * Readers that resume close behind are served from here.
 */
export class RecentEvents {
  readonly #limits: RecentLimits;
  #events: Message[] = [];
  #bytes = 0;
  #start: number;

  constructor(start: number, limits: RecentLimits) {
    this.#start = start;
    this.#limits = limits;
  }

  /** Whoever has seen everything up to here, or more, finds the rest in here. */
  get start(): number {
    return this.#start;
  }

  push(event: Message): void {
    this.#events.push(event);
    this.#bytes += event.size;
    // Trimmed by halves, so that a push costs the same whatever the limit is.
    const { events, bytes } = this.#limits;
    if (this.#events.length > events * 2 || this.#bytes > bytes * 2) this.#trim();
  }

  /** At most `limit` events after `id`, oldest first. `id` must not be below `start`. */
  after(id: number, limit: number): Message[] {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.id ?? Infinity) > id) high = middle;
      else low = middle + 1;
    }
    return this.#events.slice(low, low + limit);
  }

  /**
   * Lets go of what was told of a conversation, and with it of all before: the outbox, which it is
   * read from then, tells nothing of what is deleted.
   */
  forget(conversation: string): void {
    this.#drop(this.#events.findLastIndex((event) => event.conversation === conversation) + 1);
  }

  /** Lets go of everything: what is resumed from is read from the outbox. */
  clear(): void {
    this.#drop(this.#events.length);
  }

  #trim(): void {
    const { events, bytes } = this.#limits;
    let count = 0;
    let left = this.#bytes;
    while (this.#events.length - count > events || left > bytes) {
      left -= this.#events[count]?.size ?? 0;
      count += 1;
    }
    this.#drop(count);
  }

  #drop(count: number): void {
    const dropped = this.#events.slice(0, count);
    for (const { size } of dropped) this.#bytes -= size;
    this.#start = dropped.at(-1)?.id ?? this.#start;
    this.#events = this.#events.slice(count);
  }
}
