import { Worker } from 'node:worker_threads';
import type { Normalised, NormaliseOptions } from './normalise.ts';
import type { OtlpBody } from './read.ts';
import { LimitError, type WireLimits } from './wire/limits.ts';
import { DecodeError } from './wire/model.ts';

export interface ReadCall {
  body: OtlpBody;
  options: NormaliseOptions;
  limits: Readonly<WireLimits>;
}

export type ReadAnswer =
  /** The thread has started. */
  | { isReady: true }
  | { normalised: Normalised }
  | { refused: { isLimit: boolean; message: string; path: string } }
  | { error: string };

/** A thread ended, or was ended, while it read. The sender may try again. */
export class ReaderLostError extends Error {
  override name = 'ReaderLostError';
}

interface Reading {
  resolve(normalised: Normalised): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * Megabytes of objects in one thread. What the limits allow takes less; a thread that needs more
 * ends alone, and not the process.
 */
const HEAP_MB = 512;

/** Milliseconds that a thread may take to start and read its first request. */
const START_MS = 120_000;

/** One thread that reads telemetry, one request at a time. */
export class ReaderThread {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #onEnd: (thread: ReaderThread, error: Error) => void;
  #reading: Reading | undefined;
  #isReady = false;
  #hasEnded = false;

  /** @param onEnd called once, when the thread has ended by itself */
  constructor(timeoutMs: number, onEnd: (thread: ReaderThread, error: Error) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onEnd = onEnd;
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    // A thread that has nothing to read doesn't keep the process from ending.
    this.#worker.unref();
    this.#worker.on('message', (answer: ReadAnswer) => this.#settle(answer));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(
        isMemory ? new LimitError('The body needs too much memory to decode.') : lost(error),
      );
    });
    this.#worker.on('exit', () => this.#end(lost(new Error('It has ended.'))));
  }

  /** Reads a request whose bytes go to the thread. @throws what `readTelemetry` does */
  read(call: ReadCall): Promise<Normalised> {
    const { promise, resolve, reject } = Promise.withResolvers<Normalised>();
    if (this.#hasEnded) return Promise.reject(lost(new Error('It has ended.')));
    // How long the machine takes to start a thread says nothing of the body.
    const timer = this.#limit(this.#isReady ? this.#timeoutMs : START_MS);
    this.#reading = { resolve, reject, timer };
    this.#worker.ref();
    const bytes = ownBytes(call.body.bytes);
    const message: ReadCall = { ...call, body: { ...call.body, bytes } };
    this.#worker.postMessage(message, [bytes.buffer]);
    return promise;
  }

  /** Ends the thread; what it was reading fails. */
  async close(): Promise<void> {
    this.#fail(lost(new Error('The service is shutting down.')));
    await this.#worker.terminate();
  }

  /** Gives the thread up after so many milliseconds. */
  #limit(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#end(lost(new Error(`It timed out after ${ms} ms.`)));
      void this.#worker.terminate();
    }, ms).unref();
  }

  #settle(answer: ReadAnswer): void {
    const reading = this.#reading;
    if ('isReady' in answer) {
      this.#isReady = true;
      clearTimeout(reading?.timer);
      if (reading) reading.timer = this.#limit(this.#timeoutMs);
      return;
    }
    this.#reading = undefined;
    if (!reading) return;
    clearTimeout(reading.timer);
    this.#worker.unref();
    if ('normalised' in answer) reading.resolve(answer.normalised);
    else if ('refused' in answer) reading.reject(refusal(answer.refused));
    else reading.reject(new Error(answer.error));
  }

  #end(error: Error): void {
    if (this.#hasEnded) return;
    this.#fail(error);
    this.#onEnd(this, error);
  }

  #fail(error: Error): void {
    this.#hasEnded = true;
    clearTimeout(this.#reading?.timer);
    this.#reading?.reject(error);
    this.#reading = undefined;
  }
}

const lost = (cause: unknown): ReaderLostError =>
  new ReaderLostError('A telemetry reader thread has exited.', { cause });

function refusal({
  isLimit,
  message,
  path,
}: {
  isLimit: boolean;
  message: string;
  path: string;
}): DecodeError {
  const error = isLimit ? new LimitError(message) : new DecodeError(message);
  error.path = path;
  return error;
}

/** Bytes that may be handed over: not a part of what others have parts of too. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) {
    return new Uint8Array(buffer);
  }
  return new Uint8Array(bytes);
}
