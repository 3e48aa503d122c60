import { Worker } from 'node:worker_threads';
import type { ExecutiveReport } from './executive.ts';

export interface RenderCall {
  id: number;
  report: ExecutiveReport;
}
export type RenderAnswer = { id: number } & ({ bytes: Uint8Array } | { error: string });

/** More documents are asked for than can be made. */
export class BusyError extends Error {
  constructor() {
    super('Too many documents are being rendered.');
    this.name = 'BusyError';
  }
}

/** A document can't be made of what it is to show, now or later. */
export class DocumentError extends Error {
  constructor(cause: unknown) {
    super('The document could not be rendered.', { cause });
    this.name = 'DocumentError';
  }
}

/** Documents that may wait for the one that is being made; one takes less than a second. */
const MAX_WAITING = 10;

/**
 * Milliseconds of a processor's time after which a document never ends. Not of the clock: on a busy
 * machine the thread may have to wait for long.
 */
const MOST_CPU_MS = 60_000;

/** Milliseconds between two looks at that. */
const LOOK_MS = 10_000;

/** Milliseconds for which the thread is kept where nobody asks for anything: it holds fonts. */
const IDLE_MS = 600_000;

/** A document's figures and names are a few megabytes at most. */
const MEMORY_MB = 512;

interface Job {
  report: ExecutiveReport;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}

interface Current extends Job {
  id: number;
  /** Of the thread's processor time, in milliseconds, when it began; `null`: not known yet. */
  cpuMs: number | null;
}

/**
 * Makes PDFs one after the other, in a thread of its own that is kept warm. Only a document that
 * makes the thread fail costs it; the others go on with a new one.
 */
export class PdfRenderer {
  readonly #waiting = new Set<Job>();
  readonly #mostCpuMs: number;
  readonly #lookMs: number;
  #current: Current | undefined;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #starts = 0;

  /** @param limits for tests */
  constructor({ mostCpuMs = MOST_CPU_MS, lookMs = LOOK_MS } = {}) {
    this.#mostCpuMs = mostCpuMs;
    this.#lookMs = lookMs;
  }

  /** How many threads were started so far. */
  get starts(): number {
    return this.#starts;
  }

  /** Documents that wait or are being made. */
  get pending(): number {
    return this.#waiting.size + (this.#current ? 1 : 0);
  }

  /**
   * @param signal gives the document up: it leaves the queue
   * @throws BusyError where too many wait, DocumentError, or the signal's reason
   */
  async render(report: ExecutiveReport, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#waiting.size >= MAX_WAITING) throw new BusyError();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const job: Job = { report, resolve, reject };
    const leave = (): void => {
      this.#waiting.delete(job);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiting.add(job);
    this.#next();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Ends the thread; what waits and what it was at fails. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const jobs = [...(this.#current ? [this.#current] : []), ...this.#waiting];
    this.#current = undefined;
    this.#waiting.clear();
    for (const { reject } of jobs) reject(new Error('The service is shutting down.'));
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current) return;
    const [job] = this.#waiting;
    if (!job) return void this.#look(IDLE_MS);
    this.#waiting.delete(job);
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    this.#current = { ...job, id, cpuMs: null };
    worker.postMessage({ id, report: job.report } satisfies RenderCall);
    this.#look(this.#lookMs);
  }

  #start(): Worker {
    this.#starts++;
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    // Nobody has to end it for the process to end.
    worker.unref();
    worker.on('message', (answer: RenderAnswer) => this.#settle(worker, answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('The thread has exited.')));
    return worker;
  }

  #settle(worker: Worker, answer: RenderAnswer): void {
    const job = this.#current;
    if (this.#worker !== worker || job?.id !== answer.id) return;
    this.#current = undefined;
    if ('error' in answer) job.reject(new DocumentError(answer.error));
    else job.resolve(answer.bytes);
    this.#next();
  }

  /** The thread is gone, by the document that it was at. */
  #lose(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const job = this.#current;
    this.#current = undefined;
    job?.reject(new DocumentError(cause));
    this.#next();
  }

  #look(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), ms).unref();
  }

  /** Ends the thread where it has nothing to do, or computes one document without end. */
  async #check(): Promise<void> {
    const worker = this.#worker;
    const job = this.#current;
    if (!worker) return;
    if (!job) {
      this.#worker = undefined;
      await worker.terminate();
      return;
    }
    const cpuMs = await cpuMsOf(worker);
    if (this.#current !== job || this.#worker !== worker) return;
    job.cpuMs ??= cpuMs;
    if (cpuMs !== null && job.cpuMs !== null && cpuMs - job.cpuMs > this.#mostCpuMs) {
      this.#lose(worker, new Error(`It timed out after ${this.#mostCpuMs} ms.`));
      await worker.terminate();
    } else {
      this.#look(this.#lookMs);
    }
  }
}

/** The processor's time that a thread has taken; `null` where Node (before 24.6) doesn't know. */
async function cpuMsOf(worker: Partial<Pick<Worker, 'cpuUsage'>>): Promise<number | null> {
  try {
    const usage = await worker.cpuUsage?.();
    return usage ? (usage.user + usage.system) / 1_000 : null;
  } catch {
    // It has ended meanwhile.
    return null;
  }
}
