const chains = new Map<string, Promise<unknown>>();

/**
 * Runs `task` while nobody else runs one of the same name: in any tab or worker where the platform
 * has locks and lends them (browsers do in secure contexts, but not to sandboxed frames), else in
 * this one.
 */
export async function withLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks) {
    const turn = { lent: false };
    try {
      return await (locks.request(name, () => {
        turn.lent = true;
        return task();
      }) as Promise<T>);
    } catch (error) {
      if (turn.lent) throw error;
    }
  }
  const running = (chains.get(name) ?? Promise.resolve()).then(task, task);
  chains.set(name, running);
  try {
    return await running;
  } finally {
    if (chains.get(name) === running) chains.delete(name);
  }
}
