import type { Message } from './message.ts';

export interface QueueLimits {
  events: number;
  bytes: number;
}

/**
 * What waits for one reader, in the order of ids. A message replaces a waiting one of the same
 * key and takes its place at the end, so that ids still only grow and whoever resumes after any
 * of them misses nothing.
 */
export class MessageQueue {
  readonly #messages = new Map<string, Message>();
  #bytes = 0;

  get size(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(message: Message): void {
    this.#remove(message.key);
    this.#messages.set(message.key, message);
    this.#bytes += message.size;
  }

  exceeds(limits: QueueLimits): boolean {
    return this.#messages.size > limits.events || this.#bytes > limits.bytes;
  }

  /** Takes the oldest, at least one and about `bytes` of them. */
  take(bytes: number): Message[] {
    const taken: Message[] = [];
    let size = 0;
    for (const message of this.#messages.values()) {
      if (taken.length > 0 && size + message.size > bytes) break;
      size += message.size;
      taken.push(message);
    }
    for (const { key } of taken) this.#remove(key);
    return taken;
  }

  /** Drops what doesn't pass. */
  retain(passes: (message: Message) => boolean): void {
    for (const message of [...this.#messages.values()]) {
      if (!passes(message)) this.#remove(message.key);
    }
  }

  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const waiting = this.#messages.get(key);
    if (!waiting) return;
    this.#messages.delete(key);
    this.#bytes -= waiting.size;
  }
}
