import { type ConnectOptions, EventStream, type StreamOptions } from '../core/stream.ts';
import type { LiveEvent, LiveExpired, Topic } from '../types.ts';
import { Resource } from './resource.ts';

/** Events of a live stream; the SDK handles the end of a token itself. */
export type LiveUpdate = Exclude<LiveEvent, LiveExpired>;

/** A live stream: see {@link EventStream}. */
export type LiveStream = EventStream<LiveUpdate>;

/** Options of a live stream. */
export interface SubscribeOptions extends StreamOptions {
  /** All topics that the token has access to, if omitted. */
  topics?: Topic[] | undefined;
  /** Only events of this domain. */
  domain?: string | undefined;
  /** `auto` (the default): a WebSocket, or server-sent events if it can't be opened. */
  transport?: 'auto' | 'ws' | 'sse' | undefined;
}

/** Live events. */
export class LiveResource extends Resource {
  /**
   * Subscribes to live events. The stream reconnects after a break and continues after the last event.
   * If the server no longer has the events since then, it sends `reset`: fetch everything again. Each
   * connection starts with a `hello`.
   *
   * @throws (from the loop) AuthenticationError, PermissionError, NotFoundError: reconnecting wouldn't
   * help.
   * @example
   * const stream = cb.live.subscribe({ topics: ['executions'] });
   * for await (const { event, data } of stream) if (event === 'execution') show(data.execution);
   */
  subscribe(options: SubscribeOptions = {}): LiveStream {
    const { core } = this;
    const connect = async function* (connection: ConnectOptions) {
      // Loaded by the first stream.
      const { connectLive } = await import('../live/run.ts');
      yield* connectLive(core, options, connection) as AsyncIterable<LiveUpdate>;
    };
    return new EventStream<LiveUpdate>(connect, options, core);
  }
}
