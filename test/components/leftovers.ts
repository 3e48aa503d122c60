import { assert } from 'chai';
import { trackTimers, until } from './support.ts';

type Undo = () => void;

/** Replaces a method while something is watched. */
function replace<T extends object, K extends keyof T>(
  target: T,
  name: K,
  make: (original: T[K]) => T[K],
): Undo {
  const original = target[name];
  target[name] = make(original);
  return () => void (target[name] = original);
}

/** Notes observers of a kind, from their first target until they let go of all. */
function watchObservers(
  alive: Map<unknown, string>,
  name: 'IntersectionObserver' | 'ResizeObserver' | 'MutationObserver',
): Undo[] {
  const { prototype } = globalThis[name] as { prototype: ResizeObserver };
  return [
    replace(
      prototype,
      'observe',
      (original) =>
        function (this: ResizeObserver, ...args) {
          alive.set(this, name);
          original.apply(this, args);
        },
    ),
    replace(
      prototype,
      'disconnect',
      (original) =>
        function (this: ResizeObserver) {
          alive.delete(this);
          original.call(this);
        },
    ),
  ];
}

/** Notes listeners on what outlives every element. */
function watchListeners(alive: Map<unknown, string>, target: EventTarget): Undo[] {
  const end = (listener: unknown) => alive.delete(listener);
  return [
    replace(target, 'addEventListener', (original) => (type, listener, options) => {
      const { signal, once } = typeof options === 'object' ? options : {};
      if (!once) alive.set(listener, type);
      signal?.addEventListener('abort', () => end(listener));
      original.call(target, type, listener, options);
    }),
    replace(target, 'removeEventListener', (original) => (type, listener, options) => {
      end(listener);
      original.call(target, type, listener, options);
    }),
  ];
}

/**
 * Fails where an element leaves timers, observers, or listeners on the page behind.
 *
 * @param live puts an element into the page, and waits until all that it does is under way; asks
 * the test's servers nothing, which takes timers of its own
 */
export async function assertLeavesNothing(live: () => Promise<Element>): Promise<void> {
  const alive = new Map<unknown, string>();
  const timers = trackTimers();
  const undo = [
    timers.stop,
    ...watchObservers(alive, 'IntersectionObserver'),
    ...watchObservers(alive, 'ResizeObserver'),
    ...watchObservers(alive, 'MutationObserver'),
    ...watchListeners(alive, globalThis),
    ...watchListeners(alive, document),
  ];
  try {
    const element = await live();
    assert.isAbove(alive.size + timers.pending, 0, 'it did something that has to end');
    element.remove();
    const left = () => [
      ...alive.values(),
      ...Array.from({ length: timers.pending }, () => 'timer'),
    ];
    await until(() => left().length === 0, 'the end of everything').catch(() =>
      assert.deepEqual(left(), []),
    );
  } finally {
    for (const back of undo) back();
  }
}
