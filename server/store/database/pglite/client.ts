import { Worker } from 'node:worker_threads';

/** Where a database lives; without a directory, in memory. */
export interface PGlitePlace {
  dataDir?: string;
  /** The directory of a closed database: one in memory starts as a copy of it. */
  snapshot?: string | undefined;
}

interface Call {
  id: number;
}
export type WorkerCall = Call &
  (
    | { type: 'open' | 'close' }
    | { type: 'query'; sql: string; params: readonly unknown[] }
    | { type: 'exec'; sql: string }
  );
export type WorkerAnswer = Call &
  (
    | { rows: Record<string, unknown>[]; affected: number }
    | { error: { message: string; fields: Record<string, string> } }
  );

export interface QueryResult {
  rows: Record<string, unknown>[];
  affected: number;
}

interface Waiting {
  resolve(result: QueryResult): void;
  reject(error: Error): void;
}

/** The main thread's end of the PGlite worker. Calls are answered in the order they are made. */
export class PGliteClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: Error | null = null;

  private constructor(place: PGlitePlace) {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: place });
    this.#worker.on('message', (answer: WorkerAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) =>
      this.#end(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', () => this.#end(new Error('The embedded database has been closed')));
  }

  /** Starts the worker and opens the database in it. */
  static async open(place: PGlitePlace): Promise<PGliteClient> {
    const client = new PGliteClient(place);
    try {
      await client.#call({ type: 'open' });
    } catch (error) {
      await client.#worker.terminate();
      throw error;
    }
    return client;
  }

  query(sql: string, params: readonly unknown[]): Promise<QueryResult> {
    return this.#call({ type: 'query', sql, params });
  }

  /** Runs several statements at once, without parameters; returns the rows of all of them. */
  async exec(sql: string): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#call({ type: 'exec', sql });
    return rows;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#call({ type: 'close' });
    await this.#worker.terminate();
  }

  #call(call: DistributiveOmit<WorkerCall, 'id'>): Promise<QueryResult> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) {
      waiting?.reject(Object.assign(new Error(answer.error.message), answer.error.fields));
    } else {
      waiting?.resolve(answer);
    }
  }

  #end(error: Error): void {
    this.#ended = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
