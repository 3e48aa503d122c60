/** Loaded by the first batch. */
import type { BatchAnswer } from '../types.ts';
import type { BatchCalls, SentBatch } from './batch.ts';
import type { WithResponse } from './call.ts';
import type { Core, Middleware, RequestOptions } from './core.ts';
import type { CloudBrainError } from './errors.ts';
import { download } from './download.ts';
import { linesOf } from './lines.ts';

/** Passed in instead of imported, so that the first load isn't split into more chunks. */
export type Errors = Pick<
  typeof import('./errors.ts'),
  'CloudBrainError' | 'ConnectionError' | 'UserAbortError'
>;

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
  errors: Errors,
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
    const answer = await sendAll(core, waiting, options, errors);
    void answerAll(waiting, answer.response, options.signal, errors);
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
  { CloudBrainError, UserAbortError }: Errors,
): Promise<WithResponse<Response>> {
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
    const { signal } = request;
    const abort = (): void =>
      reject(new UserAbortError('The call was aborted', { cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  }
  const requests = waiting.map(({ request: { url } }) => ({
    path: url.slice(core.baseUrl.length),
  }));
  const call = ['post', '/api/batch', { body: { requests } }, options, 'ndjson'] as const;
  return download(core, ...call, { repeatable: true }).withResponse();
}

async function answerAll(
  waiting: readonly Waiting[],
  response: Response,
  signal: AbortSignal | undefined,
  { ConnectionError, UserAbortError }: Errors,
): Promise<void> {
  let cause: unknown;
  try {
    for await (const line of linesOf(response)) {
      const { index, status, headers, body } = JSON.parse(line) as BatchAnswer;
      const text = body === null ? null : JSON.stringify(body);
      waiting[index]?.resolve(new Response(text, { status, headers }));
    }
  } catch (error) {
    cause = error;
  }
  // Calls that have an answer ignore it.
  for (const { reject } of waiting) {
    reject(
      signal?.aborted
        ? new UserAbortError('The batch was aborted', { cause: signal.reason })
        : new ConnectionError('The batch broke off before this answer came', { cause }),
    );
  }
}
