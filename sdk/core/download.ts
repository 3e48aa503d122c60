import { invalid, nameOf } from './answer.ts';
import { Call } from './call.ts';
import type { CallParams, Core, Method, PathOf, RequestOptions } from './core.ts';
import { ConnectionError, reasonOf, TimeoutError } from './errors.ts';
import { MAX_TIMER } from './retry.ts';

/** The formats of files, and their media types. */
export const fileTypes = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  pdf: 'application/pdf',
};

/**
 * Calls an operation that answers with a file: the answer itself, whose body its caller reads. The
 * body may take any time in all, but no longer than the time-out without a part of it.
 */
export function download<M extends Method, P extends PathOf<M>>(
  core: Core,
  method: M,
  path: P,
  params: CallParams<M, P>,
  options: RequestOptions,
  format: keyof typeof fileTypes = 'json',
): Call<Response> {
  const mode = { accept: fileTypes[format] };
  const answer = core.call(method, path, params, options, mode).withResponse();
  const { timeout = core.timeout, signal } = options;
  return new Call(
    answer.then((whole) => {
      const url = whole.response.url || core.baseUrl + path;
      const name = nameOf({ method: method.toUpperCase(), url });
      if (format === 'json' && whole.response.headers.get('content-length') === '0') {
        throw invalid(whole.response, 'no body', new Request(url));
      }
      const response = limited(whole.response, { idle: timeout, signal, name });
      return { ...whole, data: response, response };
    }),
  );
}

interface BodyOptions {
  /** How many milliseconds may pass without a part, while the reader waits for one; 0: any. */
  idle: number;
  signal: AbortSignal | undefined;
  /** Of the request, for errors. */
  name: string;
}

/** The same answer, whose body fails with the errors of this SDK, also where nothing comes. */
function limited(response: Response, { idle, signal, name }: BodyOptions): Response {
  if (!response.body) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const stalled = new Promise<never>((_, reject) => {
          const error = new TimeoutError(`${name}: no data received for ${idle} ms`);
          if (idle) timer = setTimeout(() => reject(error), Math.min(idle, MAX_TIMER));
        });
        try {
          const { done, value } = await Promise.race([reader.read(), stalled]);
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (cause) {
          void reader.cancel(cause).catch(() => {});
          if (signal?.aborted || cause instanceof TimeoutError) throw cause;
          throw new ConnectionError(`${name}: ${reasonOf(cause)}`, { cause });
        } finally {
          clearTimeout(timer);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead: the limit is for a reader that waits.
    { highWaterMark: 0 },
  );
  const { url } = response;
  return Object.defineProperty(new Response(body, response), 'url', { value: url });
}
