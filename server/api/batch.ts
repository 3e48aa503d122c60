import { ReadableStream } from 'node:stream/web';
import {
  badRequest,
  fieldError,
  written,
  type Contract,
  type ContractEnv,
  type RequestBody,
} from '../contract/index.ts';
import { answerLines } from './batch/answers.ts';
import { pathCheck, type PathCheck } from './batch/targets.ts';
import type { HandlersFor } from './handlers.ts';

export interface BatchOptions {
  contract: Contract;
  /** Answers a request like one from outside. */
  dispatch: (request: Request, env: ContractEnv['Bindings']) => Response | Promise<Response>;
  /** The server's public address, where it knows it. */
  publicUrl?: string | undefined;
}

/** Headers about the caller and the version: those of the batch apply to all its requests. */
const PASSED_ON = [
  'authorization',
  'x-api-key',
  'origin',
  'sec-fetch-site',
  'host',
  'cloudbrain-version',
] as const;

export function batchHandlers(options: BatchOptions): HandlersFor<'batch'> {
  const { contract, dispatch, publicUrl } = options;
  const faultOf = pathCheck(contract);
  return {
    'batch.run': ({ body, request, requestId, ip, signal }) => {
      requirePaths(body, faultOf);
      const { origin } = new URL(request.url);
      const passed = new Headers();
      for (const name of PASSED_ON) {
        const value = request.headers.get(name);
        if (value !== null) passed.set(name, value);
      }
      const gone = new AbortController();
      let isCounted = true;
      const ask = async ({ path }: { path: string }, id: string): Promise<Response> => {
        const init = { headers: passed, signal: AbortSignal.any([signal, gone.signal]) };
        const batch = { requestId: id, ip, isCounted };
        // The batch has been counted once: as the first of them.
        isCounted = false;
        // Concatenated, not resolved: the path is the one that was checked.
        return dispatch(new Request(origin + path, init), { batch });
      };
      const lines = answerLines(body.requests, { ask, requestId, publicUrl });
      return new Response(streamOf(lines, () => gone.abort()) as BodyInit, {
        headers: {
          'content-type': 'application/x-ndjson; charset=utf-8',
          // A proxy that buffers would hold answers back.
          'x-accel-buffering': 'no',
        },
      });
    },
  };
}

/** Faults that are named; the first say enough. */
const NAMED_FAULTS = 20;

/** @throws Problem 400 that names each request whose path can't be in a batch */
function requirePaths({ requests }: RequestBody<'batch.run'>, faultOf: PathCheck): void {
  const faults = requests.flatMap(({ path }, index) => {
    const fault = faultOf(path);
    if (fault === null) return [];
    const given = written(path);
    return [fieldError('body', { path: `/requests/${index}/path`, ...fault, given })];
  });
  if (faults.length > 0) throw badRequest(faults.slice(0, NAMED_FAULTS));
}

/** @param onLeave called when the client goes away while answers are still to come */
function streamOf(lines: AsyncGenerator<string, void>, onLeave: () => void): unknown {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        onLeave();
        await lines.return(undefined);
      },
    },
    // Nothing is read ahead: while the client doesn't read, no further request runs.
    { highWaterMark: 0 },
  );
}
