import type { Topic } from '@cloudbrain/sdk';
import { LiveResource, type Core, type LiveStream, type LiveUpdate } from '@cloudbrain/sdk/core';

/** Who wants to hear of a topic. */
export interface LiveListener {
  /** An event of the topic, or a `reset`: some were missed. */
  event(event: LiveUpdate): void;
  /** The stream has opened, or closed. */
  changed?(): void;
}

const TOPIC_OF: Partial<Record<LiveUpdate['event'], Topic>> = {
  execution: 'executions',
  stats: 'stats',
  cleanup: 'cleanup',
};

/** One live stream for all listeners of a session, with the topics that they want. */
export class LiveHub {
  readonly #core: Core;
  readonly #listeners = new Map<LiveListener, Topic>();
  #open = false;
  #topics = '';
  #stream?: LiveStream | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Whether changes are being pushed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Starts to listen; returns what ends it. The stream is open while somebody listens. */
  listen(topic: Topic, listener: LiveListener): () => void {
    this.#listeners.set(listener, topic);
    this.#settle();
    return () => {
      this.#listeners.delete(listener);
      this.#settle();
    };
  }

  /** Ends the stream; `wake` begins another, from the beginning. */
  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#setOpen(false);
  }

  /** The page is online, or shown, again, or there is a new token: no reason to wait longer. */
  wake(): void {
    if (this.#stream?.state === 'waiting') this.#stream.retry();
    if (this.#stream) return;
    this.#topics = '';
    this.#settle();
  }

  /** Many elements come and go at once: their topics are looked at when they are done. */
  #settle(): void {
    queueMicrotask(() => {
      const topics = [...new Set(this.#listeners.values())].sort();
      if (topics.join() === this.#topics) return;
      this.#topics = topics.join();
      const lastEventId = this.#stream?.lastEventId;
      this.#stream?.close();
      this.#stream = undefined;
      if (topics.length > 0) void this.#run(topics, lastEventId);
      else this.#setOpen(false);
    });
  }

  async #run(topics: Topic[], lastEventId: string | undefined): Promise<void> {
    const stream = (this.#stream = new LiveResource(this.#core).subscribe({ topics, lastEventId }));
    stream.on('state', ({ state }) => {
      if (this.#stream === stream) this.#setOpen(state === 'open');
    });
    try {
      for await (const event of stream) {
        if (this.#stream === stream) this.#tell(event);
      }
    } catch {
      // Asking again and again takes over; what the questions run into is shown.
    }
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#setOpen(false);
  }

  #tell(event: LiveUpdate): void {
    const topic = TOPIC_OF[event.event];
    for (const [listener, wanted] of [...this.#listeners]) {
      if (topic === wanted || event.event === 'reset') listener.event(event);
    }
  }

  #setOpen(open: boolean): void {
    if (this.#open === open) return;
    this.#open = open;
    for (const listener of [...this.#listeners.keys()]) listener.changed?.();
  }
}
