import { isStream, nameOf } from './answer.ts';
import type { Auth } from '../auth/auth.ts';
import {
  CloudBrainError,
  ConnectionError,
  InvalidResponseError,
  TimeoutError,
  UserAbortError,
  reasonOf,
} from './errors.ts';
import type { Log } from './log.ts';
import { exhaustedFor } from './rate-limit.ts';
import { abortable, backoff, isRetryable, MAX_TIMER, readRetryAfter } from './retry.ts';

/** When requests may be sent again, after an answer said that a limit leaves none. */
export interface Gate {
  /** By `performance.now()`. */
  until: number;
}

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
  /** Whether the caller reads the body of a successful answer as it comes. */
  stream?: boolean | undefined;
  log: Log;
  gate: Gate;
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
 * @returns The last answer, whatever its status. Its body has been read whole, but for streams.
 * @throws ConnectionError, TimeoutError, UserAbortError, or what getting a token threw.
 */
export async function send(
  request: Request,
  options: SendOptions,
  use: TokenUse = {},
): Promise<Response> {
  // `fetch` must not be called as a method.
  const { fetch, gate, log, maxRetryAfter, timeout } = options;
  const where = nameOf(request);
  const name = `${request.method} ${new URL(request.url).pathname}`;
  const repeatable =
    options.repeatable ??
    (/^(GET|HEAD|OPTIONS)$/.test(request.method) || request.headers.has('idempotency-key'));
  // A header that the caller sets wins.
  const auth = request.headers.has('authorization') ? undefined : options.auth;
  let refused: Response | undefined;
  const closedFor = () => Math.max(0, gate.until - performance.now());

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
            // The platform's message quotes the token. It is refused as the server would refuse it.
            const statusText = "The token doesn't fit in a header";
            return new Response(null, { status: 401, statusText });
          }
        }
      }
      const send = (sent: Request) => fetch(sent, { signal, redirect: 'manual' });
      const spare = copy.clone();
      let response = await send(copy);
      if (response.type === 'opaqueredirect' || response.headers.has('location')) {
        // Loaded by the first redirect.
        const { follow } = await import('./redirect.ts');
        const { fault, ...end } = await follow(response, { request: spare, send });
        ({ response } = end);
        if (fault) throw new InvalidResponseError(`${where} ${fault}`, response);
      }
      const closed = exhaustedFor(response.headers);
      // Where the reset is too far away, the server's answer to the next request says so.
      if (closed <= maxRetryAfter) gate.until = Math.max(gate.until, performance.now() + closed);
      // Read to its end, so that a body that breaks off halfway is an attempt that failed.
      if (!(response.ok && options.stream) && !isStream(response))
        await response.clone().arrayBuffer();
      log('debug', `${name}: ${response.status}`);
      return response;
    } catch (cause) {
      if (request.signal.aborted) throw new UserAbortError(`${where} was aborted`, { cause });
      // A token that can't be had, or a redirect: to repeat it would change nothing.
      if (cause instanceof CloudBrainError) throw cause;
      return stop.signal.aborted
        ? new TimeoutError(`${where}: no response within ${timeout} ms`)
        : new ConnectionError(`${where}: ${reasonOf(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  };

  for (let retries = 0, wait = closedFor(); ;) {
    if (wait && !retries) log('info', `${name} in ${Math.round(wait)} ms: the rate limit`);
    const result = await attempt(wait);
    const failed = result instanceof ConnectionError;
    wait = closedFor();
    if (!failed && result.status === 401 && use.sent && !refused) {
      refused = result;
      use.rejected = use.sent;
      continue;
    }
    const asked = failed ? undefined : readRetryAfter(result.headers);
    const final =
      !repeatable ||
      retries >= options.maxRetries ||
      (asked ?? 0) > maxRetryAfter ||
      !(failed || isRetryable(result.status));
    if (final) {
      if (failed) throw result;
      return result;
    }
    wait = asked ?? Math.max(wait, backoff(retries, 500, 8_000));
    retries++;
    log('info', `retrying ${name} in ${Math.round(wait)} ms`, failed ? result : result.status);
    if (!failed) void result.body?.cancel();
  }
}
