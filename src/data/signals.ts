/** A value that notifies its subscribers of changes. */
export interface Signal<T> {
  get(): T;
  /** Setting the same value doesn't notify. */
  set(value: T): void;
  /** Calls `tell` after each change; returns what ends that. */
  watch(tell: () => void): () => void;
}

/**
 * Makes a signal. A page with one live card has 20 KB in all: @lit-labs/signals stands on a
 * polyfill of 2.4 KB for graphs of derived values, of which there are none here.
 */
export function signal<T>(value: T): Signal<T> {
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      for (const tell of [...watchers]) tell();
    },
    watch(tell) {
      watchers.add(tell);
      return () => void watchers.delete(tell);
    },
  };
}
