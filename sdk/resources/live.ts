import { type ConnectOptions, EventStream, type StreamOptions } from '../core/stream.ts';
import type { LiveEvent, LiveExpired, Topic } from '../types.ts';
import { Resource } from './resource.ts';

/** What comes out of a live stream; that a token ended is the SDK's own affair. */
export type LiveUpdate = Exclude<LiveEvent, LiveExpired>;

/** A live stream: see {@link EventStream}. */
export type LiveStream = EventStream<LiveUpdate>;

/** What to listen to, and how. */
export interface SubscribeOptions extends StreamOptions {
  /** Left out: all that the token may see. */
  topics?: Topic[] | undefined;
  /** Only what happens in this domain. */
  domain?: string | undefined;
  /** `auto` (the default) is a WebSocket, or server-sent events where it doesn't get through. */
  transport?: 'auto' | 'ws' | 'sse' | undefined;
}

/** What changed, as it changes. */
export class LiveResource extends Resource {
  /**
   * Listens. A connection that breaks is made again and goes on after the last event; where the
   * server no longer has what came since, a `reset` event says so: fetch everything again then.
   * Each connection begins with a `hello`.
   *
   * @throws (from the loop) AuthenticationError, PermissionError, NotFoundError: nothing to wait for.
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
