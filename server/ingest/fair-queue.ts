/** Jobs that wait, by whom they are for: each owner in turn, however many jobs another has. */
export class FairQueue<Job> {
  /** The owners that wait, the next one first. */
  readonly #queues = new Map<string, Set<Job>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(owner: string, job: Job): void {
    const queue = this.#queues.get(owner) ?? new Set();
    queue.add(job);
    this.#queues.set(owner, queue);
    this.#size += 1;
  }

  /** Takes the next job of an owner that may have one; the owner goes to the end of the row. */
  take(mayRun: (owner: string) => boolean): Job | undefined {
    for (const [owner, queue] of this.#queues) {
      if (!mayRun(owner)) continue;
      const [job] = queue;
      if (job === undefined) continue;
      this.#queues.delete(owner);
      this.#queues.set(owner, queue);
      this.remove(owner, job);
      return job;
    }
    return undefined;
  }

  /** @returns whether the job was waiting */
  remove(owner: string, job: Job): boolean {
    const queue = this.#queues.get(owner);
    if (!queue?.delete(job)) return false;
    if (queue.size === 0) this.#queues.delete(owner);
    this.#size -= 1;
    return true;
  }

  /** Takes everything. */
  clear(): Job[] {
    const jobs = [...this.#queues.values()].flatMap((queue) => [...queue]);
    this.#queues.clear();
    this.#size = 0;
    return jobs;
  }
}
