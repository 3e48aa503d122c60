/**
 * A lane per workspace: its jobs run in order, together where several wait, so that many small
 * batches cost one transaction. One bad job does not fail those it happened to travel with.
 */
import { OverloadedError } from '../database/errors.ts';

export interface WriteQueueOptions<Job> {
  /** Runs some jobs of one lane, all or none of them. */
  run(lane: string, jobs: readonly Job[]): Promise<void>;
  weigh(job: Job): number;
  /** The weight that may wait in a lane. */
  maxWaiting: number;
  /** The weight that may wait in all lanes. */
  maxWaitingTotal: number;
  /** How many lanes run at once; the others take turns. */
  maxRunning: number;
  /** The weight that runs together; a heavier job runs alone. */
  maxTogether: number;
  /** Whether an error may be of one job alone, so that the others deserve another try. */
  separable(error: unknown): boolean;
}

interface Waiting<Job> {
  job: Job;
  weight: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface Lane<Job> {
  queue: Waiting<Job>[];
  weight: number;
  running: Promise<void>;
}

export class WriteQueue<Job> {
  readonly #options: WriteQueueOptions<Job>;
  readonly #lanes = new Map<string, Lane<Job>>();
  #running = 0;
  readonly #turns: (() => void)[] = [];

  constructor(options: WriteQueueOptions<Job>) {
    this.#options = options;
  }

  /** The weight of all that waits. */
  get waiting(): number {
    return [...this.#lanes.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  /**
   * Resolves once the job has run.
   * @throws OverloadedError at once, where too much is waiting already
   */
  add(name: string, job: Job): Promise<void> {
    const weight = this.#options.weigh(job);
    const { maxWaiting, maxWaitingTotal } = this.#options;
    const known = this.#lanes.get(name);
    // What waits for nothing is taken however heavy it is: it would never fit otherwise.
    const isTooMuch =
      (known !== undefined && known.weight + weight > maxWaiting) ||
      (this.#lanes.size > 0 && this.waiting + weight > maxWaitingTotal);
    if (isTooMuch) return Promise.reject(new OverloadedError(1));
    return new Promise((resolve, reject) => {
      const waiting = { job, weight, resolve, reject };
      if (known) {
        known.queue.push(waiting);
        known.weight += weight;
        return;
      }
      const lane = { queue: [waiting], weight, running: Promise.resolve() };
      this.#lanes.set(name, lane);
      lane.running = this.#work(name, lane);
    });
  }

  /** Resolves once nothing waits or runs any more. */
  async drain(): Promise<void> {
    while (this.#lanes.size > 0) {
      await Promise.all([...this.#lanes.values()].map(({ running }) => running));
    }
  }

  async #work(name: string, lane: Lane<Job>): Promise<void> {
    // Whatever else arrives in this turn of the loop goes along with the first.
    await Promise.resolve();
    while (lane.queue.length > 0) {
      await this.#turn();
      const group = this.#take(lane);
      await this.#run(name, group);
      this.#endTurn();
      for (const { weight } of group) lane.weight -= weight;
    }
    this.#lanes.delete(name);
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#options.maxRunning) this.#running += 1;
    else await new Promise<void>((resolve) => this.#turns.push(resolve));
  }

  #endTurn(): void {
    const next = this.#turns.shift();
    if (next) next();
    else this.#running -= 1;
  }

  #take(lane: Lane<Job>): Waiting<Job>[] {
    let weight = 0;
    const tooHeavy = lane.queue.findIndex((waiting, index) => {
      weight += waiting.weight;
      return index > 0 && weight > this.#options.maxTogether;
    });
    return lane.queue.splice(0, tooHeavy === -1 ? lane.queue.length : tooHeavy);
  }

  async #run(name: string, group: readonly Waiting<Job>[]): Promise<void> {
    try {
      await this.#options.run(
        name,
        group.map(({ job }) => job),
      );
    } catch (error) {
      if (group.length > 1 && this.#options.separable(error)) {
        for (const waiting of group) await this.#run(name, [waiting]);
      } else {
        for (const { reject } of group) reject(error);
      }
      return;
    }
    for (const { resolve } of group) resolve();
  }
}
