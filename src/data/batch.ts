import { Batch, Core, type Middleware } from '@cloudbrain/sdk/core';
import { nextFrame } from '../motion/next-frame.ts';
import { errorStatus } from './status.ts';

/** Fetches with a client that may collect the requests of others. */
type Fetch<T> = (core: Core) => PromiseLike<T>;

/** Fetches what is wanted until the next frame with one request: elements update within a frame. */
export type Batcher = <T>(fetch: Fetch<T>) => Promise<T>;

/** The most calls that the server takes in one batch. */
const MAX_CALLS = 100;

interface Waiting {
  fetch: Fetch<unknown>;
  resolve(this: void, data: unknown): void;
  reject(this: void, error: unknown): void;
}

/** Makes the batcher of a session. */
export function createBatcher(core: Core): Batcher {
  let waiting: Waiting[] = [];
  /** Whether the server is one that has no batches yet. */
  let isMissing = false;

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += MAX_CALLS)
      void send(all.slice(start, start + MAX_CALLS));
  }

  async function send(calls: readonly Waiting[]): Promise<void> {
    if (calls.length === 1 || isMissing) {
      for (const { fetch, resolve, reject } of calls) fetch(core).then(resolve, reject);
      return;
    }
    const pending = new Set(calls);
    try {
      const batch = new Batch(core, (collector) => callsOf(calls, collector), {});
      for await (const entry of batch) {
        const call = calls[entry.index];
        if (!call) continue;
        pending.delete(call);
        if (entry.status === 'fulfilled') call.resolve(entry.value);
        else call.reject(entry.reason);
      }
    } catch (error) {
      if (errorStatus(error) === 404) {
        isMissing = true;
        await send([...pending]);
      } else for (const { reject } of pending) reject(error);
    }
  }

  function callsOf(calls: readonly Waiting[], collector: Middleware): PromiseLike<unknown>[] {
    const { options } = core;
    const around: Middleware = (request, next) =>
      collector(request, (sent) => options.around?.(sent, next) ?? next(sent));
    const collecting = new Core({ ...options, around });
    return calls.map(({ fetch }) => fetch(collecting));
  }

  return <T>(fetch: Fetch<T>) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) void nextFrame().then(() => setTimeout(flush));
      waiting.push({ fetch, resolve: resolve, reject });
    });
}
