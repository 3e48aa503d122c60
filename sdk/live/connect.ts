import type { Core } from '../core/core.ts';
import type { ConnectOptions, StreamEvent } from '../core/stream.ts';
import type { Topic } from '../types.ts';
import { NotAccepted, openSocket, socketEvents } from './socket.ts';

/** What a connection subscribes to, and over which transport. */
interface LiveRequest {
  topics?: Topic[] | undefined;
  domain?: string | undefined;
  transport?: 'auto' | 'ws' | 'sse' | undefined;
}

/**
 * One connection to the live events: a WebSocket, or server-sent events where one doesn't get
 * through.
 *
 * @throws as `overSse` and `socketEvents`
 */
export async function* connectLive(
  core: Core,
  { topics, domain, transport }: LiveRequest,
  connection: ConnectOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { kit, use, signal, lastEventId } = connection;
  let refusal: Error | undefined;
  if (transport !== 'sse') {
    try {
      const token = await (core.auth && kit.abortable(core.auth.token(use.rejected), signal));
      if (use.rejected && (!token || token === use.rejected)) {
        throw kit.toAPIError({ status: 401, statusText: 'The token has expired' });
      }
      use.sent = token;
      const url = `${core.baseUrl.replace(/^http/, 'ws')}/api/ws/metrics`;
      const query = kit.toQuery({ topics, domain, lastEventId });
      yield* socketEvents(openSocket(core.WebSocket, url + query, token), connection);
      return;
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      refusal = new kit.ConnectionError(error.message);
    }
  }
  // Loaded only where it is used.
  const { overSse } = await import('./sse.ts');
  const only = transport === 'ws' ? refusal : undefined;
  yield* overSse(core, { topics, domain }, connection, only);
}
