import type { APIError } from '../core/errors.ts';
import type {
  Connect,
  ExpiredEvent,
  StreamControl,
  StreamCore,
  StreamEvent,
  StreamKit,
  StreamOptions,
} from '../core/stream.ts';
import type { TokenUse } from '../core/transport.ts';

export { connectLive } from './connect.ts';

/** The shortest pause that a server may ask for. */
const MIN_DELAY = 100;

/** The longest that a timer takes, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** A connection that lasted so long starts the count of attempts anew. */
const HELD_MS = 10_000;

/**
 * The events of a stream, over one connection after the other.
 *
 * @throws the error of the last connection, where another one would not help
 */
export async function* runStream<E extends StreamEvent>(
  connect: Connect<E | ExpiredEvent>,
  { reconnect = true, idleTimeout = 45_000 }: StreamOptions,
  { log, maxRetryAfter }: StreamCore,
  control: StreamControl,
  kit: StreamKit,
): AsyncGenerator<E, void, undefined> {
  const rules = reconnect === true ? {} : reconnect || { maxAttempts: 0 };
  const { maxAttempts = Infinity, maxDelay = 30_000 } = rules;
  let { minDelay = 1_000 } = rules;
  const { CloudBrainError, InvalidResponseError, StreamError, backoff, isRetryable, reasonOf } =
    kit;
  const { signal } = control;
  const closed = () => signal.aborted;
  const use: TokenUse = {};
  let attempt = 0;
  let received = false;
  /** The id that the server gave last; what came after another may come again. */
  let placed: string | undefined;

  while (!closed()) {
    let openedAt = Infinity;
    let ended = false;
    let failure: unknown;
    control.set({ state: 'connecting', delay: undefined });
    try {
      const events = connect({
        lastEventId: control.lastEventId,
        kit,
        idleTimeout: Math.min(idleTimeout || MAX_TIMER, MAX_TIMER),
        signal,
        use,
        opened: () => {
          openedAt = Date.now();
          control.set({ state: 'open', attempt: 0, cause: undefined });
        },
        retry: (ms) => (minDelay = Math.max(ms, MIN_DELAY)),
      });
      for await (const event of events) {
        if (closed()) return;
        if (event.id !== undefined) control.lastEventId = placed = event.id || undefined;
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
    const reason = ended ? 'The token has expired' : reasonOf(failure);
    const cause =
      failure instanceof CloudBrainError ? failure : new StreamError(reason, { cause: failure });
    // Where the server answered it is an APIError.
    const { status: answered = 408, retryAfterMs: asked = 0 } = cause as Partial<APIError>;
    const status = ended ? 401 : answered;
    const unauthorized = status === 401 && use.sent && (ended || !use.rejected);
    if (unauthorized) use.rejected = use.sent;
    // No other connection would help: data that can't be read, or not a CloudBrain server.
    else if (
      !isRetryable(status) ||
      failure instanceof SyntaxError ||
      failure instanceof InvalidResponseError
    )
      throw cause;
    if (received && !placed) {
      throw new StreamError("The stream can't be resumed: its events have no ids", { cause });
    }
    if (attempt >= maxAttempts || asked > maxRetryAfter) {
      throw new StreamError(cause.message, { cause });
    }
    // A new token is no reason to wait; a server that keeps refusing is.
    const delay =
      unauthorized && !attempt ? 0 : Math.max(asked, backoff(attempt, minDelay, maxDelay));
    attempt++;
    log('info', `reconnecting the stream in ${Math.round(delay)} ms`, cause);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<void>((resolve) => {
      control.wake = resolve;
      timer = setTimeout(resolve, Math.min(delay, MAX_TIMER));
    });
    control.set({ state: 'waiting', attempt, cause, delay });
    await waited;
    clearTimeout(timer);
  }
}
