/** A piece of work that may run beside others. */
export type Job<T> = () => Promise<T>;

/** Runs jobs in their order, at most `width` at once; the answers come in the jobs' order. */
export async function runPool<T>(jobs: Job<T>[], width: number): Promise<T[]> {
  const results: T[] = [];
  const active = new Set<Promise<void>>();
  for (const [index, job] of jobs.entries()) {
    while (active.size >= width) await Promise.race(active);
    const work = job().then((result) => {
      results[index] = result;
      active.delete(work);
    });
    active.add(work);
  }
  await Promise.all(active);
  return results;
}
