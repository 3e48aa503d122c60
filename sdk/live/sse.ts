import type { Core } from '../core/core.ts';
import type { ConnectOptions, StreamEvent } from '../core/stream.ts';
import type { Topic } from '../types.ts';
import { createParser } from './parser.ts';

/** What an event's three fields make: `data` is JSON. */
interface ServerSentEvent extends StreamEvent {
  data?: unknown;
}

/**
 * The live events over one connection.
 *
 * @param refusal What to throw instead where only a WebSocket will do: it hides why it was refused,
 * and this answer would have told of the token or the domain.
 * @throws APIError, or as {@link serverSentEvents}.
 */
export async function* overSse(
  core: Core,
  query: { topics: Topic[] | undefined; domain: string | undefined },
  connection: ConnectOptions,
  refusal: Error | undefined,
): AsyncGenerator<StreamEvent, void, undefined> {
  yield* sseFrom(core, '/api/live', { query }, connection, refusal);
}

/**
 * The events of any operation that streams them.
 *
 * @throws as {@link overSse}
 */
export async function* sseFrom(
  core: Core,
  path: '/api/live' | '/api/conversations/{id}/stream',
  given: { path?: { id: string }; query: object },
  connection: ConnectOptions,
  refusal?: Error,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { lastEventId, signal, use } = connection;
  const params = { ...given, header: { 'Last-Event-ID': lastEventId } } as never;
  // The stream itself knows when to try again.
  const once = { signal, maxRetries: 0 };
  const answer: unknown = await core.call('get', path, { params }, once, {
    use,
    accept: 'text/event-stream',
  });
  const body = answer as ReadableStream<Uint8Array>;
  if (refusal) {
    void body.cancel();
    throw refusal;
  }
  connection.opened();
  yield* serverSentEvents(body, connection);
}

/**
 * The events of a `text/event-stream` answer.
 *
 * @throws Error when it ends or breaks, SyntaxError where data is not JSON.
 */
async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
  { idleTimeout, retry }: Pick<ConnectOptions, 'idleTimeout' | 'retry'>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  // It also drops a byte order mark.
  const decoder = new TextDecoder();
  const parse = createParser(retry);
  let end = 'The server ended the stream';
  const cancel = () => void reader.cancel().catch(() => {});
  try {
    for (;;) {
      const timer = setTimeout(() => {
        end = `No data received for ${idleTimeout} ms`;
        cancel();
      }, idleTimeout);
      const { value } = await reader.read().finally(() => clearTimeout(timer));
      if (!value) throw new Error(end);
      for (const { event, id, data } of parse(decoder.decode(value, { stream: true }))) {
        yield { event, id, data: data && (JSON.parse(data) as unknown) };
      }
    }
  } finally {
    cancel();
  }
}
