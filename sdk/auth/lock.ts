const chains = new Map<string, Promise<unknown>>();

/**
 * Runs `task` while nobody else runs one of the same name: in any tab or worker where the platform
 * has locks (browsers have them in secure contexts), else in this one.
 */
export async function withLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks) return locks.request(name, task) as Promise<T>;
  const running = (chains.get(name) ?? Promise.resolve()).then(task, task);
  chains.set(name, running);
  try {
    return await running;
  } finally {
    if (chains.get(name) === running) chains.delete(name);
  }
}
