import { availableParallelism } from 'node:os';
import { FairQueue } from './fair-queue.ts';
import type { Normalised, NormaliseOptions } from './normalise.ts';
import { inflate, type OtlpBody, readTelemetry } from './read.ts';
import { ReaderThread } from './reader-thread.ts';
import { WIRE_LIMITS, type WireLimits } from './wire/limits.ts';

export interface ReaderOptions {
  limits?: Readonly<WireLimits>;
  /** Threads at most; each starts when it is first needed. Default 2 to 4, as there are cores. */
  threads?: number;
  /** Bytes up to which a body, inflated, is read at once: the way to a thread costs more. */
  inlineBytes?: number;
  /** Bytes of one workspace that may wait for a thread, as they were sent. */
  maxWaiting?: number;
  /** Bytes of all workspaces that may wait. */
  maxWaitingTotal?: number;
  /** Requests of one workspace that may wait. */
  maxWaitingRequests?: number;
  /** Milliseconds after which a thread that still reads is given up. */
  timeoutMs?: number;
  /** Called where a thread has ended by itself. */
  onLost?: (error: Error) => void;
}

/** More is waiting to be read than can be taken in. */
export class ReaderBusyError extends Error {
  override name = 'ReaderBusyError';
  readonly retryAfterSeconds = 1;
}

interface Job {
  workspaceId: string;
  body: OtlpBody;
  options: NormaliseOptions;
  resolve(normalised: Normalised): void;
  reject(error: unknown): void;
}

const MIB = 1024 * 1024;

/**
 * Reads telemetry in a few threads. Workspaces take turns, and one alone never has all threads, so
 * that a sender of bodies that are slow to refuse delays nobody but itself.
 */
export class TelemetryReader {
  readonly #options: Required<ReaderOptions>;
  readonly #idle: ReaderThread[] = [];
  readonly #threads = new Set<ReaderThread>();
  readonly #queue = new FairQueue<Job>();
  readonly #waiting = new Map<string, { bytes: number; requests: number }>();
  readonly #running = new Map<string, number>();
  #waitingBytes = 0;
  #isClosed = false;

  constructor(options: ReaderOptions = {}) {
    this.#options = {
      limits: WIRE_LIMITS,
      threads: Math.min(4, Math.max(2, availableParallelism() - 1)),
      inlineBytes: 16_384,
      maxWaiting: 64 * MIB,
      maxWaitingTotal: 256 * MIB,
      maxWaitingRequests: 256,
      timeoutMs: 20_000,
      onLost: () => {},
      ...options,
    };
  }

  /**
   * Reads a request. Its bytes may be handed to a thread: they are gone afterwards.
   * @param signal takes a request that nobody waits for any more out of the queue
   * @throws DecodeError, LimitError
   * @throws ReaderBusyError at once, where too much is waiting already
   * @throws ReaderLostError where a thread ended while it read
   */
  async read(
    workspaceId: string,
    body: OtlpBody,
    options: NormaliseOptions,
    signal?: AbortSignal,
  ): Promise<Normalised> {
    const { inlineBytes, limits } = this.#options;
    const small = body.bytes.length <= inlineBytes ? inflate(body, inlineBytes) : null;
    if (small)
      return readTelemetry({ ...body, encoding: 'identity', bytes: small }, options, limits);
    return this.#enqueue({ workspaceId, body, options }, signal);
  }

  /** Ends the threads; what waits fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue.clear()) job.reject(new ReaderBusyError('Shutting down.'));
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #enqueue(
    request: Pick<Job, 'workspaceId' | 'body' | 'options'>,
    signal?: AbortSignal,
  ): Promise<Normalised> {
    const { workspaceId, body } = request;
    const { maxWaiting, maxWaitingTotal, maxWaitingRequests } = this.#options;
    const mine = this.#waiting.get(workspaceId) ?? { bytes: 0, requests: 0 };
    const { length } = body.bytes;
    // What waits for nothing is taken however large it is: it would never fit otherwise.
    const isTooMuch =
      (mine.requests > 0 && mine.bytes + length > maxWaiting) ||
      (this.#waitingBytes > 0 && this.#waitingBytes + length > maxWaitingTotal) ||
      mine.requests >= maxWaitingRequests;
    if (isTooMuch || this.#isClosed) {
      return Promise.reject(new ReaderBusyError('Too much telemetry is waiting to be decoded.'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Normalised>();
    const job: Job = { ...request, resolve, reject };
    this.#queue.add(workspaceId, job);
    this.#account(job, 1);
    const leave = (): void => {
      if (!this.#queue.remove(workspaceId, job)) return;
      this.#account(job, -1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#dispatch();
    return promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  #dispatch(): void {
    while (!this.#isClosed && (this.#idle.length > 0 || this.#mayStart())) {
      const job = this.#queue.take((owner) => this.#mayRun(owner));
      if (!job) return;
      this.#account(job, -1);
      void this.#run(job, this.#idle.pop() ?? this.#start());
    }
  }

  #mayStart(): boolean {
    return this.#threads.size < this.#options.threads;
  }

  /** One thread is always left to the others. */
  #mayRun(workspaceId: string): boolean {
    return (this.#running.get(workspaceId) ?? 0) < Math.max(1, this.#options.threads - 1);
  }

  async #run(job: Job, thread: ReaderThread): Promise<void> {
    const { workspaceId, body, options } = job;
    this.#running.set(workspaceId, (this.#running.get(workspaceId) ?? 0) + 1);
    try {
      job.resolve(await thread.read({ body, options, limits: this.#options.limits }));
    } catch (error) {
      job.reject(error);
    }
    const running = (this.#running.get(workspaceId) ?? 1) - 1;
    if (running > 0) this.#running.set(workspaceId, running);
    else this.#running.delete(workspaceId);
    if (this.#threads.has(thread)) this.#idle.push(thread);
    this.#dispatch();
  }

  #start(): ReaderThread {
    const thread = new ReaderThread(this.#options.timeoutMs, (ended, error) => {
      // Another takes its place with the next request.
      this.#threads.delete(ended);
      const place = this.#idle.indexOf(ended);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#options.onLost(error);
    });
    this.#threads.add(thread);
    return thread;
  }

  #account({ workspaceId, body }: Job, sign: 1 | -1): void {
    const { bytes, requests } = this.#waiting.get(workspaceId) ?? { bytes: 0, requests: 0 };
    this.#waitingBytes += sign * body.bytes.length;
    const left = { bytes: bytes + sign * body.bytes.length, requests: requests + sign };
    if (left.requests === 0) this.#waiting.delete(workspaceId);
    else this.#waiting.set(workspaceId, left);
  }
}
