import type { ConnectOptions, StreamEvent } from '../core/stream.ts';
import { createParser } from './parser.ts';

/** What an event's three fields make: `data` is JSON. */
export interface ServerSentEvent extends StreamEvent {
  data?: unknown;
}

/**
 * The events of a `text/event-stream` answer.
 *
 * @throws Error when it ends or breaks, SyntaxError where data is not JSON.
 */
export async function* serverSentEvents(
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
        end = `Nothing came for ${idleTimeout} ms`;
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
