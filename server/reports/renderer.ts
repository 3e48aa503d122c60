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
    super('Too many documents are being made.');
    this.name = 'BusyError';
  }
}

/** Documents that may wait; one takes less than a second. */
const MAX_WAITING = 10;

/** Milliseconds after which a document that is not there never will be. */
const PATIENCE_MS = 20_000;

/** Milliseconds for which the thread is kept where nobody asks for anything: it holds fonts. */
const IDLE_MS = 60_000;

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** Makes PDFs in a thread of its own, which is there only while it is needed. */
export class PdfRenderer {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** @throws BusyError */
  async render(report: ExecutiveReport): Promise<Uint8Array> {
    if (this.#waiting.size >= MAX_WAITING) throw new BusyError();
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, { resolve, reject });
    worker.postMessage({ id, report } satisfies RenderCall);
    this.#watch();
    return promise;
  }

  /** Ends the thread; what it was at fails. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(new Error('The service is going down.'));
    await worker?.terminate();
  }

  #start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const worker = new Worker(new URL(file, import.meta.url));
    // Nobody has to end it for the process to end.
    worker.unref();
    worker.on('message', (answer: RenderAnswer) => this.#settle(answer));
    const lost = (error: Error): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(error);
    };
    worker.on('error', (error) => lost(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => lost(new Error('The thread that makes documents has ended.')));
    return worker;
  }

  #settle(answer: RenderAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.bytes);
    this.#watch();
  }

  /** Ends the thread once it has been at one document, or at none, for too long. */
  #watch(): void {
    clearTimeout(this.#timer);
    const ms = this.#waiting.size > 0 ? PATIENCE_MS : IDLE_MS;
    this.#timer = setTimeout(() => {
      const worker = this.#worker;
      this.#worker = undefined;
      this.#fail(new Error(`A document was not made within ${PATIENCE_MS} ms.`));
      void worker?.terminate();
    }, ms).unref();
  }

  #fail(error: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
