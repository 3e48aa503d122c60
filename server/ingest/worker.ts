/** A thread that reads telemetry, so that no request waits for a large or hostile one. */
import { parentPort } from 'node:worker_threads';
import type { ReadAnswer, ReadCall } from './reader-thread.ts';
import { readTelemetry } from './read.ts';
import { LimitError } from './wire/limits.ts';
import { DecodeError } from './wire/model.ts';

parentPort?.on('message', (call: ReadCall) => {
  parentPort?.postMessage(answer(call));
});

parentPort?.postMessage({ isReady: true } satisfies ReadAnswer);

function answer({ body, options, limits }: ReadCall): ReadAnswer {
  try {
    return { normalised: readTelemetry(body, options, limits) };
  } catch (error) {
    // Classes don't survive the way to the other thread.
    if (error instanceof DecodeError) {
      const { message, path } = error;
      return { refused: { isLimit: error instanceof LimitError, message, path } };
    }
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
