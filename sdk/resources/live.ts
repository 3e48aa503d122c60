import { toAPIError } from '../core/errors.ts';
import { toQuery } from '../core/request.ts';
import { abortable } from '../core/retry.ts';
import {
  type ConnectOptions,
  EventStream,
  type StreamEvent,
  type StreamOptions,
} from '../core/stream.ts';
import { NotAcceptedError, openSocket, socketEvents } from '../live/socket.ts';
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
    const connect = (connection: ConnectOptions) => this.#connect(options, connection);
    return new EventStream<LiveUpdate>(connect, options, this.core);
  }

  async *#connect(
    { topics, domain, transport }: SubscribeOptions,
    connection: ConnectOptions,
  ): AsyncGenerator<LiveUpdate | ExpiredEvent, void, undefined> {
    const { core } = this;
    const { use, signal, lastEventId } = connection;
    let refusal: NotAcceptedError | undefined;
    if (transport !== 'sse') {
      try {
        const token = await (core.auth && abortable(core.auth.token(use.rejected), signal));
        if (use.rejected && (!token || token === use.rejected)) {
          throw toAPIError({ status: 401, statusText: 'The token has expired' });
        }
        use.sent = token;
        const url = `${core.baseUrl.replace(/^http/, 'ws')}/api/ws/metrics`;
        const socket = openSocket(
          core.WebSocket,
          url + toQuery({ topics, domain, lastEventId }),
          token,
        );
        yield* socketEvents(socket, connection) as AsyncIterable<LiveUpdate>;
        return;
      } catch (error) {
        if (!(error instanceof NotAcceptedError)) throw error;
        refusal = error;
      }
    }
    // Only those load it who need it.
    const { overSse } = await import('../live/sse.ts');
    const only = transport === 'ws' ? refusal : undefined;
    yield* overSse(core, { topics, domain }, connection, only) as AsyncIterable<LiveUpdate>;
  }
}

type ExpiredEvent = StreamEvent & { event: 'expired' };
