import type { Auth } from '../auth/auth.ts';
import {
  CloudBrainError,
  ConnectionError,
  TimeoutError,
  UserAbortError,
  reasonOf,
} from './errors.ts';
import type { Log } from './log.ts';
import { follow } from './redirect.ts';
import { abortable, backoff, isRetryable, MAX_TIMER, readRetryAfter } from './retry.ts';

/** How one request is sent; all times in milliseconds. */
export interface SendOptions {
  /** For each attempt, from the token to the end of the body, of a stream to its begin; 0: none. */
  timeout: number;
  /** How often at most, after the first time. */
  maxRetries: number;
  /** A longer `Retry-After` than this fails at once. */
  maxRetryAfter: number;
  fetch: typeof globalThis.fetch;
  /** Left out for requests that carry no token. */
  auth?: Auth | undefined;
  /** Whether it may be sent again, though it is a write without a key. */
  repeatable?: boolean | undefined;
  /** Whether the caller reads the body as it comes. */
  stream?: boolean | undefined;
  log: Log;
}

/** Which token a request went out with, and which one must not be used any more. */
export interface TokenUse {
  rejected?: string | undefined;
  sent?: string | undefined;
}

/**
 * Sends a request, as often as the rules allow: 408, 429, 5xx and network failures are repeated for
 * reads, for writes with an `Idempotency-Key`, and for those that may be repeated; a 401 is repeated once with another token.
 *
 * @returns The last answer, whatever its status. Its body has been read whole, a stream's apart.
 * @throws ConnectionError, TimeoutError, UserAbortError, or what getting a token threw.
 */
export async function send(
  request: Request,
  options: SendOptions,
  use: TokenUse = {},
): Promise<Response> {
  // `fetch` must not be called as a method.
  const { fetch, log, timeout } = options;
  const { host, pathname } = new URL(request.url);
  const name = `${request.method} ${pathname}`;
  const where = `${name} at ${host}`;
  const repeatable =
    options.repeatable ??
    (/^(GET|HEAD|OPTIONS)$/.test(request.method) || request.headers.has('idempotency-key'));
  // Who sets the header by hand speaks for themselves.
  const auth = request.headers.has('authorization') ? undefined : options.auth;
  let refused: Response | undefined;

  const attempt = async (wait: number): Promise<Response | ConnectionError> => {
    const stop = new AbortController();
    const signal = AbortSignal.any([request.signal, stop.signal]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (wait) await abortable(new Promise((done) => (timer = setTimeout(done, wait))), signal);
      if (timeout) timer = setTimeout(() => stop.abort(), Math.min(timeout, MAX_TIMER));
      const copy = request.clone();
      if (auth) {
        const token = await abortable(auth.token(use.rejected), signal);
        if (refused && (!token || token === use.rejected)) return refused;
        use.sent = token;
        if (token) {
          try {
            copy.headers.set('authorization', `Bearer ${token}`);
          } catch {
            // What the platform says of it quotes the token. It is refused as the server would.
            const statusText = 'No header takes this token';
            return new Response(null, { status: 401, statusText });
          }
        }
      }
      const response = await follow(copy, signal, fetch, where);
      // Read to its end, so that a body that breaks off halfway is an attempt that failed.
      if (!options.stream && !isStream(response)) await response.clone().arrayBuffer();
      log('debug', `${name}: ${response.status}`);
      return response;
    } catch (cause) {
      if (request.signal.aborted) throw new UserAbortError(`${where} was aborted`, { cause });
      // A token that can't be had, or a redirect: to repeat it would change nothing.
      if (cause instanceof CloudBrainError) throw cause;
      return stop.signal.aborted
        ? new TimeoutError(`${where}: no answer within ${timeout} ms`)
        : new ConnectionError(`${where}: ${reasonOf(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  };

  for (let retries = 0, wait = 0; ;) {
    const result = await attempt(wait);
    const failed = result instanceof ConnectionError;
    wait = 0;
    if (!failed && result.status === 401 && use.sent && !refused) {
      refused = result;
      use.rejected = use.sent;
      continue;
    }
    const asked = failed ? undefined : readRetryAfter(result.headers);
    const final =
      !repeatable ||
      retries >= options.maxRetries ||
      (asked ?? 0) > options.maxRetryAfter ||
      !(failed || isRetryable(result.status));
    if (final) {
      if (failed) throw result;
      return result;
    }
    wait = asked ?? backoff(retries, 500, 8_000);
    retries++;
    log('info', `${name} again in ${Math.round(wait)} ms`, failed ? result : result.status);
    if (!failed) void result.body?.cancel();
  }
}

const isStream = ({ headers }: Response) => headers.get('content-type')?.includes('event-stream');
