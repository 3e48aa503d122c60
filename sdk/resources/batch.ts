import { Call, type WithResponse } from '../core/call.ts';
import type { Core, Middleware, RequestOptions } from '../core/core.ts';
import { CloudBrainError, ConnectionError, TimeoutError, UserAbortError } from '../core/errors.ts';

/** The calls of a batch, as they are made. */
export type BatchCalls = readonly PromiseLike<unknown>[];

/** The result of one call, as in `Promise.allSettled`; for an error answer, `reason` is an `APIError`. */
export type BatchResult<T> =
  | { readonly status: 'fulfilled'; readonly value: T }
  | { readonly status: 'rejected'; readonly reason: CloudBrainError };

/** The results of all calls, in their order. */
export type BatchResults<Calls extends BatchCalls> = {
  -readonly [Index in keyof Calls]: BatchResult<Awaited<Calls[Index]>>;
};

/** The result of one call, with its place among the calls. */
export type BatchEntry<Calls extends BatchCalls> = {
  [Index in keyof Calls]: BatchResult<Awaited<Calls[Index]>> & { readonly index: NumberOf<Index> };
}[number];

type NumberOf<Index> = Index extends `${infer Place extends number}` ? Place : number;

/** A batch that the server has accepted. */
export interface SentBatch<Calls extends BatchCalls> extends WithResponse<unknown> {
  calls: Calls;
}

/**
 * A batch under way: a promise of the results of all calls, and an async iterable of each result
 * when it arrives. It fails only if the batch as a whole is refused.
 *
 * @example
 * const [me, runs] = await cb.batch((b) => [b.auth.me(), b.executions.list({ limit: 5 })]);
 * if (runs.status === 'fulfilled') show(runs.value.data);
 */
export class Batch<Calls extends BatchCalls>
  extends Call<BatchResults<Calls>>
  implements AsyncIterable<BatchEntry<Calls>>
{
  readonly #sent: Promise<SentBatch<Calls>>;

  /** @param make makes the calls, with a client that has this middleware */
  constructor(core: Core, make: (collector: Middleware) => Calls, options: RequestOptions) {
    // Loaded by the first batch.
    const loaded = import('../core/send-batch.ts');
    const sent = loaded.then(({ sendBatch }) => sendBatch(core, make, options, errors));
    super(
      sent.then(async ({ calls, response, requestId }) => {
        const data = (await Promise.allSettled(calls)) as BatchResults<Calls>;
        return { data, response, requestId };
      }),
    );
    this.#sent = sent;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BatchEntry<Calls>, void, undefined> {
    // The loop throws the same error.
    this.catch(() => {});
    const { calls } = await this.#sent;
    const waiting = new Map(
      calls.map((call, index) => [
        index,
        Promise.allSettled([call]).then(([result]) => ({ index, ...result })),
      ]),
    );
    while (waiting.size > 0) {
      const entry = await Promise.race(waiting.values());
      waiting.delete(entry.index);
      yield entry as BatchEntry<Calls>;
    }
  }
}

const errors = { CloudBrainError, ConnectionError, TimeoutError, UserAbortError };

/** Passed on instead of imported there, so that the first load isn't split into more chunks. */
export type BatchErrors = typeof errors;
