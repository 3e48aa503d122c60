import {
  type APIError,
  CloudBrainError,
  InvalidResponseError,
  StreamError,
  reasonOf,
} from './errors.ts';
import type { Log } from './log.ts';
import { backoff, isRetryable, MAX_TIMER } from './retry.ts';
import type { TokenUse } from './transport.ts';

/** What every event of a stream has. */
export interface StreamEvent {
  /** What happened; empty where only the place to resume from has moved. */
  event: string;
  /** Where to go on after it; empty: nowhere, forget what came before. */
  id?: string | undefined;
}

/** `waiting` is the pause before another attempt. */
export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

/** What became of a stream, and why. */
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

/** What a connection is told. */
export interface ConnectOptions {
  lastEventId: string | undefined;
  idleTimeout: number;
  signal: AbortSignal;
  use: TokenUse;
  /** To be called when the server has accepted. */
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
interface StreamCore {
  readonly log: Log;
  /** A server that asks for a longer pause than this, in milliseconds, ends the stream. */
  readonly maxRetryAfter: number;
}

/** The shortest pause that a server may ask for. */
const MIN_DELAY = 100;

/** A connection that lasted so long starts the count of attempts anew. */
const HELD_MS = 10_000;

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
  #status: StreamStatus = { state: 'connecting', attempt: 0 };
  #lastEventId: string | undefined;
  #wake = () => {};

  constructor(
    connect: Connect<E | (StreamEvent & { event: 'expired' })>,
    options: StreamOptions,
    core: StreamCore,
  ) {
    this.#lastEventId = options.lastEventId || undefined;
    this.#events = this.#run(connect, options, core);
    const { signal } = options;
    const close = () => this.close();
    if (signal?.aborted) close();
    signal?.addEventListener('abort', close, { signal: this.#end.signal });
  }

  /** Whether events come, will come, or won't any more. */
  get state(): StreamState {
    return this.#status.state;
  }

  /** The state with the number of attempts and the cause of the last break. */
  get status(): StreamStatus {
    return this.#status;
  }

  /** The id of the last event that was handed out: `subscribe({ lastEventId })` goes on after it. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  /**
   * Tells of every change of state. Returns the function that stops it.
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
    this.#wake();
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
    connect: Connect<E | (StreamEvent & { event: 'expired' })>,
    { reconnect = true, idleTimeout = 45_000 }: StreamOptions,
    { log, maxRetryAfter }: StreamCore,
  ): AsyncGenerator<E, void, undefined> {
    const rules = reconnect === true ? {} : reconnect || { maxAttempts: 0 };
    const { maxAttempts = Infinity, maxDelay = 30_000 } = rules;
    let { minDelay = 1_000 } = rules;
    const { signal } = this.#end;
    const closed = () => signal.aborted;
    const use: TokenUse = {};
    let attempt = 0;
    let received = false;
    /** The id that the server gave last; what came after another may come again. */
    let placed: string | undefined;

    try {
      while (!closed()) {
        let openedAt = Infinity;
        let ended = false;
        let failure: unknown;
        this.#set({ ...this.#status, state: 'connecting', delay: undefined });
        try {
          const events = connect({
            lastEventId: this.#lastEventId,
            idleTimeout: Math.min(idleTimeout || MAX_TIMER, MAX_TIMER),
            signal,
            use,
            opened: () => {
              openedAt = Date.now();
              this.#set({ state: 'open', attempt: 0 });
            },
            retry: (ms) => (minDelay = Math.max(ms, MIN_DELAY)),
          });
          for await (const event of events) {
            if (closed()) return;
            if (event.id !== undefined) this.#lastEventId = placed = event.id || undefined;
            if (event.event === 'expired') {
              ended = true;
              break;
            }
            use.rejected = undefined;
            if (!event.event) continue;
            received = true;
            yield event as E;
          }
          if (!ended) return;
        } catch (error) {
          failure = error;
        }
        if (closed()) return;

        if (Date.now() - openedAt >= HELD_MS) attempt = 0;
        const cause =
          failure instanceof CloudBrainError
            ? failure
            : new StreamError(ended ? 'The token has ended' : reasonOf(failure), {
                cause: failure,
              });
        // Where the server answered it is an APIError.
        const { status: told = 408, retryAfterMs: asked = 0 } = cause as Partial<APIError>;
        const status = ended ? 401 : told;
        const unauthorized = status === 401 && use.sent && (ended || !use.rejected);
        if (unauthorized) use.rejected = use.sent;
        // No other connection mends these: an answer that says no, and data that can't be read.
        else if (
          !isRetryable(status) ||
          failure instanceof SyntaxError ||
          failure instanceof InvalidResponseError
        )
          throw cause;
        if (received && !placed) {
          throw new StreamError('Without ids the stream can not be resumed', {
            cause,
          });
        }
        if (attempt >= maxAttempts || asked > maxRetryAfter) {
          throw new StreamError(cause.message, { cause });
        }
        // A new token is no reason to wait; a server that keeps refusing is.
        const delay =
          unauthorized && !attempt ? 0 : Math.max(asked, backoff(attempt, minDelay, maxDelay));
        attempt++;
        log('info', `stream again in ${Math.round(delay)} ms`, cause);
        let timer: ReturnType<typeof setTimeout> | undefined;
        const waited = new Promise<void>((resolve) => {
          this.#wake = resolve;
          timer = setTimeout(resolve, delay);
        });
        this.#set({ state: 'waiting', attempt, cause, delay });
        await waited;
        clearTimeout(timer);
      }
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
    this.#wake();
    this.#set({ state: 'closed', attempt: 0, cause });
    this.#listeners.clear();
  }

  #set(status: StreamStatus): void {
    this.#status = status;
    // By itself, as an event's listener: its fault is nobody else's, and not lost.
    for (const listener of this.#listeners) queueMicrotask(() => listener(status));
  }
}
