import {
  CloudBrainError,
  ConnectionError,
  InvalidResponseError,
  reasonOf,
  StreamError,
  toAPIError,
} from './errors.ts';
import type { Log } from './log.ts';
import { toQuery } from './request.ts';
import { abortable, backoff, isRetryable } from './retry.ts';
import { check } from './settings.ts';
import type { TokenUse } from './transport.ts';

/** What every event of a stream has. */
export interface StreamEvent {
  /** The name of the event; empty where only the place to resume from has moved. */
  event: string;
  /** The place to resume from; an empty one clears it. */
  id?: string | undefined;
}

/** `waiting` is the pause before another attempt. */
export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

/** The state of a stream, and its reasons. */
export interface StreamStatus {
  state: StreamState;
  /** Attempts since the last connection that held; 0 while all is well. */
  attempt: number;
  /** Why the last connection ended, where it did. */
  cause?: CloudBrainError | undefined;
  /** While waiting: for how long, in milliseconds. */
  delay?: number | undefined;
}

/** When and how often a broken stream connects again; times in milliseconds. */
export interface ReconnectOptions {
  /** How often in a row without success; default: until closed. */
  maxAttempts?: number;
  minDelay?: number;
  maxDelay?: number;
}

/** Settings that every stream takes. */
export interface StreamOptions {
  /** Go on after this event. */
  lastEventId?: string | undefined;
  /** `false`: a broken connection ends the stream with a {@link StreamError}. */
  reconnect?: boolean | ReconnectOptions | undefined;
  /**
   * After so many milliseconds without a sign of life the connection counts as broken; 45,000. 0
   * means no limit.
   */
  idleTimeout?: number | undefined;
  /** Ends the stream, as `close()` does. */
  signal?: AbortSignal | undefined;
}

const kit = {
  CloudBrainError,
  ConnectionError,
  InvalidResponseError,
  StreamError,
  abortable,
  backoff,
  isRetryable,
  reasonOf,
  toAPIError,
  toQuery,
};

/**
 * What `live/` uses of the core. It is loaded by the first stream, and imports none of this: a bundler
 * would split the core into two files, which cost a page half a kilobyte.
 */
export type StreamKit = typeof kit;

/** What a connection is opened with. */
export interface ConnectOptions {
  kit: StreamKit;
  lastEventId: string | undefined;
  idleTimeout: number;
  signal: AbortSignal;
  use: TokenUse;
  /** To be called when the server has accepted it. */
  opened(): void;
  /** To be called where the server names the pause before the next attempt, in milliseconds. */
  retry(ms: number): void;
}

/**
 * Opens one connection. It ends by throwing, an APIError where the server said why and a SyntaxError
 * where what it says can't be read; to return means that the server has said all.
 */
export type Connect<E> = (options: ConnectOptions) => AsyncIterable<E>;

/** What a stream needs of its client. */
export interface StreamCore {
  readonly log: Log;
  /** A server that asks for a longer pause than this, in milliseconds, ends the stream. */
  readonly maxRetryAfter: number;
}

/** The event that a token has ended: the stream goes on with another one. */
export type ExpiredEvent = StreamEvent & { event: 'expired' };

/** What the connections of a stream share with its reader. */
export interface StreamControl {
  /** Aborts when the stream is closed. */
  readonly signal: AbortSignal;
  /** The id of the last event that was handed out. */
  lastEventId: string | undefined;
  /** Ends the wait before the next attempt. */
  wake: () => void;
  /** Changes the state, and notifies its listeners. */
  set(status: Partial<StreamStatus>): void;
}

/**
 * Events as they happen, over as many connections as it takes. It connects when it is iterated,
 * and can be iterated once; leaving the loop closes it.
 *
 * @example
 * const stream = cb.live.subscribe({ topics: ['executions'] });
 * for await (const event of stream) console.log(event.event, stream.lastEventId);
 */
export class EventStream<E extends StreamEvent> implements AsyncIterable<E> {
  readonly #end = new AbortController();
  readonly #listeners = new Set<(status: StreamStatus) => void>();
  readonly #events: AsyncGenerator<E, void, undefined>;
  readonly #control: StreamControl;
  #status: StreamStatus = { state: 'connecting', attempt: 0 };

  /** @throws CloudBrainError for an option that makes no sense. */
  constructor(connect: Connect<E | ExpiredEvent>, options: StreamOptions, core: StreamCore) {
    check(options);
    this.#control = {
      signal: this.#end.signal,
      lastEventId: options.lastEventId || undefined,
      wake: () => {},
      set: (status) => this.#set(status),
    };
    this.#events = this.#run(connect, options, core);
    const { signal } = options;
    const close = () => this.close();
    if (signal?.aborted) close();
    signal?.addEventListener('abort', close, { signal: this.#end.signal });
  }

  /** Whether it is connecting, open, waiting for the next attempt, or closed. */
  get state(): StreamState {
    return this.#status.state;
  }

  /** The state with the number of attempts and the cause of the last break. */
  get status(): StreamStatus {
    return this.#status;
  }

  /** The id of the last event that was handed out: `subscribe({ lastEventId })` goes on after it. */
  get lastEventId(): string | undefined {
    return this.#control.lastEventId;
  }

  /**
   * Calls a listener at every change of state. Returns the function that removes it.
   *
   * @example
   * stream.on('state', ({ state, attempt, cause }) => showBadge(state, attempt, cause?.message));
   */
  on(_event: 'state', listener: (status: StreamStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Ends the wait before the next attempt, if there is one.
   *
   * @example
   * addEventListener('online', () => stream.retry());
   */
  retry(): void {
    this.#control.wake();
  }

  /**
   * Ends the stream: its loop ends without an error, and nothing stays open.
   *
   * @example
   * stream.close();
   */
  close(): void {
    this.#close();
    // A reader that is busy with an event keeps the connection until it comes for the next.
    void this.#events.return();
  }

  [Symbol.asyncIterator](): AsyncGenerator<E, void, undefined> {
    return this.#events;
  }

  async *#run(
    connect: Connect<E | ExpiredEvent>,
    options: StreamOptions,
    core: StreamCore,
  ): AsyncGenerator<E, void, undefined> {
    try {
      // Loaded by the first stream: most callers never open one.
      const { runStream } = await import('../live/run.ts');
      yield* runStream(connect, options, core, this.#control, kit);
    } catch (error) {
      this.#close(error as CloudBrainError);
      throw error;
    } finally {
      this.#close();
    }
  }

  #close(cause?: CloudBrainError): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#control.wake();
    this.#set({ state: 'closed', attempt: 0, cause, delay: undefined });
    this.#listeners.clear();
  }

  #set(status: Partial<StreamStatus>): void {
    const next = (this.#status = { ...this.#status, ...status });
    // Each in a microtask of its own, as events are: what one throws is reported, and stops no other.
    for (const listener of this.#listeners) queueMicrotask(() => listener(next));
  }
}
