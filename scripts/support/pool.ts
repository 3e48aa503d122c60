/** A piece of work that may run beside others. */
export interface Job<T> {
  run: () => Promise<T>;
  /** Nothing else runs beside it: it measures time, or takes every core. */
  alone?: boolean;
}

/** Runs jobs in their order, at most `width` at once; the answers come in the jobs' order. */
export async function runPool<T>(jobs: Job<T>[], width: number): Promise<T[]> {
  const results: T[] = [];
  const active = new Set<Promise<void>>();
  for (const [index, job] of jobs.entries()) {
    const room = job.alone ? 1 : width;
    while (active.size >= room) await Promise.race(active);
    const work = job.run().then((result) => {
      results[index] = result;
      active.delete(work);
    });
    active.add(work);
    if (job.alone) await work;
  }
  await Promise.all(active);
  return results;
}
