import type { Topic } from '@cloudbrain/sdk';
import { LiveResource, type Core, type LiveStream, type LiveUpdate } from '@cloudbrain/sdk/core';

/** A subscriber of a topic. */
export interface LiveListener {
  /** An event of any topic, or a `reset`: some were missed. */
  onEvent(event: LiveUpdate): void;
  /** The stream has opened, or closed. */
  onStateChange(): void;
}

/** One live stream for all subscribers of a session, with their topics. */
export interface LiveHub {
  /** Whether changes are being pushed. */
  isOpen(): boolean;
  /**
   * Subscribes; returns a function that unsubscribes. The stream is open while there are
   * subscribers.
   */
  subscribe(topic: Topic, listener: LiveListener): () => void;
  /** Ends the stream; `wake` starts another, from the beginning. */
  close(): void;
  /** The page is online or visible again, or there is a new token: reconnects at once. */
  wake(): void;
}

/** The elements of a page get their data one by one; one stream is started for all of them. */
const TOGETHER = 100;

/** Makes the hub of a session. */
export function createLiveHub(core: Core): LiveHub {
  const listeners = new Map<LiveListener, Topic>();
  let isOpen = false;
  let currentTopics = '';
  let stream: LiveStream | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;

  /** Many elements can connect and disconnect at once: their topics are compared afterwards. */
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
        if (stream === mine) publish(event);
      }
    } catch {
      // Polling takes over and shows its own errors.
    }
    if (stream === mine) close();
  }

  function publish(event: LiveUpdate): void {
    for (const listener of [...listeners.keys()]) listener.onEvent(event);
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
    for (const listener of [...listeners.keys()]) listener.onStateChange();
  }

  return {
    isOpen: () => isOpen,
    subscribe(topic, listener) {
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
