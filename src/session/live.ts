import type { Topic } from '@cloudbrain/sdk';
import { LiveResource, type Core, type LiveStream, type LiveUpdate } from '@cloudbrain/sdk/core';

/** Who wants to hear of a topic, and knows what is of none of its concern. */
export interface LiveListener {
  /** An event of any topic, or a `reset`: some were missed. */
  event(event: LiveUpdate): void;
  /** The stream has opened, or closed. */
  changed(): void;
}

/** One live stream for all listeners of a session, with the topics that they want. */
export interface LiveHub {
  /** Whether changes are being pushed. */
  isOpen(): boolean;
  /** Starts to listen; returns what ends it. The stream is open while somebody listens. */
  listen(topic: Topic, listener: LiveListener): () => void;
  /** Ends the stream; `wake` begins another, from the beginning. */
  close(): void;
  /** The page is online, or shown, again, or there is a new token: no reason to wait longer. */
  wake(): void;
}

/** The elements of a page get their answers one by one: one stream begins for all of them. */
const TOGETHER = 100;

/** Makes the hub of a session. */
export function createLiveHub(core: Core): LiveHub {
  const listeners = new Map<LiveListener, Topic>();
  let isOpen = false;
  let currentTopics = '';
  let stream: LiveStream | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;

  /** Many elements come and go at once: their topics are looked at when they are done. */
  function syncTopics(): void {
    settling ??= setTimeout(() => {
      settling = undefined;
      const topics = [...new Set(listeners.values())].sort();
      if (topics.join() === currentTopics) return;
      currentTopics = topics.join();
      const lastEventId = stream?.lastEventId;
      close();
      if (topics.length > 0) void run(topics, lastEventId);
    }, TOGETHER);
  }

  async function run(topics: Topic[], lastEventId: string | undefined): Promise<void> {
    const mine = (stream = new LiveResource(core).subscribe({ topics, lastEventId }));
    mine.on('state', ({ state }) => {
      if (stream === mine) setOpen(state === 'open');
    });
    try {
      for await (const event of mine) {
        if (stream === mine) tell(event);
      }
    } catch {
      // Asking again and again takes over; what the questions run into is shown.
    }
    if (stream === mine) close();
  }

  function tell(event: LiveUpdate): void {
    for (const listener of [...listeners.keys()]) listener.event(event);
  }

  function close(): void {
    const old = stream;
    stream = undefined;
    setOpen(false);
    // To give up a socket that still connects is an error in the page's console.
    if (old?.state === 'connecting') old.on('state', () => old.close());
    else old?.close();
  }

  function setOpen(open: boolean): void {
    if (isOpen === open) return;
    isOpen = open;
    for (const listener of [...listeners.keys()]) listener.changed();
  }

  return {
    isOpen: () => isOpen,
    listen(topic, listener) {
      listeners.set(listener, topic);
      syncTopics();
      return () => {
        listeners.delete(listener);
        syncTopics();
      };
    },
    close,
    wake() {
      if (stream?.state === 'waiting') stream.retry();
      if (stream) return;
      currentTopics = '';
      syncTopics();
    },
  };
}
