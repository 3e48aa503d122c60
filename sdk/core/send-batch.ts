/** Loaded by the first batch. */
import type { BatchAnswer } from '../types.ts';
import type { BatchCalls, BatchErrors, SentBatch } from '../resources/batch.ts';
import type { WithResponse } from './call.ts';
import type { Core, Middleware, RequestOptions } from './core.ts';
import type { CloudBrainError } from './errors.ts';
import { linesOf } from './lines.ts';

/** The longest that a timer takes, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

type Body = NonNullable<Response['body']>;

/** A call whose line hasn't arrived. */
interface Waiting {
  request: Request;
  resolve: (response: Response) => void;
  reject: (error: CloudBrainError) => void;
}

/**
 * Collects the requests of the calls that `make` makes, sends them as one, and answers each when its
 * line arrives.
 *
 * @param make makes the calls, with a client that has this middleware
 * @throws CloudBrainError without calls or with one that isn't a read; the server's error where it
 * refuses the batch
 */
export async function sendBatch<Calls extends BatchCalls>(
  core: Core,
  make: (collector: Middleware) => Calls,
  options: RequestOptions,
  errors: BatchErrors,
): Promise<SentBatch<Calls>> {
  const waiting: Waiting[] = [];
  let isOpen = true;
  const calls = make((request, next) =>
    // Later requests, such as those for a next page, are sent by themselves.
    isOpen
      ? new Promise((resolve, reject) => waiting.push({ request, resolve, reject }))
      : next(request),
  );
  // The batch reports how they end.
  for (const call of calls) call.then(undefined, () => {});
  // Some promises are between a call and its request, but no timer is. A call that waits for the
  // answer of another one is sent by itself.
  if (waiting.length < calls.length) await new Promise((resolve) => setTimeout(resolve));
  isOpen = false;
  try {
    if (waiting.length === 0) {
      // A call that couldn't be sent says why.
      for (const call of calls) await call;
    }
    const stop = new AbortController();
    const signals = [options.signal ?? [], stop.signal].flat();
    const given = { ...options, signal: AbortSignal.any(signals) };
    const answer = await sendAll(core, waiting, given, errors);
    const { timeout = core.timeout, signal } = options;
    const reading = { idle: timeout, signal, stop: () => stop.abort() };
    void answerAll(waiting, answer.data, reading, errors);
    return { ...answer, calls };
  } catch (error) {
    for (const { reject } of waiting) reject(error as CloudBrainError);
    throw error;
  }
}

function sendAll(
  core: Core,
  waiting: readonly Waiting[],
  options: RequestOptions,
  { CloudBrainError, UserAbortError }: BatchErrors,
): Promise<WithResponse<Body>> {
  const [first] = waiting;
  if (!first)
    throw new CloudBrainError('A batch needs a call of the client that its function gets');
  const write = waiting.find(({ request }) => request.method !== 'GET');
  if (write) {
    const { method, url } = write.request;
    throw new CloudBrainError(
      `A batch can only have reads, not ${method} ${new URL(url).pathname}`,
    );
  }
  for (const { request, reject } of waiting) {
    const { signal, headers, url } = request;
    if (headers.has('authorization') || headers.has('x-api-key')) {
      const { pathname } = new URL(url);
      throw new CloudBrainError(`A call of a batch can't have credentials of its own: ${pathname}`);
    }
    const abort = (): void =>
      reject(new UserAbortError('The call was aborted', { cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  }
  const requests = waiting.map(({ request: { url } }) => ({
    path: url.slice(core.baseUrl.length),
  }));
  const mode = { accept: 'application/x-ndjson', repeatable: true };
  const call = core.call('post', '/api/batch', { body: { requests } }, options, mode);
  const answer: unknown = call.withResponse();
  return answer as Promise<WithResponse<Body>>;
}

interface ReadingOptions {
  /** Milliseconds that may pass without a line; 0: any. */
  idle: number;
  signal: AbortSignal | undefined;
  /** Ends the request. */
  stop: () => void;
}

async function answerAll(
  waiting: readonly Waiting[],
  body: Body,
  { idle, signal, stop }: ReadingOptions,
  { ConnectionError, TimeoutError, UserAbortError }: BatchErrors,
): Promise<void> {
  let cause: unknown;
  const stall = { isOver: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    const give = (): void => {
      stall.isOver = true;
      stop();
    };
    if (idle) timer = setTimeout(give, Math.min(idle, MAX_TIMER));
  };
  try {
    watch();
    for await (const line of linesOf({ body })) {
      watch();
      const { index, status, headers, body: data } = JSON.parse(line) as BatchAnswer;
      const text = data === null ? null : JSON.stringify(data);
      waiting[index]?.resolve(new Response(text, { status, headers }));
    }
  } catch (error) {
    cause = error;
  } finally {
    clearTimeout(timer);
  }
  // Calls that have an answer ignore it.
  for (const { reject } of waiting) {
    if (signal?.aborted) {
      reject(new UserAbortError('The batch was aborted', { cause: signal.reason }));
    } else if (stall.isOver) {
      reject(new TimeoutError(`The batch sent nothing for ${idle} ms`));
    } else {
      reject(new ConnectionError('The batch broke off before this answer came', { cause }));
    }
  }
}
