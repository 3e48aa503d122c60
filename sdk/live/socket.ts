import type { ConnectOptions, StreamEvent } from '../core/stream.ts';
import type { LiveCommand, LiveEvent } from '../types.ts';

/** The socket ended before the server accepted it. Browsers don't say why. */
export class NotAccepted extends Error {}

/** A reader so far behind is cut off, and resumes after what it has read. */
const MAX_QUEUED = 10_000;
const PINGS = 3;

/**
 * Browsers can't set headers on a WebSocket: the token is offered as a subprotocol.
 *
 * @throws NotAccepted where the token is none that a subprotocol can be.
 */
export function openSocket(
  WebSocket: typeof globalThis.WebSocket,
  url: string,
  token: string | undefined,
): WebSocket {
  try {
    return new WebSocket(url, ['cloudbrain.v1', ...(token ? [`bearer.${token}`] : [])]);
  } catch (cause) {
    const { name, message } = cause as Error;
    // What a browser says of a bad token quotes it.
    const isOfToken = token !== undefined && name === 'SyntaxError';
    throw new NotAccepted(
      isOfToken ? "The token doesn't fit in a header" : `No WebSocket can be opened: ${message}`,
    );
  }
}

/**
 * The events of one WebSocket, which is closed with them. What has arrived is handed out before its
 * end is told.
 *
 * @throws NotAccepted; an APIError for a close code that stands for a status (4401: 401);
 * SyntaxError where a message is not JSON; else Error.
 */
export async function* socketEvents(
  socket: WebSocket,
  { kit, idleTimeout, signal, opened }: Omit<ConnectOptions, 'use' | 'lastEventId' | 'retry'>,
): AsyncGenerator<LiveEvent | StreamEvent, void, undefined> {
  const { host } = new URL(socket.url);
  let queue: unknown[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  let silent = 0;
  let greeted = false;
  let Failure: new (message: string) => Error = NotAccepted;
  const fail = (error: Error) => {
    failure ??= error;
    socket.onmessage = null;
    socket.close();
    wake();
  };
  socket.onopen = () => {
    Failure = Error;
    opened();
  };
  socket.onmessage = ({ data }) => {
    silent = 0;
    wake();
    if (queue.push(data) > MAX_QUEUED) fail(new Error('The client reads too slowly'));
  };
  // Codes from 4400 on stand for the status that they end with.
  socket.onclose = ({ code, reason }) =>
    fail(
      code >= 4400 && code < 4600
        ? kit.toAPIError({ status: code - 4000, statusText: reason })
        : new Failure(`WebSocket to ${host} closed: ${code} ${reason}`.trimEnd()),
    );
  // Silence is counted in answers missed, not in time: a hidden page's timers are slow.
  const ping = setInterval(() => {
    if (++silent >= PINGS) fail(new Failure(`No data received for ${idleTimeout} ms`));
    else if (socket.readyState === 1) {
      socket.send(JSON.stringify({ type: 'ping' } satisfies LiveCommand));
    }
  }, idleTimeout / PINGS);
  const leave = () => wake();
  signal.addEventListener('abort', leave);

  try {
    for (;;) {
      const batch = queue;
      queue = [];
      for (const text of batch) {
        const event = JSON.parse(text as string) as LiveEvent;
        // A later greeting answers a ping: it only tells where the stream is.
        yield greeted && event.event === 'hello' ? { event: '', id: event.id } : event;
        greeted = true;
      }
      if (queue.length) continue;
      if (signal.aborted) return;
      if (failure) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    clearInterval(ping);
    signal.removeEventListener('abort', leave);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
